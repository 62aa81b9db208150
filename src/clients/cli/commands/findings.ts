import { type Command, InvalidArgumentError } from 'commander';
import {
  type FindingFieldsFragment,
  type FindingKind,
  type FindingSeverity,
  getFinding,
  listFindings,
  unwaiveFinding,
  waiveFinding,
} from '../../graphql/operations.js';
import { notFound, UsageError, valueOf } from '../errors.js';
import type { Io } from '../io.js';
import { someOf, positiveDuration } from '../option-values.js';
import type { Printer } from '../output/printer.js';
import { instantText } from '../output/words.js';
import { listed, type ListOptions, printListed, withPaging } from '../paging.js';
import { act } from '../session.js';

const PAGE = 500;

const KINDS = [
  'ROGUE',
  'UNMANAGED',
  'ORPHAN',
  'DRIFT',
  'NONCOMPLIANT',
  'OVER_QUOTA',
  'STALE',
  'CONFLICT',
  'DUPLICATE_GLOBAL',
  'LATENT',
  'ROUTE_SHADOW',
] as const;

interface Options extends ListOptions {
  readonly kind?: FindingKind[];
  readonly severity?: FindingSeverity[];
  readonly account?: string;
  readonly region?: string;
  readonly about?: string;
  readonly text?: string;
  readonly waived?: boolean;
  readonly over?: boolean;
}

interface WaiveOptions {
  readonly reason: string;
  readonly contact: string;
  readonly for?: number;
  readonly until?: string;
}

/** What is wrong, and who answers for it. */
export function register(program: Command, io: Io): void {
  withPaging(program.command('findings'))
    .argument('[finding]', 'all of one finding: its id')
    .description('List what is wrong, the worst and oldest first; what somebody answers for is left out.')
    .option('--kind <kind>', 'only of these kinds, as rogue,drift; repeatable', someOf(...KINDS))
    .option(
      '--severity <severity>',
      'critical, warning or info; repeatable',
      someOf('CRITICAL', 'WARNING', 'INFO'),
    )
    .option('--account <account>', 'only what concerns this account')
    .option('--region <region>', 'only what concerns this region')
    .option('--about <subject>', 'only what is about exactly this')
    .option('--text <text>', 'only what has this text anywhere')
    .option('--waived', 'what somebody answers for')
    .option('--over', 'what is not so any more')
    .addHelpText(
      'after',
      `
Examples:
  cadastre findings
  cadastre findings --kind rogue,drift --account 111122223333 --json
  cadastre findings find_12`,
    )
    .action(
      act(io, async ({ client, out }, id: string | undefined, options: Options) => {
        if (id !== undefined) {
          const { finding } = await client.ask(getFinding, { id });
          if (!finding) throw notFound('finding', id);
          return print(out, finding);
        }
        const { kind, severity, account, region, about, text, waived = false, over = false } = options;
        const filter = {
          ...{ kinds: kind, severities: severity, account, region, subject: about, text },
          open: !over,
          // what is over and what somebody answered for go together
          ...(!over && { waived }),
        };
        const list = await listed(
          options,
          PAGE,
          async (first, after) => (await client.ask(listFindings, { filter, first, after })).findings,
        );
        printListed(out, list, ['ID', 'SEVERITY', 'KIND', 'SINCE', 'WHAT'], rowOf);
      }),
    );

  program
    .command('waive')
    .argument('<finding>', 'its id')
    .description('Answer for a finding until some time: it is no alarm until then.')
    .requiredOption('--reason <text>', 'why it may be so')
    .requiredOption('--contact <text>', 'who answers for it')
    .option('--for <duration>', 'how long, as 7d', positiveDuration)
    .option('--until <instant>', 'until when, as 2027-01-31 or 2027-01-31T12:00:00Z', instant)
    .addHelpText(
      'after',
      '\nExamples:\n  cadastre waive find_12 --reason "moves in March" --contact net@example.com --for 90d',
    )
    .action(
      act(io, async ({ client, out }, id: string, { reason, contact, ...given }: WaiveOptions) => {
        if ((given.for === undefined) === (given.until === undefined))
          throw new UsageError('Say until when: --for or --until.');
        const until = given.until ?? new Date(Date.now() + given.for! * 1000).toISOString();
        const input = { id, reason, contact, until };
        print(out, valueOf(await client.change(waiveFinding, { input }, { repeatable: true })));
      }),
    );

  program
    .command('unwaive')
    .argument('<finding>', 'its id')
    .description('Take a waiver away.')
    .addHelpText('after', '\nExamples:\n  cadastre unwaive find_12')
    .action(
      act(io, async ({ client, out }, id: string) => {
        print(out, valueOf(await client.change(unwaiveFinding, { input: { id } }, { repeatable: true })));
      }),
    );
}

/** A day begins at midnight UTC. */
function instant(text: string): string {
  const milliseconds = Date.parse(text);
  if (!/^\d{4}-\d\d-\d\d/.test(text) || Number.isNaN(milliseconds))
    throw new InvalidArgumentError('Give a day or an instant: 2027-01-31 or 2027-01-31T12:00:00Z.');
  return new Date(milliseconds).toISOString();
}

function print(out: Printer, finding: FindingFieldsFragment): void {
  out.print(finding, () => out.record(recordOf(finding)));
}

function recordOf(finding: FindingFieldsFragment): [string, string][] {
  const { id, kind, severity, subject, message, firstSeen, lastSeen, endedAt, waiver, waived } = finding;
  const facts = Object.entries(finding.detail as Record<string, unknown>);
  return [
    ['finding', `${kind} (${id}), ${severity.toLowerCase()}`],
    ['what', message],
    ['about', subject],
    ...facts.map(([name, value]): [string, string] => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
    ['since', instantText(firstSeen)],
    ['seen', endedAt ? '' : instantText(lastSeen)],
    ['over since', instantText(endedAt)],
    ...(waiver
      ? [
          [
            waived ? 'waived' : 'was waived',
            `until ${instantText(waiver.until)} by ${waiver.by}: ${waiver.reason} (${waiver.contact})`,
          ] as [string, string],
        ]
      : []),
  ];
}

function rowOf({ id, severity, kind, firstSeen, message }: FindingFieldsFragment): string[] {
  return [id, severity, kind, instantText(firstSeen), message];
}
