import {
  type Cloud,
  ListFailedError,
  type ObservedKind,
  type ObservedPage,
  type ReadingCost,
  type Scope,
} from '../../src/features/inventory/index.js';

type Objects = ObservedPage['objects'];

/** A cloud in memory, which remembers who read what at the same time. Several instances of the service may share one. */
export class FakeCloud implements Cloud {
  /** By `account/region kind`. */
  private readonly lists = new Map<string, Objects>();
  private readonly failures = new Map<string, ListFailedError>();
  private readonly gates = new Map<string, Promise<void>>();
  private readonly reading = new Map<string, number>();
  /** Every list that was begun, in order: `account/region kind`. */
  readonly begun: string[] = [];
  /** Most readers of one account and region at once. */
  mostAtOnce = 0;
  members: { account: string; name: string }[] = [];

  has(account: string, region: string, kind: ObservedKind, objects: Objects): void {
    this.lists.set(`${account}/${region} ${kind}`, objects);
  }

  /** `kind` null: every list. The error null: it reads well again. */
  failAt(account: string, region: string, kind: ObservedKind | null, error: ListFailedError | null): void {
    const key = kind ? `${account}/${region} ${kind}` : `${account}/${region}`;
    if (error) this.failures.set(key, error);
    else this.failures.delete(key);
  }

  /** Until the function that is returned is called, lists of this account and region do not end. */
  holdAt(account: string, region: string): () => void {
    let release!: () => void;
    this.gates.set(`${account}/${region}`, new Promise((resolve) => (release = resolve)));
    return () => {
      this.gates.delete(`${account}/${region}`);
      release();
    };
  }

  async *list(
    { account, region }: Scope,
    kind: ObservedKind,
    signal: AbortSignal,
    cost: (delta: ReadingCost) => void,
  ): AsyncIterable<ObservedPage> {
    const place = `${account}/${region}`;
    const readers = (this.reading.get(place) ?? 0) + 1;
    this.reading.set(place, readers);
    this.mostAtOnce = Math.max(this.mostAtOnce, readers);
    this.begun.push(`${place} ${kind}`);
    try {
      cost({ calls: 1, throttles: 0, retries: 0, bytes: 100 });
      const failure = this.failures.get(place) ?? this.failures.get(`${place} ${kind}`);
      if (failure) throw failure;
      const gate = this.gates.get(place);
      if (gate) await orAborted(gate, signal);
      signal.throwIfAborted();
      yield { objects: this.lists.get(`${place} ${kind}`) ?? [], available: [] };
    } finally {
      this.reading.set(place, this.reading.get(place)! - 1);
    }
  }

  async *accounts(): AsyncIterable<{ account: string; name: string }> {
    const failure = this.failures.get('organization/');
    if (failure) throw failure;
    yield* this.members;
  }

  async close(): Promise<void> {}
}

export const forbidden = () => new ListFailedError('FORBIDDEN', 'not authorized to assume the role');

async function orAborted(gate: Promise<void>, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    void gate.then(resolve);
  });
}
