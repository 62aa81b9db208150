import { Adopter, ADOPTION } from '../adopter.js';
import type { Api } from '../api.js';
import { readCidr } from '../cidr-text.js';
import type { Entry, Place } from '../entry.js';
import { limitBroken } from '../limits.js';
import type { Outcome } from '../loader.js';
import { adoptManyWithIds, makePool, poolByName, provisionSource } from '../operations.js';
import type { Pools } from '../pools.js';
import type { Report } from '../report.js';
import { type PoolLine, type SourceLine, tagsOfLine } from './lines.js';

export interface PlacedPool {
  readonly line: PoolLine;
  readonly place: Place;
}

interface SourceEntry extends Entry {
  readonly of: string;
  readonly index: number;
}

/** What one mutation takes. */
const MOST_AT_ONCE = 1000;

/** Makes pools, those first that others come from. */
export class PoolsMaker {
  /** Ids by name. */
  readonly ids = new Map<string, string>();
  /** How many there were not before. */
  made = 0;

  constructor(
    private readonly api: Api,
    known: Pools,
    private readonly report: Report,
  ) {
    for (const { id, name } of known.list) this.ids.set(name, id);
  }

  async make(pools: readonly PlacedPool[]): Promise<void> {
    let rest = pools;
    while (rest.length > 0) {
      const ready = rest.filter(({ line }) => (line.sources ?? []).every(({ pool }) => this.ids.has(pool)));
      if (ready.length === 0) break;
      await this.makeRound(ready);
      rest = rest.filter((each) => !ready.includes(each));
    }
    for (const { line, place } of rest)
      this.refuse(
        place,
        line.name,
        'it comes from a pool that is not there',
        'Import the pools that it names, too.',
      );
  }

  private async makeRound(round: readonly PlacedPool[]): Promise<void> {
    const sources = await this.adoptSources(round);
    for (const pool of round) {
      const { line } = pool;
      if (line.sources?.length) await this.makeChild(pool, (sources.get(line.name) ?? []).filter(Boolean));
      else await this.makeRoot(pool);
    }
  }

  /** Ids of the allocations that each pool is made of, in their order. */
  private async adoptSources(round: readonly PlacedPool[]): Promise<Map<string, string[]>> {
    const ids = new Map<string, string[]>();
    const settled = (entry: SourceEntry, outcome: Outcome): void => {
      this.report.settle({ place: entry.place, what: entry.of, cidr: entry.cidr }, outcome);
      if (outcome.allocation === undefined) return;
      const own = ids.get(entry.of) ?? [];
      own[entry.index] = outcome.allocation;
      ids.set(entry.of, own);
    };
    const adopter = new Adopter<SourceEntry>(this.api, settled, { ...ADOPTION, operation: adoptManyWithIds });
    for (const { line, place } of round)
      for (const [index, source] of (line.sources ?? []).entries()) {
        const entry = entryOf(source, this.ids.get(source.pool)!, place);
        if ('todo' in entry) this.refuse(place, line.name, entry.reason, entry.todo);
        else await adopter.add({ ...entry, of: line.name, index });
      }
    await adopter.flush();
    return ids;
  }

  private makeRoot({ line, place }: PlacedPool): Promise<void> {
    const { routingDomain, cidrs = [] } = line;
    return this.create(place, line, cidrs, { routingDomain, cidrs: cidrs.slice(0, MOST_AT_ONCE) }, 'cidr');
  }

  private makeChild({ line, place }: PlacedPool, sources: readonly string[]): Promise<void> {
    return this.create(
      place,
      line,
      sources,
      { fromAllocations: sources.slice(0, MOST_AT_ONCE) },
      'allocation',
    );
  }

  private async create(
    place: Place,
    { name, family, rules, tags, description }: PoolLine,
    parts: readonly string[],
    what: object,
    part: 'cidr' | 'allocation',
  ): Promise<void> {
    const input = { name, family, rules, tags: tagsOfLine(tags), description, ...what };
    const { answer } = await this.api.ask(makePool, { input });
    const { pool } = answer.id === undefined ? await this.api.ask(poolByName, { name }) : { pool: null };
    const id = answer.id ?? pool?.id;
    if (id === undefined)
      return this.refuse(place, name, answer.message ?? '', 'Settle that first; then import again.');
    this.ids.set(name, id);
    if (answer.id !== undefined) this.made++;
    const there = pool
      ? [...pool.cidrs, ...pool.sources.map(({ allocation }) => allocation.id)]
      : parts.slice(0, MOST_AT_ONCE);
    const has = new Set(there);
    for (const each of parts) if (!has.has(each)) await this.provision(place, name, id, { [part]: each });
  }

  private async provision(place: Place, name: string, pool: string, part: object): Promise<void> {
    const { answer } = await this.api.ask(provisionSource, { input: { pool, ...part } });
    if (answer.id === undefined)
      this.refuse(place, name, answer.message ?? '', 'Settle that first; then import again.');
  }

  private refuse(place: Place, what: string, reason: string, todo: string): void {
    this.report.add({ fate: 'conflicting', place, cidr: null, what, reason, todo });
  }
}

/** A source or an allocation of a file as an entry; the problem where it is none. */
export function entryOf(
  { cidr, key, request, holder = {}, tags, description = '' }: SourceLine,
  pool: string,
  place: Place,
): Entry | { readonly reason: string; readonly todo: string } {
  const read = readCidr(cidr);
  if ('problem' in read) return read.problem;
  const entry = { place, pool, cidr: read.cidr, key, request, holder, tags: tagsOfLine(tags), description };
  const broken = limitBroken(entry);
  return broken ? { reason: broken, todo: 'Shorten or mend it.' } : entry;
}
