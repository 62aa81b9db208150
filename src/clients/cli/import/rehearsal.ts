import { type Prefix, PrefixMap, PrefixSet } from '../../../address/index.js';
import { ownAmong } from './adopter.js';
import type { Api } from './api.js';
import type { Entry, Obstacle } from './entry.js';
import { BatchLoader, type Outcome, type Settled } from './loader.js';
import { checkForImport, heldKeys, type Keyed, MOST_KEYS } from './operations.js';
import type { Pools } from './pools.js';

const OUTSIDE: Outcome = {
  fate: 'outside',
  reason: 'it does not lie in the pool',
  todo: 'Provision its space into the pool, or name another pool.',
};

/** Tells what an import would do, by reading alone: who has a CIDR or a key, and what earlier entries would take. */
export class Rehearsal<E extends Entry> extends BatchLoader<E> {
  /** What earlier entries take, by pool. */
  private readonly taken = new Map<string, PrefixSet>();

  constructor(
    private readonly api: Api,
    settled: Settled<E>,
    private readonly pools: Pools,
    /** The import provisions what its entries need. */
    private readonly growing = false,
  ) {
    super(settled);
  }

  protected async send(batch: readonly E[]): Promise<void> {
    const outcomes = new Map<E, Outcome>();
    const known = batch.filter((entry) => this.pools.find(entry.pool));
    const inside = known.filter((entry) => this.growing || this.pools.contains(entry.pool, entry.cidr));
    for (const [domain, entries] of groupBy(inside, (entry) =>
      this.pools.domainOf(this.pools.find(entry.pool)!),
    ))
      await this.check(entries, domain, outcomes);
    const isInside = new Set(inside);
    // a claim answers before anybody looks where the CIDR lies
    await this.lookUpKeys(known, outcomes);
    for (const entry of known) if (!isInside.has(entry) && !outcomes.has(entry)) outcomes.set(entry, OUTSIDE);
    for (const [pool, entries] of groupBy(batch, ({ pool }) => pool)) this.compare(pool, entries, outcomes);
    for (const entry of batch) this.settled(entry, outcomes.get(entry) ?? { fate: 'adopted' });
  }

  private async check(
    entries: readonly E[],
    domain: string | null,
    outcomes: Map<E, Outcome>,
  ): Promise<void> {
    const cidrs = entries.map(({ cidr }) => cidr.toString());
    const { checkCidrs } = await this.api.ask(checkForImport, { cidrs, routingDomain: domain });
    entries.forEach((entry, index) => {
      const pool = this.pools.find(entry.pool)!.id;
      const conflicts = checkCidrs[index]!.conflicts.filter(
        ({ allocation, reason }) =>
          reason !== 'pool' && !(allocation !== null && this.pools.isAbove(allocation, pool)),
      );
      if (conflicts.length > 0) outcomes.set(entry, obstructed(entry, conflicts));
    });
  }

  private async lookUpKeys(entries: readonly E[], outcomes: Map<E, Outcome>): Promise<void> {
    const open = entries.filter((entry) => entry.key !== undefined && !outcomes.has(entry));
    for (let at = 0; at < open.length; at += MOST_KEYS) {
      const some = open.slice(at, at + MOST_KEYS);
      const variables = Object.fromEntries(
        some.flatMap(({ pool, key }, index) => [
          [`p${index}`, pool],
          [`k${index}`, key!],
        ]),
      );
      const found = await this.api.ask(heldKeys(some.length), variables);
      some.forEach((entry, index) => {
        const held = found[`a${index}`];
        if (held && held.status !== 'QUARANTINED' && held.status !== 'RELEASED')
          outcomes.set(entry, keyHeld(entry, held));
      });
    }
  }

  /** Entries of one pool among themselves, in their order. */
  private compare(pool: string, entries: readonly E[], outcomes: Map<E, Outcome>): void {
    const before = this.taken.get(pool) ?? PrefixSet.empty;
    const map = PrefixMap.of(entries.map(({ cidr }) => [cidr, cidr.toString()]));
    const takes: Prefix[] = [];
    const taking = new Set<string>();
    for (const entry of entries) {
      if (outcomes.has(entry)) continue;
      if (before.overlaps(entry.cidr) || overlapsTaken(map, entry.cidr, taking)) {
        outcomes.set(entry, {
          fate: 'conflicting',
          reason: 'overlaps what an earlier row takes',
          todo: 'Leave out the one that is wrong.',
        });
        continue;
      }
      taking.add(entry.cidr.toString());
      takes.push(entry.cidr);
    }
    if (takes.length > 0) this.taken.set(pool, before.union(PrefixSet.of(takes)));
  }
}

function overlapsTaken(map: PrefixMap<string>, cidr: Prefix, taking: ReadonlySet<string>): boolean {
  if (map.supernetsOf(cidr).some(({ value }) => taking.has(value))) return true;
  for (const { value } of map.subnetsOf(cidr)) if (taking.has(value)) return true;
  return false;
}

function obstructed(entry: Entry, conflicts: readonly Obstacle[]): Outcome {
  const same = ownAmong(entry, conflicts);
  if (same) return { fate: 'present', allocation: same.allocation ?? undefined };
  return {
    fate: 'conflicting',
    reason: `${entry.cidr.toString()} is not free`,
    todo: 'Sort out who has it; then import again.',
    with: conflicts,
  };
}

function keyHeld(entry: Entry, { id, cidr, holder }: Keyed): Outcome {
  if (cidr === entry.cidr.toString()) return { fate: 'present', allocation: id };
  return {
    fate: 'conflicting',
    reason: `the key ${JSON.stringify(entry.key)} holds ${cidr}`,
    todo: 'Release what the key holds, or give another key; then import again.',
    with: [{ cidr, holder, allocation: id, key: entry.key ?? null, reason: 'allocated' }],
  };
}

function groupBy<Item, Key>(items: readonly Item[], keyOf: (item: Item) => Key): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}
