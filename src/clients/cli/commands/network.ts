import type { Command } from 'commander';
import {
  declareExternalNetwork,
  type ExternalNetworkFieldsFragment,
  listExternalNetworks,
  removeExternalNetwork,
} from '../../graphql/operations.js';
import { valueOf } from '../errors.js';
import type { Io } from '../io.js';
import { list as texts, tag, type TagValue, wholeNumber } from '../option-values.js';
import type { Printer } from '../output/printer.js';
import { tagsText } from '../output/words.js';
import { listed, type ListOptions, printListed, withPaging } from '../paging.js';
import { act } from '../session.js';
import { registerPlaces } from './network-places.js';

const PAGE = 100;
const LARGEST = 2 ** 31 - 1;

interface Declaration {
  readonly cidr: string[];
  readonly gateway?: string[];
  readonly domain?: string;
  readonly description?: string;
  readonly contact?: string;
  readonly tag?: TagValue[];
  readonly ifVersion?: number;
}

/** Networks that no cloud lists. */
export function register(program: Command, io: Io): void {
  const network = program
    .command('network')
    .description(
      'External networks: sites and ranges that no cloud lists, declared by people; and where networks belong.',
    );
  registerPlaces(network, io);

  withPaging(network.command('list'))
    .description('List external networks.')
    .addHelpText('after', '\nExamples:\n  cadastre network list --json')
    .action(
      act(io, async ({ client, out }, options: ListOptions) => {
        const found = await listed(
          options,
          PAGE,
          async (first, after) => (await client.ask(listExternalNetworks, { first, after })).externalNetworks,
        );
        printListed(out, found, ['NAME', 'CIDRS', 'GATEWAYS', 'CONTACT', 'TAGS', 'DESCRIPTION'], rowOf);
      }),
    );

  network
    .command('declare')
    .argument('<name>', 'unique; one that is there is replaced')
    .requiredOption('--cidr <cidr>', 'one of its CIDRs; repeatable, or several with commas', texts)
    .option('--gateway <id>', 'gateway or connection through which it is reached; repeatable', texts)
    .option('--domain <domain>', 'routing domain it lies in')
    .option('--description <text>', 'in your words')
    .option('--contact <text>', 'whom to ask')
    .option('--tag <key=value>', 'tag to attach; repeatable; those given are all tags', tag)
    .option(
      '--if-version <n>',
      'only where this is its version, 0 where there is none',
      wholeNumber(0, LARGEST),
    )
    .description('Declare an external network, or replace the one of this name; repeatable.')
    .addHelpText(
      'after',
      '\nExamples:\n  cadastre network declare hq --cidr 192.168.0.0/16 --gateway cgw-0a1b --contact noc@example.com',
    )
    .action(
      act(io, async ({ client, out }, name: string, options: Declaration) => {
        const { cidr: cidrs, gateway: gateways, domain: routingDomain, ifVersion: version } = options;
        const { description, contact, tag: tags } = options;
        const input = { name, cidrs, gateways, routingDomain, description, contact, tags, version };
        const repeatable = version === undefined;
        print(out, valueOf(await client.change(declareExternalNetwork, { input }, { repeatable })));
      }),
    );

  network
    .command('remove')
    .argument('<name>', 'its name')
    .option('--if-version <n>', 'only where this is its version', wholeNumber(0, LARGEST))
    .description('Take a declared network away.')
    .addHelpText('after', '\nExamples:\n  cadastre network remove hq')
    .action(
      act(io, async ({ client, out }, name: string, { ifVersion: version }: { ifVersion?: number }) => {
        const gone = valueOf(await client.change(removeExternalNetwork, { input: { name, version } }));
        out.print(gone, () => out.record([['removed', gone.name]]));
      }),
    );
}

function print(out: Printer, network: ExternalNetworkFieldsFragment): void {
  out.print(network, () =>
    out.record([
      ['name', network.name],
      ['cidrs', network.cidrs.join(', ')],
      ['gateways', network.gateways.join(', ')],
      ['description', network.description],
      ['contact', network.contact],
      ['tags', tagsText(network.tags)],
      ['version', String(network.version)],
    ]),
  );
}

function rowOf({
  name,
  cidrs,
  gateways,
  contact,
  tags,
  description,
}: ExternalNetworkFieldsFragment): string[] {
  return [name, cidrs.join(', '), gateways.join(', '), contact, tagsText(tags), description];
}
