import { join } from 'node:path';
import {
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from '../../src/platform/database/embedded/embedded-postgres.js';
import { query, scratchFolder } from '../support/postgres-scratch.js';
import { ADMIN_TOKEN, NoAnswerError, ServiceProcess } from '../support/service-process.js';
import { Subscriber } from '../support/subscriber.js';
import { until } from '../support/until.js';
import { createPools, type LoadReport, runLoad } from './hazard-load.js';
import { allPublished, violations } from './hazard-oracle.js';

const SEED = Number(process.env.HAZARD_SEED ?? 1);
const OPERATIONS = 1_200;
/** After so many operations PostgreSQL is stopped without ceremony, and started again once every client has noticed. */
const CRASH_AT = [200, 500, 800];

describe('PostgreSQL goes away under load and comes back', () => {
  const scratch = scratchFolder();
  let postgres: EmbeddedPostgres;
  let services: ServiceProcess[] = [];
  const subscribers: Subscriber[] = [];
  let report: LoadReport;
  /** What was answered while it was away. */
  const answers: unknown[] = [];

  const start = (): Promise<EmbeddedPostgres> =>
    startEmbeddedPostgres({ dataFolder: join(scratch.path, 'postgres'), syncInitdb: false });

  beforeAll(async () => {
    postgres = await start();
    const env = {
      DATABASE_URL: postgres.url,
      CADASTRE_SWEEP_SECONDS: '1',
      CADASTRE_TOKEN_CACHE_SECONDS: '1',
    };
    services = await Promise.all([ServiceProcess.start(env), ServiceProcess.start(env)]);
    const pools = await createPools(services[0]!);
    const token = await createToken(services[0]!);
    for (const { url } of services)
      subscribers.push(new Subscriber(url, ADMIN_TOKEN), new Subscriber(url, token));

    let crashes = Promise.resolve();
    report = await runLoad({
      services,
      pools,
      seed: SEED,
      clients: 32,
      operations: OPERATIONS,
      outages: true,
      progress: (begun) => {
        if (CRASH_AT.includes(begun)) crashes = crashes.then(crash);
      },
    });
    await crashes;
    await allPublished(postgres.url);
  }, 240_000);

  afterAll(async () => {
    await Promise.all(subscribers.map((subscriber) => subscriber.stop()));
    await Promise.all(services.map((service) => service.kill()));
    await postgres.stop('immediate');
    scratch.remove();
  });

  async function crash(): Promise<void> {
    const { url } = postgres;
    await postgres.stop('immediate');
    for (const service of services) {
      const all = Array.from({ length: 4 }, () => askForAnything(service));
      answers.push(...(await Promise.all(all)));
    }
    postgres = await start();
    expect(postgres.url).toBe(url);
    for (const service of services) await until('the service recovers', () => recovered(service), 20);
  }

  it('is UNAVAILABLE meanwhile, and says so', () => {
    expect(new Set(answers)).toEqual(new Set(['UNAVAILABLE']));
    expect(answers).toHaveLength(CRASH_AT.length * 8);
  });

  it('ends no process, and gives no answer without a code', () => {
    expect(services.map(({ running }) => running)).toEqual([true, true]);
    expect(report.surprises).toEqual([]);
    expect(Object.keys(report.counts).some((name) => name.endsWith('UNAVAILABLE'))).toBe(true);
  });

  it('loses nothing that was acknowledged, and gives no key a second CIDR', async () => {
    expect(report.acknowledged.length).toBeGreaterThan(OPERATIONS / 4);
    expect(await violations(postgres.url, report.acknowledged)).toEqual([]);
  }, 30_000);

  it('lets subscribers miss nothing', async () => {
    const last = await lastPosition(postgres.url);
    for (const subscriber of subscribers) {
      await subscriber.reaches(last);
      const found = subscriber.seen.map(({ position }) => position).slice(0, last);
      expect(found).toEqual(Array.from({ length: last }, (_, index) => index + 1));
      // nobody was told that the token is no good
      expect(
        subscriber.interruptions.filter((reason) => /Forbidden|4403|UNAUTHENTICATED/.test(reason)),
      ).toEqual([]);
    }
  }, 60_000);
});

async function createToken(service: ServiceProcess): Promise<string> {
  const { data, errors } = await service.ask<{ createToken: { secret: string } }>(
    'mutation { createToken(input: { name: "watcher", role: READER }) { ... on CreatedToken { secret } } }',
  );
  if (!data) throw new Error(JSON.stringify(errors));
  return data.createToken.secret;
}

async function askForAnything(service: ServiceProcess): Promise<unknown> {
  const { data, errors } = await service.ask<object>('{ pools { totalCount nodes { capacity { free } } } }');
  return errors[0]?.extensions?.code ?? data;
}

async function recovered(service: ServiceProcess): Promise<boolean> {
  try {
    return (await service.ask('{ pools { totalCount } }')).errors.length === 0;
  } catch (error) {
    if (error instanceof NoAnswerError) return false;
    throw error;
  }
}

async function lastPosition(url: string): Promise<number> {
  const [row] = await query<{ position: number }>(url, 'SELECT position::int FROM publisher');
  return row!.position;
}
