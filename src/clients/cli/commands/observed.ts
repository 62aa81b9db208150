import type { Command } from 'commander';
import {
  acceptDrop,
  getSnapshot,
  type GetSnapshotQuery,
  listConfigurationChanges,
  type ListFieldsFragment,
  listLists,
  listObserved,
  type ObservedFieldsFragment,
  type ObservedKind,
} from '../../graphql/operations.js';
import { notFound, valueOf } from '../errors.js';
import { KINDS } from '../inventory/kinds.js';
import { logText } from '../inventory/log-text.js';
import { kindText } from '../inventory/sentence.js';
import type { Io } from '../io.js';
import { instant, oneOf } from '../option-values.js';
import type { Printer } from '../output/printer.js';
import { safeText } from '../output/safe-text.js';
import { instantText } from '../output/words.js';
import { listed, type ListOptions, printListed, withPaging } from '../paging.js';
import { act } from '../session.js';

const PAGE = 200;
const CIDRS_SHOWN = 3;

interface Where {
  readonly account?: string;
  readonly region?: string;
  readonly vpc?: string;
}

interface LogOptions extends Where, ListOptions {
  readonly kind?: ObservedKind;
  readonly since?: string;
  readonly until?: string;
}

interface ListsOptions {
  readonly account?: string;
  readonly region?: string;
  readonly stale?: boolean;
}

interface ObservedOptions extends Where, ListOptions {
  readonly kind?: ObservedKind;
  readonly text?: string;
  readonly holding?: string;
  readonly missing?: boolean;
}

/** What discovery sees now, saw at an instant, and saw change. */
export function register(program: Command, io: Io): void {
  withPaging(withWhere(program.command('log')))
    .description('Show what changed in the networks, the latest first.')
    .option('--kind <kind>', 'only of this kind, as route-table', oneOf(...KINDS))
    .option('--since <when>', 'from an instant on, or a time ago, as 7d', instant)
    .option('--until <when>', 'before an instant, or a time ago', instant)
    .addHelpText(
      'after',
      `
With --json a line for each change.

Examples:
  cadastre log --since 1d
  cadastre log --vpc vpc-0a1b2c --kind route-table
  cadastre log --account 111122223333 --since 2026-11-01T00:00:00Z --all --json`,
    )
    .action(
      act(io, async ({ client, out }, options: LogOptions) => {
        const { account, region, vpc, kind, since, until } = options;
        const filter = { account, region, vpc, kind, since, until };
        const list = await listed(
          options,
          PAGE,
          async (first, after) =>
            (await client.ask(listConfigurationChanges, { filter, first, after })).configurationChanges,
        );
        const text = logText(list.nodes);
        if (out.asJson) for (const change of list.nodes) out.item(change, () => '');
        else if (text !== '') out.print(list, () => text);
        else out.note('No changes.');
        const left = list.totalCount - list.nodes.length;
        if (left > 0) out.note(`and ${left} before these: --all shows all ${list.totalCount}`);
      }),
    );

  program
    .command('snapshot')
    .argument('<vpc>', 'id of a VPC')
    .option('--at <when>', 'at an instant, or a time ago, as 2h; now unless given', instant)
    .option('--all', 'network interfaces and instances one by one; else only how many')
    .description('Show a VPC and all that belonged to it, connected it or served it at an instant.')
    .addHelpText(
      'after',
      '\nExamples:\n  cadastre snapshot vpc-0a1b2c\n  cadastre snapshot vpc-0a1b2c --at 7d',
    )
    .action(
      act(io, async ({ client, out }, vpc: string, { at, all }: { at?: string; all?: boolean }) => {
        const { snapshotAt } = await client.ask(getSnapshot, { vpc, at });
        if (!snapshotAt) throw notFound('VPC that was ever seen', vpc);
        out.print(snapshotAt, () => snapshotText(out, snapshotAt, all ? [] : COUNTED));
      }),
    );

  const observed = program.command('observed').description('What discovery sees.');

  withPaging(withWhere(observed.command('list')))
    .description('List what is observed now.')
    .option('--kind <kind>', 'only of this kind, as route-table', oneOf(...KINDS))
    .option('--text <text>', 'only where this is part of id or name')
    .option('--holding <cidr>', 'only what has this CIDR or one that contains it')
    .option('--missing', 'only what the last good list left out')
    .addHelpText(
      'after',
      `
Examples:
  cadastre observed list --kind vpc
  cadastre observed list --holding 10.4.7.200/32
  cadastre observed list --missing --json`,
    )
    .action(
      act(io, async ({ client, out }, options: ObservedOptions) => {
        const { account, region, vpc, kind, text, holding, missing } = options;
        const filter = { account, region, vpc, kinds: kind && [kind], text, holding, missing };
        const list = await listed(
          options,
          PAGE,
          async (first, after) => (await client.ask(listObserved, { filter, first, after })).observedObjects,
        );
        printListed(
          out,
          list,
          ['KIND', 'ID', 'NAME', 'CIDRS', 'VPC', 'ACCOUNT', 'REGION', 'CHANGED', 'NOTE'],
          rowOf,
        );
      }),
    );

  observed
    .command('lists')
    .description('Show how fresh what is observed is: the last good list of each kind, and what is stale.')
    .option('--account <account>', 'only of this account')
    .option('--region <region>', 'only of this region')
    .option('--stale', 'only the stale ones')
    .addHelpText('after', '\nExamples:\n  cadastre observed lists --stale')
    .action(
      act(io, async ({ client, out }, options: ListsOptions) => {
        const shown = (await client.ask(listLists, { ...options })).observedLists;
        out.print(shown, () =>
          out.table(
            ['ACCOUNT', 'REGION', 'KIND', 'OBJECTS', 'MISSING', 'LAST GOOD', 'STALE SINCE', 'REASON'],
            shown.map((list) => [
              list.account,
              list.region,
              kindText(list.kind),
              String(list.objects),
              String(list.missing || ''),
              instantText(list.lastGoodAt),
              instantText(list.staleSince),
              reasonOf(list),
            ]),
          ),
        );
      }),
    );

  observed
    .command('accept-drop')
    .argument('<account>', 'whose list it is: 12 digits')
    .argument('<region>', 'as eu-west-1')
    .argument('<kind>', 'of what the list is, as vpc', oneOf(...KINDS))
    .description('Say that what is gone at once from a suspicious list is really gone.')
    .addHelpText(
      'after',
      `
A list that has lost most of what it had is held back: nothing in it is missing, freed or an orphan until further
lists say the same (observed lists --stale shows it). After this the next one that does is believed.

Examples:
  cadastre observed accept-drop 111122223333 eu-west-1 vpc
  cadastre sweep --account 111122223333 --region eu-west-1`,
    )
    .action(
      act(io, async ({ client, out }, account: string, region: string, kind: ObservedKind) => {
        const list = valueOf(await client.change(acceptDrop, { input: { account, region, kind } }));
        out.print(
          list,
          () =>
            `The next list of ${kindText(kind)}s of ${account} ${region} is believed; cadastre sweep reads it now.`,
        );
      }),
    );
}

function reasonOf({ staleReason, dropAccepted }: ListFieldsFragment): string {
  return `${staleReason ?? ''}${dropAccepted ? ' (accepted: the next list is believed)' : ''}`;
}

function withWhere(command: Command): Command {
  return command
    .option('--account <account>', 'only what this account sees')
    .option('--region <region>', 'only in this region')
    .option('--vpc <id>', 'only what concerns this VPC');
}

function rowOf(object: ObservedFieldsFragment): string[] {
  const { kind, id, name, cidrs, vpcId, account, region, changedAt, missingSince } = object;
  const note = missingSince ? `missing since ${instantText(missingSince)}` : '';
  return [
    kindText(kind),
    id,
    name ?? '',
    few(cidrs),
    vpcId ?? '',
    account ?? 'declared',
    region ?? '',
    instantText(changedAt),
    note,
  ];
}

function few(cidrs: readonly string[]): string {
  const more = cidrs.length - CIDRS_SHOWN;
  return `${cidrs.slice(0, CIDRS_SHOWN).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

type Snapshot = NonNullable<GetSnapshotQuery['snapshotAt']>;

/** What a VPC has hundreds of. */
const COUNTED: readonly ObservedKind[] = ['NETWORK_INTERFACE', 'INSTANCE'];

/** External networks are in no list of a cloud. */
const DECLARED_KINDS = 1;

function snapshotText(
  out: Printer,
  { vpc, at, objects, uncovered }: Snapshot,
  counted: readonly ObservedKind[],
): string {
  const placeOf = (kind: ObservedKind): number => KINDS.indexOf(kind);
  const shown = objects
    .filter(({ version }) => !counted.includes(version.kind))
    .sort((a, b) => placeOf(a.version.kind) - placeOf(b.version.kind));
  const counts = counted.flatMap((kind) => {
    const many = objects.filter(({ version }) => version.kind === kind).length;
    return many === 0 ? [] : [`${many} ${kindText(kind)}${many === 1 ? '' : 's'}`];
  });
  const rows = shown.map(({ presence, version }) => [
    presence === 'PRESENT' ? '' : '?',
    kindText(version.kind),
    version.id,
    version.name ?? '',
    few(version.cidrs),
    instantText(version.from),
  ]);
  const lists = byReason(uncovered);
  return [
    safeText(`${vpc} at ${instantText(at)}`),
    rows.length > 0
      ? out.table(['', 'KIND', 'ID', 'NAME', 'CIDRS', 'SO SINCE'], rows)
      : 'Nothing of it was seen then.',
    counts.length > 0 ? `and ${counts.join(' and ')}: --all shows them` : '',
    objects.some(({ presence }) => presence === 'UNKNOWN') ? '? nobody knows whether it was there' : '',
    lists.length > 0
      ? `Nothing is known of:\n${out.table(['ACCOUNT', 'REGION', 'KINDS', 'REASON'], lists)}`
      : '',
  ]
    .filter(Boolean)
    .join('\n\n');
}

/** What one account and region does not say for one reason is one row. */
function byReason(uncovered: Snapshot['uncovered']): string[][] {
  const rows = new Map<string, { row: readonly [string, string]; kinds: string[]; reason: string }>();
  for (const { account, region, kind, reason } of uncovered) {
    const key = [account, region, reason].join('\n');
    const there = rows.get(key) ?? { row: [account, region], kinds: [], reason };
    rows.set(key, { ...there, kinds: [...there.kinds, kindText(kind)] });
  }
  return [...rows.values()].map(({ row, kinds, reason }) => {
    const isAll = kinds.length === KINDS.length - DECLARED_KINDS;
    return [...row, isAll ? 'all' : kinds.join(', '), reason];
  });
}
