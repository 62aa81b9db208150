import { type Command, InvalidArgumentError } from 'commander';
import {
  createPool,
  deletePool,
  deprovisionCidr,
  type Family,
  getPool,
  listPools,
  type ListPoolsQuery,
  provisionCidr,
  updatePool,
} from '../../graphql/operations.js';
import { notFound, UsageError, valueOf } from '../errors.js';
import type { Io } from '../io.js';
import { list, tag, type TagValue, wholeNumber } from '../option-values.js';
import { allocationId } from '../reference.js';
import { abridged, percent, tagsText } from '../output/words.js';
import { listed, type ListOptions, printListed, withPaging } from '../paging.js';
import { act } from '../session.js';
import { type PoolOptions, rulesOf, withPoolOptions } from './pool-options.js';
import { poolText } from './pool-text.js';

const PAGE = 100;

interface Filter extends ListOptions {
  readonly parent?: string;
  readonly roots?: boolean;
  readonly family?: Family;
  readonly domain?: string;
  readonly tag?: TagValue[];
  readonly text?: string;
  readonly byName?: boolean;
}

interface Creation extends PoolOptions {
  readonly cidr?: string[];
  readonly from?: string[];
  readonly domain?: string;
}

interface Update extends PoolOptions {
  readonly name?: string;
  readonly clearTags?: boolean;
  readonly ifVersion?: number;
}

export function register(program: Command, io: Io): void {
  const pool = program.command('pool').description('Pools: address space to hand out from.');

  withPaging(pool.command('list'))
    .description('List pools with how full they are: roots first, then by name.')
    .option('--parent <pool>', 'only the children of this one')
    .option('--roots', 'only pools that have no parent')
    .option('--family <4|6>', 'only of this family', family)
    .option('--domain <routing-domain>', 'only those bound to it')
    .option('--tag <key=value>', 'only with this tag', tag)
    .option('--text <text>', 'only with this in name or description')
    .option('--by-name', 'by name alone')
    .addHelpText('after', '\nExamples:\n  cadastre pool list --roots\n  cadastre pool list --all --json')
    .action(
      act(io, async ({ client, out }, options: Filter) => {
        const filter = filterOf(options);
        const orderBy = options.byName ? 'NAME' : 'DEPTH';
        const found = await listed(
          options,
          PAGE,
          async (first, after) => (await client.ask(listPools, { filter, orderBy, first, after })).pools,
        );
        printListed(out, found, ['NAME', 'CIDR', 'PARENT', 'USED', 'LARGEST FREE', 'ID', 'TAGS'], rowOf);
      }),
    );

  pool
    .command('show')
    .argument('<pool>', 'id or name')
    .description('Show a pool: its CIDRs, its rules, how full it is.')
    .option('--tree', 'count over all that lies below it')
    .addHelpText(
      'after',
      '\nExamples:\n  cadastre pool show global\n  cadastre show global      # with its blocks',
    )
    .action(
      act(io, async ({ client, out }, given: string, { tree = false }: { tree?: boolean }) => {
        const asked = /^pool_\d+$/.test(given) ? { id: given } : { name: given };
        const found = (await client.ask(getPool, { ...asked, tree })).pool;
        if (!found) throw notFound('pool', given);
        out.print(found, () => poolText(out, found));
      }),
    );

  withPoolOptions(pool.command('create'))
    .argument('<name>', 'unique')
    .description('Make a pool: a root with CIDRs of its own, or a child of allocations.')
    .option('--cidr <cidr>', 'of a root; repeatable', list)
    .option(
      '--from <allocation>',
      'of a child: allocation that becomes its CIDR, as alloc_12 or pool:key; repeatable',
      list,
    )
    .option('--domain <routing-domain>', 'where a root is unique; everywhere unless given')
    .addHelpText(
      'after',
      `
Examples:
  cadastre pool create global --cidr 100.64.0.0/10 --default-prefix-length 22
  cadastre pool create team-a --from global:team-a/vpc --max-prefix-length 28`,
    )
    .action(
      act(io, async ({ client, out }, name: string, options: Creation) => {
        const { cidr: cidrs, from, domain: routingDomain, description, tag: tags } = options;
        if ((cidrs === undefined) === (from === undefined))
          throw new UsageError('Give either --cidr, for a root, or --from, for a child of allocations.');
        const fromAllocations = from && (await Promise.all(from.map((one) => allocationId(client, one))));
        const rules = rulesOf(options);
        const input = { name, cidrs, fromAllocations, routingDomain, description, tags, rules };
        const made = valueOf(await client.change(createPool, { input }));
        out.print(made, () => poolText(out, made));
      }),
    );

  withPoolOptions(pool.command('update'))
    .argument('<pool>', 'id or name')
    .description('Change a pool or its rules; what is left out stays.')
    .option('--name <name>', 'what to call it')
    .option('--clear-tags', 'take all tags away')
    .option('--if-version <n>', 'only where this is its version', wholeNumber(1, 2 ** 31 - 1))
    .addHelpText(
      'after',
      `
Examples:
  cadastre pool update global --quarantine 7d --exclude 100.64.0.0/24
  cadastre pool update global --min-prefix-length none`,
    )
    .action(
      act(io, async ({ client, out }, given: string, options: Update) => {
        const { name, description, clearTags, ifVersion: version } = options;
        const tags = clearTags ? (options.tag ?? []) : options.tag;
        const changes = { name, description, tags, rules: rulesOf(options) };
        if (Object.values(changes).every((value) => value === undefined))
          throw new UsageError('Say what is to be different: `cadastre pool update --help` lists it.');
        const changed = valueOf(
          await client.change(updatePool, { input: { pool: given, version, ...changes } }),
        );
        out.print(changed, () => poolText(out, changed));
      }),
    );

  pool
    .command('delete')
    .argument('<pool>', 'id or name')
    .description('Take a pool away that nothing is taken from.')
    .option('--if-version <n>', 'only where this is its version', wholeNumber(1, 2 ** 31 - 1))
    .addHelpText('after', '\nExamples:\n  cadastre pool delete team-a')
    .action(
      act(io, async ({ client, out }, given: string, { ifVersion: version }: { ifVersion?: number }) => {
        const gone = valueOf(await client.change(deletePool, { input: { pool: given, version } }));
        out.print(gone, () => out.record([['deleted', `${gone.name} (${gone.id})`]]));
      }),
    );

  pool
    .command('provision')
    .argument('<pool>', 'id or name')
    .argument('[cidr]', 'the CIDR to add to a root')
    .description('Put a CIDR into a pool.')
    .option('--from <allocation>', 'for a child: allocation that becomes its CIDR, as alloc_12 or pool:key')
    .addHelpText(
      'after',
      `
Examples:
  cadastre pool provision global 10.128.0.0/9
  cadastre pool provision team-a --from alloc_13`,
    )
    .action(
      act(
        io,
        async ({ client, out }, given: string, cidr: string | undefined, { from }: { from?: string }) => {
          if ((cidr === undefined) === (from === undefined))
            throw new UsageError('Give either a CIDR, for a root, or --from, for a child of allocations.');
          const allocation = from && (await allocationId(client, from));
          const input = { pool: given, cidr, allocation };
          const changed = valueOf(await client.change(provisionCidr, { input }));
          out.print(changed, () => poolText(out, changed));
        },
      ),
    );

  pool
    .command('deprovision')
    .argument('<pool>', 'id or name')
    .argument('<cidr>', 'one of its CIDRs, as a whole')
    .description('Take a CIDR out of a pool that nothing is taken from.')
    .addHelpText('after', '\nExamples:\n  cadastre pool deprovision global 10.128.0.0/9')
    .action(
      act(io, async ({ client, out }, given: string, cidr: string) => {
        const changed = valueOf(await client.change(deprovisionCidr, { input: { pool: given, cidr } }));
        out.print(changed, () => poolText(out, changed));
      }),
    );
}

function filterOf({ parent, roots, family: of, domain, tag: tags = [], text }: Filter) {
  if (roots && parent !== undefined) throw new UsageError('--roots and --parent exclude each other.');
  if (tags.length > 1) throw new UsageError('Give one --tag: a list is filtered by one.');
  // null asks for roots; what is undefined is not sent
  return { parent: roots ? null : parent, family: of, routingDomain: domain, tag: tags[0], text };
}

function family(text: string): Family {
  if (text !== '4' && text !== '6') throw new InvalidArgumentError('Give 4 or 6.');
  return `IPV${text}`;
}

function rowOf(pool: ListPoolsQuery['pools']['nodes'][number]): string[] {
  const { id, name, cidrs, parent, capacity, tags } = pool;
  const { utilization, largestFreeBlock } = capacity;
  return [
    name,
    abridged(cidrs),
    parent?.name ?? '',
    percent(utilization),
    largestFreeBlock ?? 'none',
    id,
    tagsText(tags),
  ];
}
