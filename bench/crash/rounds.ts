import { setTimeout as delay } from 'node:timers/promises';
import { startCore } from '../../test/support/core.js';
import type { DrillResult } from '../harness/bench.js';
import { randomOf } from '../harness/random.js';
import { violations } from '../oracle.js';
import { duplicatedKeys, Journal } from './journal.js';
import { fsck } from './fsck.js';
import { askAgain, askUntilItBreaks, CLIENTS } from './load.js';
import { startTarget, type Target, type Victim, VICTIMS } from './target.js';

export interface CrashPlan {
  /** Of the service; empty, and passable for every user where this runs as root. */
  readonly dataFolder: string;
  readonly rounds: number;
  readonly seed: number;
  say?(line: string): void;
}

const POOL = '10.0.0.0/8';
/** A kill comes this long after the load began. */
const EARLIEST_MS = 20;
const LATEST_MS = 2_000;
/** So that clients are told what became of their requests when only the database died. */
const ERRORS_ARRIVE_MS = 100;

/** Load, kill, restart, compare with what was acknowledged; the victims take turns. */
export async function runCrashRounds({ dataFolder, rounds, seed, say }: CrashPlan): Promise<DrillResult> {
  const random = randomOf(seed);
  const journal = new Journal();
  const injected: Record<Victim, number> = { service: 0, postgres: 0 };
  const found: string[] = [];
  let [lost, duplicated, askedAgain] = [0, 0, 0];
  let target = await startTarget(dataFolder, POOL, CLIENTS);
  try {
    for (let round = 1; round <= rounds; round++) {
      const victim = VICTIMS[round % VICTIMS.length]!;
      const killAfter = EARLIEST_MS + random() * (LATEST_MS - EARLIEST_MS);
      const load = askUntilItBreaks(target, journal, seed * 1000 + round);
      await delay(killAfter);
      target.kill(victim);
      injected[victim]++;
      if (victim === 'postgres') await delay(ERRORS_ARRIVE_MS);
      await target.gone();
      await load;

      target = await startTarget(dataFolder, POOL, CLIENTS);
      const state = await compare(target, journal);
      askedAgain += await askAgain(target, journal);
      const later = await compare(target, journal);
      // what is lost stays lost: the last round counts it all
      [lost, duplicated] = [later.lost, Math.max(later.duplicated, journal.twice.length)];
      found.push(
        ...[...state.violations, ...later.violations, ...(await fsck(target.databaseUrl))].map(
          (line) => `round ${round}, ${victim}: ${line}`,
        ),
      );
      say?.(
        `round ${round}: ${victim} killed after ${killAfter.toFixed(0)} ms; ${journal.acknowledged} acknowledged, ${lost} lost, ${duplicated} duplicated, ${found.length} violations so far`,
      );
    }
    await target.stop();
  } catch (error) {
    await target.gone();
    throw error;
  }
  return {
    injected,
    promised:
      'what was acknowledged is there; a key has one CIDR; no overlap; free blocks as derived; sequences and positions gapless; fsck clean',
    acknowledged: journal.acknowledged,
    lost,
    duplicated,
    violations: found,
    note: `${askedAgain} unanswered requests were repeated under their keys after the restart, each twice`,
  };
}

async function compare(
  target: Target,
  journal: Journal,
): Promise<{ lost: number; duplicated: number; violations: string[] }> {
  const core = await startCore({ url: target.databaseUrl, poolSize: 2 });
  try {
    return {
      lost: await journal.lostIn(core.database),
      duplicated: await duplicatedKeys(core.database),
      violations: await violations(core),
    };
  } finally {
    await core.stop();
  }
}
