import { Random } from '../support/random.js';
import { NoAnswerError, type ServiceProcess } from '../support/service-process.js';
import { until } from '../support/until.js';

export interface HazardPool {
  readonly name: string;
  /** Prefix lengths that are asked for. */
  readonly lengths: readonly number[];
  /** CIDRs inside it that are asked for and excluded by name. */
  readonly places: readonly string[];
  /** What somebody may try to provision into it; other pools may want the same. */
  readonly expansions: readonly string[];
}

export interface Acknowledged {
  readonly id: string;
  readonly cidr: string;
  readonly status: string;
  readonly key: string | null;
  readonly version: number;
}

export interface LoadReport {
  readonly acknowledged: readonly Acknowledged[];
  /** How often each thing was answered: `allocate Allocation`, `reserve NO_SPACE`, `release UNAVAILABLE`. */
  readonly counts: Readonly<Record<string, number>>;
  /** What must not happen: faults, answers without a code, two ids under one key. */
  readonly surprises: readonly string[];
}

export interface LoadPlan {
  readonly services: readonly ServiceProcess[];
  readonly pools: readonly HazardPool[];
  readonly seed: number;
  readonly clients: number;
  /** Of all clients together. */
  readonly operations: number;
  /** Whether the service may be away: UNAVAILABLE and lost connections are then no surprise, and keyed calls are repeated. */
  readonly outages?: boolean;
  /** Ends the load early. */
  readonly until?: AbortSignal;
  /** Called with the number of operations begun so far. */
  readonly progress?: (begun: number) => void;
}

type Result = {
  readonly __typename: string;
  readonly code?: string;
  readonly message?: string;
} & Partial<Acknowledged>;

const TAKEN = `{ __typename ... on Failure { code message } ... on Allocation { id cidr status key version } }`;
const CHANGED = `{ __typename ... on Failure { code message } ... on Pool { id } }`;
const QUERIES = {
  allocate: `mutation Allocate($input: AllocateInput!) { result: allocate(input: $input) ${TAKEN} }`,
  reserve: `mutation Reserve($input: ReserveInput!) { result: reserve(input: $input) ${TAKEN} }`,
  confirm: `mutation Confirm($input: ConfirmInput!) { result: confirm(input: $input) ${TAKEN} }`,
  renew: `mutation Renew($input: RenewInput!) { result: renew(input: $input) ${TAKEN} }`,
  release: `mutation Release($input: ReleaseInput!) { result: release(input: $input) ${TAKEN} }`,
  restore: `mutation Restore($input: RestoreAllocationInput!) { result: restoreAllocation(input: $input) ${TAKEN} }`,
  provision: `mutation Provision($input: ProvisionCidrInput!) { result: provisionCidr(input: $input) ${CHANGED} }`,
  exclude: `mutation Exclude($input: UpdatePoolInput!) { result: updatePool(input: $input) ${CHANGED} }`,
  look: `query Look($name: String!) { result: pool(name: $name) { __typename freeBlocks(first: 20) capacity { total free blocked } } }`,
} as const;
type Operation = keyof typeof QUERIES;

const MIX = {
  allocateOnce: 18,
  allocateShared: 12,
  reserveOnce: 12,
  reserveShared: 12,
  replace: 8,
  confirm: 14,
  renew: 3,
  release: 16,
  restore: 5,
  provision: 1,
  exclude: 2,
  look: 4,
} as const;

const SHARED_KEYS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
const MOST_REMEMBERED = 60;
const MOST_REPEATS = 200;
/** What one client waits for one answer, at most. */
const PATIENCE_MS = 60_000;

/** Random operations of many clients on few pools, so that they get in each other's way. Every choice follows from the seed. */
export async function runLoad(plan: LoadPlan): Promise<LoadReport> {
  const load = new Load(plan);
  await Promise.all(Array.from({ length: plan.clients }, (_, client) => load.client(client)));
  return load.report();
}

class Load {
  private begun = 0;
  private readonly acknowledged: Acknowledged[] = [];
  private readonly surprises: string[] = [];
  /** With the lines that the service logged of them. */
  private readonly faults: { told: string; service: ServiceProcess; correlation: string | undefined }[] = [];
  private readonly counts: Record<string, number> = {};
  /** By pool: ids that anybody may go on with. */
  private readonly known = new Map<string, string[]>();
  /** By pool and key: the last id it was answered with. */
  private readonly holders = new Map<string, string>();

  constructor(private readonly plan: LoadPlan) {}

  async client(number: number): Promise<void> {
    const random = new Random(this.plan.seed * 1000 + number);
    while (this.begun < this.plan.operations && !this.plan.until?.aborted) {
      this.begun++;
      this.plan.progress?.(this.begun);
      await this.step(random, `${number}-${this.begun}`);
    }
  }

  report(): LoadReport {
    const faults = this.faults.map(({ told, service, correlation }) => {
      const lines = service.log.split('\n').filter((line) => correlation && line.includes(correlation));
      return [told, ...lines.map((line) => line.slice(0, 1_000))].join('\n');
    });
    return {
      acknowledged: this.acknowledged,
      counts: this.counts,
      surprises: [...this.surprises, ...faults],
    };
  }

  private async step(random: Random, own: string): Promise<void> {
    const pool = random.pick(this.plan.pools);
    const service = random.pick(this.plan.services);
    const kind = random.weighted(MIX);
    const known = this.known.get(pool.name) ?? [];
    switch (kind) {
      case 'allocateOnce':
      case 'reserveOnce':
        return this.takeOnce(random, pool, own, kind === 'allocateOnce' ? 'allocate' : 'reserve');
      case 'allocateShared':
      case 'reserveShared': {
        const key = random.chance(0.2) ? null : random.pick(SHARED_KEYS);
        return this.take(random, service, pool, kind === 'allocateShared' ? 'allocate' : 'reserve', key);
      }
      case 'replace': {
        const key = random.pick(SHARED_KEYS);
        const replaces = this.holders.get(`${pool.name} ${key}`) ?? null;
        return this.take(random, service, pool, random.pick(['allocate', 'reserve']), key, replaces);
      }
      case 'confirm':
      case 'renew':
      case 'release':
      case 'restore': {
        if (known.length === 0) return;
        const id = random.pick(known.slice(-20));
        const more =
          kind === 'confirm' ? { nonce: random.pick(['x', 'y']) } : kind === 'renew' ? { ttlSeconds: 2 } : {};
        await this.ask(service, kind, { input: { id, ...more } });
        return;
      }
      case 'provision':
        await this.ask(service, kind, { input: { pool: pool.name, cidr: random.pick(pool.expansions) } });
        return;
      case 'exclude': {
        const excluded = pool.places.filter(() => random.chance(0.1));
        await this.ask(service, kind, { input: { pool: pool.name, rules: { excluded } } });
        return;
      }
      case 'look':
        await this.ask(service, kind, { name: pool.name });
        return;
    }
  }

  private space(random: Random, pool: HazardPool, operation: 'allocate' | 'reserve'): object {
    const where = random.chance(0.15)
      ? { cidr: random.pick(pool.places) }
      : { prefixLength: random.pick(pool.lengths) };
    return { pool: pool.name, ...where, ...(operation === 'reserve' && { ttlSeconds: 1 + random.below(2) }) };
  }

  private async take(
    random: Random,
    service: ServiceProcess,
    pool: HazardPool,
    operation: 'allocate' | 'reserve',
    key: string | null,
    replaces: string | null = null,
  ): Promise<void> {
    const input = { ...this.space(random, pool, operation), key, replaces };
    const result = await this.ask(service, operation, { input });
    if (result?.id) this.remember(pool, result);
  }

  /** A request under a key of its own, made several times at once, at every service: all answers are the same allocation. */
  private async takeOnce(
    random: Random,
    pool: HazardPool,
    own: string,
    operation: 'allocate' | 'reserve',
  ): Promise<void> {
    const input = { ...this.space(random, pool, operation), key: `own ${own}` };
    const times = random.pick([1, 1, 2, 3]);
    const asked = Array.from({ length: times }, () => this.askUntilAnswered(random, operation, { input }));
    const given = (await Promise.all(asked)).filter((result) => result?.id);
    if (new Set(given.map((result) => `${result!.id} ${result!.cidr}`)).size > 1) {
      this.surprises.push(`one key, several allocations: ${JSON.stringify(given)}`);
    }
    if (given[0]) this.remember(pool, given[0]);
  }

  private async askUntilAnswered(
    random: Random,
    operation: Operation,
    variables: object,
  ): Promise<Result | null> {
    for (let repeat = 0; repeat < MOST_REPEATS && !this.plan.until?.aborted; repeat++) {
      const service = random.pick(this.plan.services);
      const result = await this.ask(service, operation, variables);
      if (result || !this.plan.outages) return result;
    }
    return null;
  }

  /** Null where it is not known what came of it. */
  private async ask(
    service: ServiceProcess,
    operation: Operation,
    variables: object,
  ): Promise<Result | null> {
    const { count, result } = await this.answerOf(service, operation, variables);
    this.counts[`${operation} ${count}`] = (this.counts[`${operation} ${count}`] ?? 0) + 1;
    if (result?.version !== undefined) this.acknowledged.push(result as Acknowledged);
    if (!result && this.plan.outages) {
      await until('the service is ready again', () => this.plan.until?.aborted || isReady(service), 60);
    }
    return result;
  }

  private async answerOf(
    service: ServiceProcess,
    operation: Operation,
    variables: object,
  ): Promise<{ count: string; result: Result | null }> {
    try {
      const answer = await service.ask<{ result: Result }>(
        QUERIES[operation],
        variables,
        AbortSignal.timeout(PATIENCE_MS),
      );
      const [error] = answer.errors;
      if (!error && answer.data) {
        const { result } = answer.data;
        return { count: result.code ?? result.__typename, result };
      }
      const code = error?.extensions?.code ?? 'no code';
      if (code !== 'UNAVAILABLE' || !this.plan.outages) {
        const told = `${operation} ${JSON.stringify(variables)}: ${answer.status} ${JSON.stringify(answer.errors)}`;
        this.faults.push({ told, service, correlation: error?.extensions?.correlation });
      }
      return { count: code, result: null };
    } catch (error) {
      const lost = error instanceof NoAnswerError;
      if (!lost || !this.plan.outages)
        this.surprises.push(`${operation}: ${String((error as Error).cause ?? error)}`);
      return { count: lost ? 'no answer' : 'no JSON', result: null };
    }
  }

  private remember(pool: HazardPool, { id, key }: Result): void {
    const known = this.known.get(pool.name) ?? [];
    this.known.set(pool.name, [...known.slice(-MOST_REMEMBERED), id!]);
    if (key) this.holders.set(`${pool.name} ${key}`, id!);
  }
}

async function isReady({ url, running }: ServiceProcess): Promise<boolean> {
  if (!running) return false;
  const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(5_000) }).catch(() => null);
  await response?.text();
  return response?.status === 200;
}

const POOLS: readonly (HazardPool & {
  readonly cidrs: readonly string[];
  readonly quarantineSeconds: number;
})[] = [
  {
    name: 'narrow',
    cidrs: ['10.0.0.0/25', '10.0.1.0/26'],
    quarantineSeconds: 1,
    lengths: [26, 27, 28, 28, 29],
    places: [
      '10.0.0.0/28',
      '10.0.0.16/29',
      '10.0.0.64/27',
      '10.0.0.112/28',
      '10.0.1.0/28',
      '10.0.1.32/27',
      '10.9.0.0/28',
    ],
    expansions: ['10.9.0.0/26', '10.9.0.64/26', '10.9.0.0/25', '10.0.0.0/24'],
  },
  {
    name: 'wide',
    cidrs: ['10.1.0.0/22'],
    quarantineSeconds: 0,
    lengths: [24, 25, 26, 27, 28],
    places: ['10.1.0.0/26', '10.1.1.0/27', '10.1.2.0/24', '10.1.3.128/25', '10.9.0.64/27'],
    expansions: ['10.9.0.0/25', '10.9.0.128/26', '10.9.0.64/26', '10.8.0.0/15'],
  },
  {
    name: 'six',
    cidrs: ['2001:db8::/58'],
    quarantineSeconds: 2,
    lengths: [60, 62, 63, 64, 64],
    places: [
      '2001:db8::/64',
      '2001:db8:0:10::/60',
      '2001:db8:0:3f::/64',
      '2001:db8:0:20::/62',
      '2001:db8:9::/64',
    ],
    expansions: ['2001:db8:9::/60', '2001:db8:9::/62', '2001:db8:9:10::/60'],
  },
];

/** Few and small, one of IPv6; made anew in an empty database. */
export async function createPools(service: ServiceProcess): Promise<readonly HazardPool[]> {
  for (const { name, cidrs, quarantineSeconds } of POOLS) {
    const { data, errors } = await service.ask<{ result: Result }>(
      `mutation Create($input: CreatePoolInput!) { result: createPool(input: $input) ${CHANGED} }`,
      { input: { name, cidrs, rules: { quarantineSeconds } } },
    );
    if (data?.result.__typename !== 'Pool')
      throw new Error(`no pool ${name}: ${JSON.stringify([data, errors])}`);
  }
  return POOLS;
}
