import { Adopter, ADOPTION, type Registration } from './adopter.js';
import type { Api } from './api.js';
import { type Entry, isSameHolder } from './entry.js';
import { BatchLoader, type Loader, type Outcome, type Settled } from './loader.js';
import { adoptManyWithIds, releaseMany, reserveMany, standingIn } from './operations.js';

/** An entry that may be held for a while only, or be resting. */
export interface StatedEntry extends Entry {
  readonly status: 'ALLOCATED' | 'RESERVED' | 'QUARANTINED';
  /** Id of the allocation that a reservation under the same key is to stand in for. */
  readonly replaces?: string;
  /** Whether another one stands beside it under its key, and would answer in its place. */
  readonly isShadowed?: boolean;
}

/** Questions in flight. */
const WIDTH = 16;

/** Adopts what is allocated, reserves what is reserved, and releases what rests. */
export class StatedLoader<E extends StatedEntry> implements Loader<E> {
  private readonly loaders: Readonly<Record<StatedEntry['status'] | 'shadowed', Loader<E>>>;

  constructor(api: Api, settled: Settled<E>, ttlSeconds: number) {
    this.loaders = {
      ALLOCATED: new Adopter(api, settled),
      shadowed: new AbsentOnly(api, settled, new Adopter(api, settled)),
      RESERVED: new AbsentOnly(api, settled, new Adopter(api, settled, reservation(ttlSeconds))),
      QUARANTINED: new AbsentOnly(api, settled, new Resting(api, settled)),
    };
  }

  add(entry: E): Promise<void> {
    return this.loaders[entry.isShadowed ? 'shadowed' : entry.status].add(entry);
  }

  async flush(): Promise<void> {
    for (const loader of Object.values(this.loaders)) await loader.flush();
  }
}

function reservation(ttlSeconds: number): Registration<StatedEntry> {
  return {
    operation: reserveMany,
    item: (entry) => ({ ...ADOPTION.item(entry), replaces: entry.replaces, ttlSeconds }),
  };
}

/**
 * Passes on what is not there yet. What would be renewed or released once more by a repetition is looked up first, so
 * that importing twice changes nothing.
 */
class AbsentOnly<E extends StatedEntry> extends BatchLoader<E> {
  constructor(
    private readonly api: Api,
    settled: Settled<E>,
    private readonly following: Loader<E>,
  ) {
    super(settled);
  }

  override async flush(): Promise<void> {
    await super.flush();
    await this.following.flush();
  }

  protected async send(batch: readonly E[]): Promise<void> {
    const found: (Outcome | null)[] = new Array<Outcome | null>(batch.length).fill(null);
    const indexes = batch.keys();
    const worker = async (): Promise<void> => {
      for (const index of indexes) found[index] = await this.standing(batch[index]!);
    };
    await Promise.all(Array.from({ length: WIDTH }, worker));
    for (const [index, entry] of batch.entries()) {
      const outcome = found[index];
      if (outcome) this.settled(entry, outcome);
      else await this.following.add(entry);
    }
  }

  /** What to tell of an entry whose very CIDR is taken; null where it is not. */
  private async standing(entry: E): Promise<Outcome | null> {
    const cidr = entry.cidr.toString();
    const { allocations } = await this.api.ask(standingIn, { pool: entry.pool, cidr });
    const [held] = allocations.nodes;
    if (held?.cidr !== cidr) return null;
    if (
      held.status === entry.status &&
      isSameHolder(entry.holder, held.holder) &&
      held.key === (entry.key ?? null)
    )
      return { fate: 'present', allocation: held.id };
    return {
      fate: 'conflicting',
      reason: `${cidr} is ${held.status} here, and ${entry.status} in the file`,
      todo: `See \`cadastre show ${held.id}\`; release or confirm it if the file is right.`,
      with: [{ cidr, reason: 'allocated', allocation: held.id, key: held.key, holder: held.holder }],
    };
  }
}

/** Adopts, and releases at once: the CIDR rests as long as its pool says. */
class Resting<E extends StatedEntry> extends BatchLoader<E> {
  private keys = new Set<string>();

  constructor(
    private readonly api: Api,
    settled: Settled<E>,
  ) {
    super(settled);
  }

  /** A key holds one thing at a time, also for the moment until it is released. */
  override async add(entry: E): Promise<void> {
    const name = `${entry.pool} ${entry.key}`;
    if (entry.key !== undefined && this.keys.has(name)) {
      await this.flush();
      this.keys = new Set();
    }
    this.keys.add(name);
    await super.add(entry);
  }

  protected async send(batch: readonly E[]): Promise<void> {
    const adopted: { entry: E; id: string }[] = [];
    const settled: Settled<E> = (entry, outcome) => {
      if (outcome.fate === 'adopted') adopted.push({ entry, id: outcome.allocation! });
      else this.settled(entry, outcome);
    };
    const adopter = new Adopter<E>(this.api, settled, { ...ADOPTION, operation: adoptManyWithIds });
    for (const entry of batch) await adopter.add(entry);
    await adopter.flush();
    if (adopted.length === 0) return;
    const { answer } = await this.api.ask(releaseMany, { items: adopted.map(({ id }) => ({ id })) });
    const rejected = 'message' in answer;
    for (const { entry, id } of adopted) {
      if (rejected)
        this.settled(entry, {
          fate: 'conflicting',
          allocation: id,
          reason: answer.message,
          todo: `Release ${id}.`,
        });
      else this.settled(entry, { fate: 'adopted', allocation: id });
    }
  }
}
