import type { Command } from 'commander';
import {
  listNetworks,
  type NetworkFieldsFragment,
  type NetworkKind,
  placeNetwork,
} from '../../graphql/operations.js';
import { valueOf } from '../errors.js';
import type { Io } from '../io.js';
import { oneOf } from '../option-values.js';
import { listed, type ListOptions, printListed, withPaging } from '../paging.js';
import { act } from '../session.js';

const PAGE = 500;

interface Options extends ListOptions {
  readonly kind?: NetworkKind;
  readonly account?: string;
  readonly region?: string;
  readonly domain?: string;
  readonly text?: string;
}

/** VPCs and external networks, and the routing domains that they belong to. */
export function registerPlaces(network: Command, io: Io): void {
  withPaging(network.command('places'))
    .description('List all networks, discovered and declared, with their routing domains.')
    .option('--kind <kind>', 'vpc or external-network', oneOf('VPC', 'EXTERNAL_NETWORK'))
    .option('--account <account>', 'only of this account')
    .option('--region <region>', 'only in this region')
    .option('--domain <routing-domain>', 'only in this routing domain, by id or name')
    .option('--text <text>', 'only with this in id or name')
    .addHelpText('after', '\nExamples:\n  cadastre network places --account 111122223333')
    .action(
      act(io, async ({ client, out }, options: Options) => {
        const { kind, account, region, domain, text } = options;
        const filter = { kind, account, region, routingDomain: domain, text };
        const list = await listed(
          options,
          PAGE,
          async (first, after) => (await client.ask(listNetworks, { filter, first, after })).networks,
        );
        printListed(out, list, HEAD, rowOf);
      }),
    );

  network
    .command('place')
    .argument('<network>', 'id of a VPC, or name of an external network')
    .argument('<routing-domain>', 'id or name')
    .description('Say which routing domain a network belongs to; until then it is one of its own.')
    .addHelpText('after', '\nExamples:\n  cadastre network place vpc-0a1b2c legacy-wan')
    .action(
      act(io, async ({ client, out }, given: string, routingDomain: string) => {
        const input = { network: given, routingDomain };
        const placed = valueOf(await client.change(placeNetwork, { input }, { repeatable: true }));
        out.print(placed, () => out.table(HEAD, [rowOf(placed)]));
      }),
    );
}

const HEAD = ['ID', 'NAME', 'ACCOUNT', 'REGION', 'DOMAIN', 'CIDRS', ''] as const;

function rowOf({
  id,
  calledName,
  account,
  region,
  routingDomain,
  cidrs,
  missing,
}: NetworkFieldsFragment): string[] {
  const domain = routingDomain.name === id ? '' : routingDomain.name;
  return [
    id,
    calledName ?? '',
    account ?? '',
    region ?? '',
    domain,
    cidrs.join(' '),
    missing ? 'missing' : '',
  ];
}
