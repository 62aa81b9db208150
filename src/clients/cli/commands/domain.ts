import type { Command } from 'commander';
import type { Client } from '../../graphql/client.js';
import {
  connectRoutingDomains,
  createRoutingDomain,
  deleteRoutingDomain,
  disconnectRoutingDomains,
  getRoutingDomain,
  listRoutingDomains,
  type RoutingDomainFieldsFragment,
  updateRoutingDomain,
} from '../../graphql/operations.js';
import { notFound, UsageError, valueOf } from '../errors.js';
import type { Io } from '../io.js';
import { tag, type TagValue, wholeNumber } from '../option-values.js';
import type { Printer } from '../output/printer.js';
import { tagsText } from '../output/words.js';
import { listed, type ListOptions, printListed, withPaging } from '../paging.js';
import { act } from '../session.js';
import { domainText, farEnd, linkText } from './domain-text.js';

const PAGE = 100;

interface Labels {
  readonly description?: string;
  readonly tag?: TagValue[];
}

interface Changes extends Labels {
  readonly name?: string;
  readonly clearTags?: boolean;
  readonly ifVersion?: number;
}

/** Routing domains, and which of them reach each other. */
export function register(program: Command, io: Io): void {
  const domain = program
    .command('domain')
    .description('Routing domains: sets of networks in which an address means one thing.');

  withPaging(domain.command('list'))
    .description('List routing domains.')
    .addHelpText('after', '\nExamples:\n  cadastre domain list --json')
    .action(
      act(io, async ({ client, out }, options: ListOptions) => {
        const list = await listed(
          options,
          PAGE,
          async (first, after) => (await client.ask(listRoutingDomains, { first, after })).routingDomains,
        );
        printListed(out, list, ['ID', 'NAME', 'REACHES', 'TAGS', 'DESCRIPTION'], rowOf);
      }),
    );

  domain
    .command('show')
    .argument('<domain>', 'id or name')
    .description('Show a routing domain and what it reaches.')
    .addHelpText('after', '\nExamples:\n  cadastre domain show legacy-wan')
    .action(
      act(io, async ({ client, out }, given: string) => {
        const asked = /^dom_\d+$/.test(given) ? { id: given } : { name: given };
        const found = (await client.ask(getRoutingDomain, asked)).routingDomain;
        if (!found) throw notFound('routing domain', given);
        print(out, found);
      }),
    );

  withLabels(domain.command('create'))
    .argument('<name>', 'unique')
    .description('Declare a routing domain.')
    .addHelpText('after', '\nExamples:\n  cadastre domain create legacy-wan --description "Data centres"')
    .action(
      act(io, async ({ client, out }, name: string, { description, tag: tags }: Labels) => {
        const input = { name, description, tags };
        print(out, valueOf(await client.change(createRoutingDomain, { input })));
      }),
    );

  withLabels(domain.command('update'))
    .argument('<domain>', 'id or name')
    .description('Change a routing domain; what is left out stays.')
    .option('--name <name>', 'what to call it')
    .option('--clear-tags', 'take all tags away')
    .option('--if-version <n>', 'only where this is its version', wholeNumber(1, 2 ** 31 - 1))
    .addHelpText('after', '\nExamples:\n  cadastre domain update legacy-wan --name wan --tag owner=network')
    .action(
      act(io, async ({ client, out }, given: string, options: Changes) => {
        const { name, description, ifVersion: version } = options;
        const tags = options.clearTags ? (options.tag ?? []) : options.tag;
        if (name === undefined && description === undefined && tags === undefined)
          throw new UsageError('Say what is to be different: --name, --description, --tag or --clear-tags.');
        const input = { routingDomain: given, version, name, description, tags };
        print(out, valueOf(await client.change(updateRoutingDomain, { input })));
      }),
    );

  domain
    .command('delete')
    .argument('<domain>', 'id or name')
    .description('Take a routing domain away that nothing is bound to.')
    .addHelpText('after', '\nExamples:\n  cadastre domain delete legacy-wan')
    .action(
      act(io, async ({ client, out }, given: string) => {
        const input = { routingDomain: given };
        const gone = valueOf(await client.change(deleteRoutingDomain, { input }));
        out.print(gone, () => out.record([['deleted', `${gone.name} (${gone.id})`]]));
      }),
    );

  for (const { name, description, change } of LINKING) {
    domain
      .command(name)
      .argument('<a>', 'id or name')
      .argument('<b>', 'id or name; the order does not matter')
      .requiredOption('--via <what>', 'what connects them, as "peering pcx-1"')
      .description(description)
      .addHelpText('after', `\nExamples:\n  cadastre domain ${name} legacy-wan shop --via "peering pcx-1"`)
      .action(
        act(io, async ({ client, out }, a: string, b: string, { via }: { via: string }) => {
          const link = valueOf(await change(client, { a, b, via }));
          out.print(link, () => out.record([[`${name}ed`, linkText(link)]]));
        }),
      );
  }
}

interface Link {
  readonly a: string;
  readonly b: string;
  readonly via: string;
}

const LINKING = [
  {
    name: 'connect',
    description: 'Declare that two routing domains reach each other; repeatable.',
    change: (client: Client, input: Link) =>
      client.change(connectRoutingDomains, { input }, { repeatable: true }),
  },
  {
    name: 'disconnect',
    description: 'Take such a declaration back.',
    change: (client: Client, input: Link) => client.change(disconnectRoutingDomains, { input }),
  },
];

function withLabels(command: Command): Command {
  return command
    .option('--description <text>', 'in your words')
    .option('--tag <key=value>', 'tag to attach; repeatable; those given are all tags', tag);
}

function print(out: Printer, domain: RoutingDomainFieldsFragment): void {
  out.print(domain, () => domainText(out, domain));
}

function rowOf({ id, name, links, tags, description }: RoutingDomainFieldsFragment): string[] {
  const reached = [...new Set(links.map((link) => farEnd(link, id)))].join(', ');
  return [id, name, reached, tagsText(tags), description];
}
