import { setTimeout as delay } from 'node:timers/promises';
import type { Command } from 'commander';
import {
  cancelSweep,
  getSweep,
  listSweeps,
  type ObservedKind,
  resumeSweep,
  startSweep,
  type SweepReportFragment,
} from '../../graphql/operations.js';
import { notFound, UsageError, valueOf } from '../errors.js';
import { EXIT } from '../exit-codes.js';
import type { Io } from '../io.js';
import { KINDS } from '../inventory/kinds.js';
import { list, someOf } from '../option-values.js';
import { Progress } from '../output/progress.js';
import { listed, type ListOptions, printListed, withPaging } from '../paging.js';
import { act, type Session } from '../session.js';
import { progressLine, SWEEP_HEAD, sweepRow, sweepText } from './sweep-text.js';

const PAGE = 100;
const POLL_MS = 500;

interface Wait {
  readonly wait: boolean;
}

interface Start extends Wait {
  readonly account?: string[];
  readonly region?: string[];
  readonly kind?: ObservedKind[];
}

const ONLY_TO_BEGIN = ['account', 'region', 'kind'] as const;

/** Reading the cloud now. */
export function register(program: Command, io: Io): void {
  const sweep = withWait(program.command('sweep'))
    .description('Read what is discovered now, and say what came of it.')
    .option('--account <accounts>', 'only these accounts; repeatable', list)
    .option('--region <regions>', 'only these regions; repeatable', list)
    .option('--kind <kinds>', 'only these kinds of objects, as vpc,route-table; repeatable', someOf(...KINDS))
    .addHelpText(
      'after',
      `
Ends with 3 where some list could not be read, or lost so much at once that it is held back: what was known of it
stays, and is stale.

Examples:
  cadastre sweep
  cadastre sweep --account 111122223333 --region eu-west-1 --kind vpc,subnet
  cadastre sweep --no-wait --json`,
    )
    .action(
      act(io, async (session, { account, region, kind, wait }: Start) => {
        const input = { accounts: account, regions: region, kinds: kind };
        const started = valueOf(await session.client.change(startSweep, { input }));
        return finish(session, started.id, wait);
      }),
    );

  // the options of `sweep` are read wherever they stand, also after the name of a command below
  sweep.hook('preSubcommand', (_, command) => {
    const given = ONLY_TO_BEGIN.find((name) => sweep.getOptionValue(name) !== undefined);
    if (given)
      throw new UsageError(
        `--${given} says what a new sweep reads; it does not go with \`sweep ${command.name()}\`.`,
      );
  });
  sweep
    .command('status')
    .argument('[sweep]', 'id; the latest unless given')
    .description('Say how far a sweep is, and what failed.')
    .addHelpText('after', '\nExamples:\n  cadastre sweep status\n  cadastre sweep status sweep_12 --json')
    .action(act(io, async (session, id?: string) => finish(session, await idOf(session, id), false)));

  withPaging(sweep.command('list'))
    .description('List sweeps, the latest first.')
    .addHelpText('after', '\nExamples:\n  cadastre sweep list')
    .action(
      act(io, async ({ client, out }, options: ListOptions) => {
        const found = await listed(
          options,
          PAGE,
          async (first, after) => (await client.ask(listSweeps, { first, after })).sweeps,
        );
        printListed(out, found, SWEEP_HEAD, sweepRow);
      }),
    );

  sweep
    .command('cancel')
    .argument('[sweep]', 'id; the latest unless given')
    .description('Stop a sweep. What was read stays.')
    .addHelpText('after', '\nExamples:\n  cadastre sweep cancel sweep_12')
    .action(
      act(io, async (session, given?: string) => {
        const id = await idOf(session, given);
        valueOf(await session.client.change(cancelSweep, { input: { id } }));
        return finish(session, id, false);
      }),
    );

  withWait(sweep.command('resume'))
    .argument('[sweep]', 'id; the latest unless given')
    .description('Read what of a sweep failed or was left.')
    .addHelpText('after', '\nExamples:\n  cadastre sweep resume sweep_12')
    .action(
      act(io, async (session, given: string | undefined, { wait }: Wait) => {
        const id = await idOf(session, given);
        valueOf(await session.client.change(resumeSweep, { input: { id } }));
        return finish(session, id, wait && sweep.opts<Wait>().wait);
      }),
    );
}

function withWait(command: Command): Command {
  return command
    .option('--wait', 'wait for the end (the default)', true)
    .option('--no-wait', 'only begin it');
}

async function idOf({ client }: Session, given: string | undefined): Promise<string> {
  if (given !== undefined) return given;
  const [latest] = (await client.ask(listSweeps, { first: 1 })).sweeps.nodes;
  if (!latest) throw new UsageError('There was no sweep yet: begin one with `cadastre sweep`.');
  return latest.id;
}

/** Prints the sweep, where wanted once it has ended. 3 where something failed. */
async function finish({ client, out, io }: Session, id: string, wait: boolean): Promise<number> {
  const look = async (): Promise<SweepReportFragment> => {
    const { sweep } = await client.ask(getSweep, { id });
    if (!sweep) throw notFound('sweep', id);
    return sweep;
  };
  let sweep = await look();
  if (wait) {
    const progress = new Progress({
      isTTY: io.stderr.isTTY ?? false,
      write: (text) => !!io.stderr.write(String(text)),
    });
    try {
      while (sweep.state === 'RUNNING') {
        progress.show(progressLine(sweep));
        await delay(POLL_MS);
        sweep = await look();
      }
    } finally {
      progress.clear();
    }
  }
  out.print(sweep, () => sweepText(out, sweep));
  return sweep.scopesFailed > 0 || sweep.problem ? EXIT.reported : EXIT.done;
}
