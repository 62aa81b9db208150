import pg from 'pg';
import { ALLOCATION_CHECKS } from '../../src/features/allocation/index.js';
import { createDataSource } from '../../src/platform/database/data-source.js';
import { Database } from '../../src/platform/database/database.js';
import { FsckRegistry } from '../../src/platform/ops/fsck.js';
import { TreeRegister } from '../golden/tree-register.js';
import { stopClock } from '../support/clock.js';
import { Random } from '../support/random.js';
import { ServiceProcess, stopAll } from '../support/service-process.js';
import { allPublished, deadlocks } from './hazard-oracle.js';
import { replay } from './hazard-trees-answers.js';
import { type Clock, TreeLoad } from './hazard-trees-load.js';
import { brokenAnswers, brokenRows, changesAfter } from './hazard-trees-state.js';

export interface TreePlan {
  /** An empty, migrated database. */
  readonly databaseUrl: string;
  readonly processes: number;
  readonly clients: number;
  readonly rounds: number;
  readonly operationsPerRound: number;
  readonly seed: number;
  say?(line: string): void;
}

export interface TreeReport {
  readonly operations: number;
  readonly changes: number;
  /** How often each thing was answered: `allocate Allocation`, `deletePool HAS_DEPENDENTS`. */
  readonly counts: Readonly<Record<string, number>>;
  /** How often each action was recorded. */
  readonly actions: Readonly<Record<string, number>>;
  readonly violations: readonly string[];
  readonly deadlocks: number;
}

const START = Date.parse('2026-03-01T00:00:00Z') * 1000;
const DAY_SECONDS = 86_400;
/** What follows from one fault would fill pages. */
const MOST_SHOWN = 20;

/** Rounds of load on one tree; after each everybody rests, and all that is there is compared with what was recorded. */
export async function runTreeRounds(plan: TreePlan): Promise<TreeReport> {
  const { databaseUrl: url, processes, seed, say } = plan;
  const client = new pg.Client({ connectionString: url });
  const dataSource = createDataSource({ url, poolSize: 2 });
  const services: ServiceProcess[] = [];
  const violations: string[] = [];
  const actions: Record<string, number> = {};
  try {
    await client.connect();
    const database = new Database(await dataSource.initialize());
    const clock = await movingClock(database);
    const env = { DATABASE_URL: url, CADASTRE_SWEEP_SECONDS: '1' };
    for (let index = 0; index < processes; index++) services.push(await ServiceProcess.start(env));
    const load = new TreeLoad(services, clock, seed);
    const register = new TreeRegister();
    const random = new Random(seed);
    let [operations, position] = [0, 0];
    for (let round = 0; round <= plan.rounds; round++) {
      if (round === 0) await load.plantAll();
      else await load.run(plan.clients, plan.operationsPerRound);
      const asked = load.asked.splice(0);
      operations += asked.length;
      await allPublishedAsOfOneInstant(url, client);
      const changes = await changesAfter(client, position);
      position += changes.length;
      for (const { action } of changes) actions[action] = (actions[action] ?? 0) + 1;
      const found = [
        ...load.surprises.splice(0),
        ...replay(register, changes, asked),
        ...register.settled(),
        ...(await brokenRows(client, register)),
      ];
      await client.query('COMMIT');
      found.push(
        ...(await brokenAnswers(services[round % processes]!, register, clock.now)),
        ...(await fsck(database)),
      );
      violations.push(...found.slice(0, MOST_SHOWN).map((line) => `round ${round}: ${line}`));
      say?.(
        `round ${round}: ${operations} operations, ${position} changes, ${violations.length} violations so far`,
      );
      if (found.length > 0) break;
      await clock.advance(random.pick([0, 1, 60, 3_600, 31 * DAY_SECONDS]));
      violations.push(...(await brokenAnswers(services[0]!, register, clock.now)));
    }
    await stopAll(services);
    const { counts } = load;
    return { operations, changes: position, counts, actions, violations, deadlocks: await deadlocks(url) };
  } finally {
    await Promise.all(services.map((service) => service.kill()));
    if (dataSource.isInitialized) await dataSource.destroy();
    await client.end();
  }
}

/** Opens a snapshot in which every change has its position: the sweep goes on all the time. */
async function allPublishedAsOfOneInstant(url: string, client: pg.Client): Promise<void> {
  for (;;) {
    await allPublished(url);
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    const { rowCount } = await client.query('SELECT FROM outbox LIMIT 1');
    if (rowCount === 0) return;
    await client.query('ROLLBACK');
  }
}

async function movingClock(database: Database): Promise<Clock> {
  const stopped = await stopClock(database, START);
  let [now, latest] = [START, START];
  let turn: Promise<void> = Promise.resolve();
  return {
    get now() {
      return now;
    },
    get latest() {
      return latest;
    },
    advance(seconds) {
      turn = turn.then(async () => {
        latest = now + seconds * 1_000_000;
        await stopped.set(latest);
        now = latest;
      });
      return turn;
    },
  };
}

async function fsck(database: Database): Promise<string[]> {
  const registry = new FsckRegistry();
  for (const check of ALLOCATION_CHECKS) registry.register(check);
  const found: string[] = [];
  for await (const { check, findings } of registry.run(database))
    found.push(...findings.map(({ subject, message }) => `fsck ${check}: ${subject}: ${message}`));
  return found;
}
