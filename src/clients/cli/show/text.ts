import type { BlockFieldsFragment, ChangeFieldsFragment } from '../../graphql/operations.js';
import { allocationText } from '../commands/allocation-text.js';
import { changeText } from '../commands/change-text.js';
import { domainText, linkText } from '../commands/domain-text.js';
import { poolText } from '../commands/pool-text.js';
import { hitsText } from '../commands/search-text.js';
import type { Printer } from '../output/printer.js';
import { safeText } from '../output/safe-text.js';
import { holderText, instantText, tagsText } from '../output/words.js';
import type { Match } from './find.js';
import type { Place } from './place.js';

/** For people: all that a text means, one below the other. */
export function matchesText(out: Printer, matches: readonly Match[]): string {
  return matches.map((match) => sectionsOf(out, match).filter(Boolean).join('\n\n')).join('\n\n');
}

function sectionsOf(out: Printer, match: Match): string[] {
  switch (match.kind) {
    case 'cidr': {
      const { cidr, places, poolsInside } = match;
      const inside = poolsInside.map(({ id, name }) => [name, id]);
      return [
        ...(places.length === 0
          ? [`${cidr} lies in no pool.`]
          : places.map((place) => placeText(out, cidr, place))),
        inside.length > 0 ? `Pools inside ${cidr}:\n${out.table(['NAME', 'ID'], inside)}` : '',
      ];
    }
    case 'allocation':
      return [
        allocationText(out, match.allocation),
        match.place ? placeText(out, match.allocation.cidr, match.place) : '',
        trailText(match.changes),
      ];
    case 'pool': {
      const { pool, blocks, moreBlocks, changes } = match;
      const more = moreBlocks ? '\n… and more' : '';
      return [
        poolText(out, pool),
        blocksText(
          out,
          blocks.map((block) => ['', block]),
        ) + more,
        trailText(changes),
      ];
    }
    case 'routingDomain':
      return [domainText(out, match.routingDomain), trailText(match.changes)];
    case 'link':
      return [`Link: ${safeText(linkText(match.link))}`, trailText(match.changes)];
    case 'found':
      return [`Also known:\n${hitsText(out, match.hits)}${match.more ? '\n… and more' : ''}`];
    case 'gone':
      return [`${safeText(match.id)} is gone.`, trailText(match.changes)];
  }
}

/** The chain of pools, who holds it, and what is around. */
function placeText(out: Printer, cidr: string, place: Place): string {
  const { chain, before, blocks, after, more } = place;
  const chainText = chain
    .map(({ pool, cidr: of, source }) => `${pool.name} ${of}${source ? ` (${source})` : ''}`)
    .join(' > ');
  const { pool } = chain[0]!;
  const domain = pool.routingDomain ? ` of routing domain ${pool.routingDomain.name}` : '';
  const rows: (readonly [string, BlockFieldsFragment])[] = [
    ...(before ? [['before', before] as const] : []),
    ...blocks.map((block) => ['>', block] as const),
    ...(after ? [['after', after] as const] : []),
  ];
  return [
    safeText(`${cidr} lies in ${chainText}${domain}`),
    blocksText(out, rows) + (more ? '\n… and more inside' : ''),
  ].join('\n');
}

function blocksText(out: Printer, rows: readonly (readonly [string, BlockFieldsFragment])[]): string {
  const marked = rows.some(([mark]) => mark !== '');
  const head = [...(marked ? [''] : []), 'CIDR', 'STATE', 'KEY', 'HOLDER', 'SINCE', 'BY', 'ID', 'TAGS'];
  return out.table(
    head,
    rows.map(([mark, block]) => [...(marked ? [mark] : []), ...blockCells(block)]),
  );
}

function blockCells({ cidr, state, reasons, allocation }: BlockFieldsFragment): string[] {
  if (!allocation) {
    const why = reasons.length > 0 ? ` (${reasons.join(', ')})` : '';
    return [cidr, `${state.toLowerCase()}${why}`, '', '', '', '', '', ''];
  }
  const { status, key, holder, createdAt, createdBy, id, tags } = allocation;
  return [
    cidr,
    status.toLowerCase(),
    key ?? '',
    holderText(holder),
    instantText(createdAt),
    createdBy,
    id,
    tagsText(tags),
  ];
}

function trailText(changes: readonly ChangeFieldsFragment[] | undefined): string {
  if (!changes || changes.length === 0) return '';
  return `History, the latest first:\n${changes.map((change) => `  ${changeText(change)}`).join('\n')}`;
}
