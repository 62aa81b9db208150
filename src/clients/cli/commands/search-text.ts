import type { SearchQuery } from '../../graphql/operations.js';
import type { Printer } from '../output/printer.js';

export type Hit = SearchQuery['search']['hits'][number];

export function hitsText(out: Printer, hits: readonly Hit[]): string {
  return out.table(
    ['BY', 'KIND', 'ID', 'NAME', 'CIDR', 'IN', 'NOTE'],
    hits.map(({ by, kind, id, name, cidr, chain, note }) => [
      by.toLowerCase(),
      kind.replaceAll('_', ' '),
      id,
      name ?? '',
      cidr ?? '',
      chain.join(' > '),
      note,
    ]),
  );
}
