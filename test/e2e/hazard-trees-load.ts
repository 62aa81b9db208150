import { Prefix } from '../../src/address/index.js';
import { Random } from '../support/random.js';
import type { ServiceProcess } from '../support/service-process.js';
import {
  type Asked,
  FITTING,
  HELD,
  LOOK,
  MIX,
  MUTATIONS,
  type Operation,
  type Result,
  type Taken,
} from './hazard-trees-requests.js';
import { EXCLUDED, EXPANSIONS, type Place, PLACES, ROUTING_DOMAINS } from './hazard-trees-world.js';

/** The clock of the database, in microseconds. */
export interface Clock {
  /** What it shows at least. */
  readonly now: number;
  /** What it shows at most. */
  readonly latest: number;
  advance(seconds: number): Promise<void>;
}

const KEYS = ['a', 'b', 'c', 'd', 'e', 'f'];
const MOST_REMEMBERED = 40;

/** Random operations of many clients on few places of one tree. Every choice follows from the seed and the answers. */
export class TreeLoad {
  readonly asked: Asked[] = [];
  readonly surprises: string[] = [];
  readonly counts: Record<string, number> = {};
  private count = 0;
  private begun = 0;
  private upTo = 0;
  /** By pool: allocations that anybody may go on with, the oldest first. */
  private readonly known = new Map<string, Map<string, Taken>>();
  /** By pool: its CIDRs, as far as somebody was told. */
  private readonly cidrs = new Map<string, readonly string[]>();

  constructor(
    private readonly services: readonly ServiceProcess[],
    private readonly clock: Clock,
    private readonly seed: number,
  ) {}

  /** Roots, and what grows from them in a quiet hour. */
  async plantAll(): Promise<void> {
    const random = new Random(this.seed);
    for (const name of ROUTING_DOMAINS) {
      const create = `mutation M($input: CreateRoutingDomainInput!) { createRoutingDomain(input: $input) { __typename } }`;
      await this.services[0]!.ask(create, { input: { name } });
    }
    for (const place of PLACES) {
      if (place.from.length > 0) await this.plant(random, place);
      else await this.plantRoot(place);
    }
  }

  /** So many more operations, of all clients together. */
  async run(clients: number, operations: number): Promise<void> {
    this.upTo += operations;
    const work = async (number: number): Promise<void> => {
      const random = new Random(this.seed * 1_000 + this.begun * 31 + number);
      while (this.begun < this.upTo) {
        this.begun++;
        await this.step(random);
      }
    };
    await Promise.all(Array.from({ length: clients }, (_, number) => work(number)));
  }

  private async step(random: Random): Promise<void> {
    const kind = random.weighted(MIX);
    const place = kind === 'plant' ? random.pick(PLACES) : this.place(random);
    switch (kind) {
      case 'allocate':
      case 'reserve':
      case 'adopt':
        await this.take(random, kind, place, random.chance(0.3) ? random.pick(KEYS) : null);
        return;
      case 'allocateKey':
        await this.take(random, random.pick(['allocate', 'reserve']), place, random.pick(KEYS));
        return;
      case 'replace': {
        const old = this.pick(random, place, ({ key }) => key !== null);
        if (old) await this.take(random, random.pick(['allocate', 'reserve']), place, old.key, old.id);
        return;
      }
      case 'confirm':
      case 'renew':
      case 'release':
      case 'restore':
      case 'update':
        return this.change(random, kind, place);
      case 'takeMany':
        return this.takeMany(random);
      case 'releaseMany': {
        const items = this.some(random).flatMap((from) => {
          const one = this.pick(random, from);
          return one ? [{ id: one.id }] : [];
        });
        if (items.length > 0) await this.ask(random, 'releaseMany', { items });
        return;
      }
      case 'plant':
        return place.from.length > 0 ? this.plant(random, place) : this.plantRoot(place);
      case 'provision':
        return this.provision(random, place);
      case 'deprovision':
        return this.deprovision(random, place);
      case 'deletePool':
        await this.ask(random, 'deletePool', { pool: place.name });
        return;
      case 'fell':
        return this.fell(random, place);
      case 'rules':
        return this.rules(random, place);
      case 'root': {
        const pool = random.pick(['da', 'db', 'shared']);
        const operation = random.pick(['provision', 'deprovision'] as const);
        await this.ask(random, operation, { pool, cidr: random.pick(EXPANSIONS) });
        return;
      }
      case 'look':
        return this.look(random, place);
      case 'tick':
        await this.clock.advance(random.pick([0.5, 1, 3]));
        return;
    }
  }

  private async take(
    random: Random,
    operation: 'allocate' | 'reserve' | 'adopt',
    place: Place,
    key: string | null,
    replaces: string | null = null,
  ): Promise<Taken | null> {
    const input = this.request(random, operation, place, key);
    const given = replaces === null ? input : { ...input, replaces };
    return this.taken(place, await this.ask(random, operation, given));
  }

  private request(
    random: Random,
    operation: 'allocate' | 'reserve' | 'adopt',
    place: Place,
    key: string | null,
  ): Record<string, unknown> {
    const byCidr = operation === 'adopt' || random.chance(0.2);
    const cidr = this.somewhere(random, place);
    const space = byCidr ? { cidr } : { prefixLength: random.pick(place.lengths) };
    const ttl = operation === 'reserve' ? { ttlSeconds: random.pick([1, 5, 20, 600]) } : {};
    return { pool: place.name, ...space, ...ttl, ...(key !== null && { key }) };
  }

  /** A pool that is there, more often than not. */
  private place(random: Random): Place {
    const there = PLACES.filter(({ name }) => this.cidrs.has(name));
    return random.pick(random.chance(0.9) && there.length > 0 ? there : PLACES);
  }

  /** A CIDR that fits into the pool, or one that somebody has had of it. */
  private somewhere(random: Random, place: Place): string {
    const own = this.cidrs.get(place.name) ?? [];
    const taken = this.pick(random, place)?.cidr;
    if (taken !== undefined && (own.length === 0 || random.chance(0.3))) return taken;
    if (own.length === 0) return '10.0.0.0/28';
    let cidr = Prefix.must(random.pick(own));
    const length = random.pick(place.lengths);
    for (let halves = cidr.halves(); halves && cidr.length < length; halves = cidr.halves())
      cidr = random.pick(halves);
    return `${cidr}`;
  }

  private taken(place: Place, result: Result | null): Taken | null {
    if (!result?.id || result.__typename !== 'Allocation') return null;
    this.remember(place, result as Taken);
    return result as Taken;
  }

  private async change(
    random: Random,
    operation: 'confirm' | 'renew' | 'release' | 'restore' | 'update',
    place: Place,
  ): Promise<void> {
    const fitting = this.pick(random, place, ({ status }) => FITTING[operation].includes(status));
    const row = random.chance(0.8) ? fitting : this.pick(random, place);
    if (!row) return;
    const more = {
      confirm: { nonce: random.pick(['x', 'y']) },
      renew: { ttlSeconds: random.pick([1, 3, 60]) },
      release: {},
      restore: {},
      update: { version: row.version, description: random.pick(['one', 'two', 'three']) },
    }[operation];
    const result = await this.ask(random, operation, { id: row.id, ...more });
    if (result?.code === 'NOT_FOUND') this.known.get(place.name)?.delete(row.id);
    this.taken(place, result);
  }

  private async takeMany(random: Random): Promise<void> {
    const operation = random.pick(['allocate', 'reserve', 'adopt'] as const);
    const places = this.some(random);
    const items = places.map((place) =>
      this.request(random, operation, place, random.chance(0.4) ? random.pick(KEYS) : null),
    );
    const result = await this.ask(random, `${operation}Many`, { items });
    result?.allocations?.forEach((row, index) => this.remember(places[index]!, row));
  }

  /** Several places, related more often than not. */
  private some(random: Random): Place[] {
    const first = this.place(random);
    const near = PLACES.filter(
      ({ name, from }) => this.cidrs.has(name) && (from.includes(first.name) || first.from.includes(name)),
    );
    return [first, ...Array.from({ length: 1 + random.below(2) }, () => random.pick([first, ...near]))];
  }

  private async plantRoot({ name, cidrs, routingDomain }: Place): Promise<void> {
    const rules = { quarantineSeconds: 2, ...(EXCLUDED[name] && { excluded: EXCLUDED[name] }) };
    const scope = routingDomain === null ? {} : { routingDomain };
    await this.ask(new Random(this.seed), 'createPool', { name, cidrs, rules, ...scope });
  }

  /** A child pool from allocations that are there, or are made for it. */
  private async plant(random: Random, place: Place): Promise<void> {
    const from = await this.source(random, place, 0);
    const second = random.chance(0.35) ? await this.source(random, place, place.from.length - 1) : null;
    const fromAllocations = [...new Set([from, second].filter((id) => id !== null))];
    if (fromAllocations.length === 0) return;
    const rules = { quarantineSeconds: random.pick([0, 1, 3, 30]) };
    await this.ask(random, 'createPool', { name: place.name, fromAllocations, rules });
  }

  private async source(random: Random, place: Place, index: number): Promise<string | null> {
    const parent = PLACES.find(({ name }) => name === place.from[index]) ?? random.pick(PLACES);
    if (random.chance(0.5)) {
      const found = this.pick(
        random,
        random.chance(0.9) ? parent : random.pick(PLACES),
        ({ status, cidr }) =>
          status === 'ALLOCATED' && (cidr.endsWith(`/${place.length}`) || random.chance(0.1)),
      );
      if (found) return found.id;
    }
    const input = { pool: parent.name, prefixLength: place.length };
    return this.taken(parent, await this.ask(random, 'allocate', input))?.id ?? null;
  }

  private async provision(random: Random, place: Place): Promise<void> {
    const anywhere = random.chance(0.2) ? random.pick(PLACES) : place;
    const allocation =
      anywhere === place
        ? await this.source(random, place, random.below(Math.max(place.from.length, 1)))
        : (this.pick(random, anywhere)?.id ?? null);
    if (allocation !== null) await this.ask(random, 'provision', { pool: place.name, allocation });
  }

  private async deprovision(random: Random, place: Place): Promise<void> {
    const pool = await this.query<{ pool: { cidrs: string[] } | null }>(random, HELD, place);
    if (!pool?.pool?.cidrs.length) return;
    const cidr = random.pick(pool.pool.cidrs);
    await this.ask(random, 'deprovision', { pool: place.name, cidr });
  }

  /** Takes a pool down with all that hangs on it by name, from the top of the tree to its root. */
  private async fell(random: Random, { name, from }: Place): Promise<void> {
    if (from.length === 0 || (from.length === 1 && random.chance(0.7))) return;
    const below = PLACES.filter(
      (place) => place.name === name || place.name.startsWith(`${name}-`),
    ).reverse();
    for (const place of below) {
      const held = await this.query<{
        pool: { cidrs: string[]; allocations: { nodes: Taken[] } } | null;
      }>(random, HELD, place);
      if (!held?.pool) continue;
      for (const { id } of held.pool.allocations.nodes) await this.ask(random, 'release', { id });
      if (random.chance(0.5)) {
        for (const cidr of held.pool.cidrs) await this.ask(random, 'deprovision', { pool: place.name, cidr });
      }
      const answer = random.chance(0.7) ? await this.ask(random, 'deletePool', { pool: place.name }) : null;
      if (answer?.__typename === 'Pool') this.known.delete(place.name);
    }
  }

  private async rules(random: Random, place: Place): Promise<void> {
    const one = this.pick(random, place);
    const fixed = EXCLUDED[place.name] ?? [];
    const excluded = [...fixed, ...(one && random.chance(0.6) ? [one.cidr] : [])];
    const rules = random.chance(0.5) ? { excluded } : { quarantineSeconds: random.pick([0, 1, 5, 3600]) };
    await this.ask(random, 'updatePool', { pool: place.name, rules });
  }

  /** Reads beside the writers are whole: figures add up, blocks do not overlap. */
  private async look(random: Random, place: Place): Promise<void> {
    type Figures = Record<string, string>;
    interface Seen {
      capacity: Figures;
      tree: Figures;
      blocks: { nodes: { cidr: string; state: string }[] };
    }
    const found = await this.query<{ pool: Seen | null }>(random, LOOK, place);
    if (!found?.pool) return;
    const { capacity, tree, blocks } = found.pool;
    for (const figures of [capacity, tree]) {
      const sum = ['allocated', 'reserved', 'quarantined', 'blocked', 'free'].map((name) =>
        BigInt(figures[name]!),
      );
      const whole = sum.reduce((a, b) => a + b) === BigInt(figures.total!) && sum.every((part) => part >= 0n);
      const allocated = BigInt(figures.delegated!) + BigInt(figures.assigned!);
      if (!whole || allocated !== BigInt(figures.allocated!) || BigInt(figures.assigned!) < 0n)
        this.surprises.push(`figures of ${place.name} do not add up: ${JSON.stringify(figures)}`);
    }
    const texts = blocks.nodes.map(({ cidr }) => cidr);
    if (new Set(texts).size !== texts.length)
      this.surprises.push(`blocks of ${place.name} come twice: ${texts.join(' ')}`);
  }

  private pick(random: Random, { name }: Place, fits: (row: Taken) => boolean = () => true): Taken | null {
    const rows = [...(this.known.get(name)?.values() ?? [])].filter(fits);
    return rows.length === 0 ? null : random.pick(rows);
  }

  private remember({ name }: Place, row: Taken): void {
    let rows = this.known.get(name);
    if (!rows) this.known.set(name, (rows = new Map()));
    rows.delete(row.id);
    rows.set(row.id, row);
    if (rows.size > MOST_REMEMBERED) rows.delete(rows.keys().next().value!);
  }

  private seen(operation: Operation, { name, cidrs }: Result): void {
    if (operation === 'deletePool') this.cidrs.delete(name!);
    else this.cidrs.set(name!, cidrs!);
  }

  private async query<Data>(random: Random, text: string, { name }: Place): Promise<Data | null> {
    const { data, errors } = await random.pick(this.services).ask<Data>(text, { name });
    if (errors.length > 0) this.surprises.push(`a look at ${name}: ${JSON.stringify(errors)}`);
    return data;
  }

  private async ask(
    random: Random,
    operation: Operation,
    input: Record<string, unknown>,
  ): Promise<Result | null> {
    const service = random.pick(this.services);
    const sent = ++this.count;
    const asked: Asked = {
      correlation: `load-${sent}`,
      operation,
      input,
      sent,
      answered: Infinity,
      clock: this.clock.now,
      clockAfter: Infinity,
      result: null,
      errors: [],
    };
    this.asked.push(asked);
    const { data, errors } = await service.ask<{ result: Result }>(
      MUTATIONS[operation],
      { input },
      undefined,
      asked.correlation,
    );
    asked.answered = ++this.count;
    asked.clockAfter = this.clock.latest;
    asked.result = data?.result ?? null;
    asked.errors.push(...errors);
    if (asked.result?.__typename === 'Pool') this.seen(operation, asked.result);
    const answer = asked.result?.code ?? asked.result?.__typename ?? 'error';
    this.counts[`${operation} ${answer}`] = (this.counts[`${operation} ${answer}`] ?? 0) + 1;
    if (errors.length > 0)
      this.surprises.push(
        `${operation} ${JSON.stringify(input)}: ${JSON.stringify(errors)}\n${logOf(service, asked)}`,
      );
    return asked.result;
  }
}

function logOf(service: ServiceProcess, { correlation }: Asked): string {
  const lines = service.log.split('\n').filter((line) => line.includes(`"${correlation}"`));
  return lines.map((line) => line.slice(0, 1_500)).join('\n');
}
