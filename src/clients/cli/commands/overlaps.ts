import type { Command } from 'commander';
import {
  listOverlaps,
  type OverlapClass,
  type OverlapFieldsFragment,
  type OverlapNetworkFieldsFragment,
} from '../../graphql/operations.js';
import type { Io } from '../io.js';
import { someOf } from '../option-values.js';
import { holderText } from '../output/words.js';
import { listed, type ListOptions, printListed, withPaging } from '../paging.js';
import { act } from '../session.js';

/** Each row brings its networks, so pages are short. */
const PAGE = 50;
const MOST_NAMED = 3;

interface Options extends ListOptions {
  readonly class?: OverlapClass[];
  readonly domain?: string;
  readonly network?: string;
  readonly account?: string;
  readonly region?: string;
  readonly cidr?: string;
  readonly waived?: boolean;
}

/** Networks that have the same addresses. */
export function register(program: Command, io: Io): void {
  withPaging(program.command('overlaps'))
    .description(
      'List blocks that several networks have, the worst first; what somebody answers for is left out.',
    )
    .option(
      '--class <class>',
      'conflict, duplicate-global, latent; repeatable',
      someOf('CONFLICT', 'DUPLICATE_GLOBAL', 'LATENT'),
    )
    .option('--domain <routing-domain>', 'only with a network in it: id or name')
    .option('--network <network>', 'only with this VPC or external network')
    .option('--account <account>', 'only with a network of this account')
    .option('--region <region>', 'only with a network in this region')
    .option('--cidr <cidr>', 'only among these addresses')
    .option('--waived', 'what somebody answers for: see `cadastre waive`')
    .addHelpText(
      'after',
      `
Examples:
  cadastre overlaps
  cadastre overlaps --class conflict --account 111122223333 --json
  cadastre overlaps --cidr 172.31.0.0/16`,
    )
    .action(
      act(io, async ({ client, out }, options: Options) => {
        const { class: classes, domain, network, account, region, cidr, waived = false } = options;
        const filter = { class: classes, routingDomain: domain, network, account, region, cidr, waived };
        const list = await listed(
          options,
          PAGE,
          async (first, after) => (await client.ask(listOverlaps, { filter, first, after })).overlaps,
        );
        printListed(out, list, ['CLASS', 'CIDR', 'NETWORKS', 'INSIDE', 'NETWORKS', 'BY', 'FINDING'], rowOf);
      }),
    );
}

function rowOf(overlap: OverlapFieldsFragment): string[] {
  const { cidr, inner, networks, networkCount, innerNetworks, innerNetworkCount, finding } = overlap;
  return [
    overlap.class.toLowerCase().replaceAll('_', ' '),
    cidr,
    named(networks, networkCount),
    inner ?? '',
    named(innerNetworks, innerNetworkCount),
    conflictsText(overlap),
    finding?.id ?? '',
  ];
}

function named(networks: readonly OverlapNetworkFieldsFragment[], count: number): string {
  const some = networks.slice(0, MOST_NAMED).map(({ id, name, account, addressesInUse, allocation }) => {
    const facts = [
      name,
      account,
      addressesInUse === '0' ? null : `${addressesInUse} in use`,
      allocation && (holderText(allocation.holder) || allocation.id),
    ].filter(Boolean);
    return facts.length > 0 ? `${id} (${facts.join(', ')})` : id;
  });
  return some.join('; ') + (count > some.length ? `; and ${count - some.length} more` : '');
}

function conflictsText({ conflicts: { nodes, totalCount } }: OverlapFieldsFragment): string {
  const [first] = nodes;
  if (!first) return '';
  const how = first.via.map(({ resource }) => resource).join(', ') || 'same routing domain';
  return `${first.a.id} - ${first.b.id}: ${how}${totalCount > 1 ? `; and ${totalCount - 1} more` : ''}`;
}
