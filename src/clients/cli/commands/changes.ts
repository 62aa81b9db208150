import type { Command } from 'commander';
import { changesOf, getPool } from '../../graphql/operations.js';
import { notFound, UsageError } from '../errors.js';
import { EXIT } from '../exit-codes.js';
import type { Io } from '../io.js';
import { listed, type ListOptions, withPaging } from '../paging.js';
import { allocationId } from '../reference.js';
import { act, type Session } from '../session.js';
import { changeText } from './change-text.js';

const PAGE = 500;

interface Options extends ListOptions {
  readonly of?: string;
  readonly pool?: string;
  readonly follow?: boolean;
  readonly sincePosition?: string;
  readonly sinceSequence?: string;
}

export function register(program: Command, io: Io): void {
  withPaging(program.command('changes'))
    .description('Show the trail of one thing, or follow all changes as they happen.')
    .option(
      '--of <id>',
      'the trail of this pool, allocation, routing domain, link or token, the latest first',
    )
    .option('--follow', 'show changes as they happen, until Ctrl-C; goes on after a lost connection')
    .option('--pool <pool>', 'only of this pool; without --follow its own trail')
    .option('--since-position <n>', 'with --follow: from after this position on')
    .option('--since-sequence <n>', 'with --follow and --pool: from after this sequence on')
    .addHelpText(
      'after',
      `
Examples:
  cadastre changes --of alloc_12      # or pool:key
  cadastre changes --follow
  cadastre changes --follow --pool global --json
  cadastre changes --follow --since-position 0     # from the oldest that the feed keeps`,
    )
    .action(
      act(io, async (session, options: Options) => {
        requireFitting(options);
        if (!options.follow) return trail(session, options);
        const { follow } = await import('./follow.js');
        await follow(session, options);
        return EXIT.done;
      }),
    );
}

async function trail(session: Session, options: Options): Promise<number> {
  const { client, out } = session;
  const id =
    options.of === undefined ? await poolId(session, options.pool!) : await allocationId(client, options.of);
  const list = await listed(
    options,
    PAGE,
    async (first, after) => (await client.ask(changesOf, { id, first, after })).changesOf,
  );
  for (const change of list.nodes) out.item(change, () => changeText(change));
  if (list.totalCount === 0) throw notFound('change of', id);
  const left = list.totalCount - list.nodes.length;
  if (left > 0) out.note(`and ${left} before these: --all shows all ${list.totalCount}`);
  return EXIT.done;
}

async function poolId({ client }: Session, given: string): Promise<string> {
  if (/^pool_\d+$/.test(given)) return given;
  const { pool } = await client.ask(getPool, { name: given, tree: false });
  if (!pool) throw notFound('pool', given);
  return pool.id;
}

function requireFitting({ of, pool, follow, sincePosition, sinceSequence }: Options): void {
  if (!follow && of === undefined && pool === undefined)
    throw new UsageError(
      'Say of what: --of <id>; or --follow for all changes as they happen (with --since-position 0 also earlier ones).',
    );
  if (of !== undefined && (follow || pool !== undefined))
    throw new UsageError('--of goes with neither --follow nor --pool.');
  const since = sincePosition ?? sinceSequence;
  if (since !== undefined && !follow)
    throw new UsageError('--since-position and --since-sequence go with --follow.');
  if (since !== undefined && !/^\d{1,18}$/.test(since))
    throw new UsageError('A position or sequence is a whole number.');
  if (sincePosition !== undefined && pool !== undefined)
    throw new UsageError('With --pool give --since-sequence: a pool counts its own changes.');
  if (sinceSequence !== undefined && pool === undefined)
    throw new UsageError('--since-sequence goes with --pool; without one give --since-position.');
}
