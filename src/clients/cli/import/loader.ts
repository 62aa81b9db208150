import type { Entry, Obstacle } from './entry.js';
import type { Fate } from './report.js';

/** What became of an entry. */
export interface Outcome {
  readonly fate: Fate;
  /** Of an entry that is registered; absent in a dry run, and where nobody asked for ids. */
  readonly allocation?: string;
  readonly reason?: string;
  readonly todo?: string;
  readonly with?: readonly Obstacle[];
}

/** Takes entries in their order and tells of each what became of it. */
export interface Loader<E extends Entry> {
  /** Resolves when there is room for the next one. */
  add(entry: E): Promise<void>;
  /** Resolves when of every entry was told what became of it. */
  flush(): Promise<void>;
}

export type Settled<E extends Entry> = (entry: E, outcome: Outcome) => void;

const MOST_ITEMS = 1000;
/** Half of what the service takes by default. */
const MOST_BYTES = 512 * 1024;
/** What an item has beside its texts. */
const ITEM_BYTES = 250;

/**
 * Gathers entries into batches; while one is on its way the next is gathered. One at a time: batches of one pool wait
 * for each other in the service anyway, and of two entries that overlap the earlier one is to win.
 */
export abstract class BatchLoader<E extends Entry> implements Loader<E> {
  private batch: E[] = [];
  private bytes = 0;
  private underWay: Promise<void> = Promise.resolve();

  constructor(protected readonly settled: Settled<E>) {}

  protected abstract send(batch: readonly E[]): Promise<void>;

  async add(entry: E): Promise<void> {
    const bytes = bytesOf(entry);
    if (this.batch.length === MOST_ITEMS || (this.batch.length > 0 && this.bytes + bytes > MOST_BYTES))
      await this.next();
    this.batch.push(entry);
    this.bytes += bytes;
  }

  async flush(): Promise<void> {
    await this.next();
    await this.underWay;
  }

  private async next(): Promise<void> {
    await this.underWay;
    const { batch } = this;
    this.batch = [];
    this.bytes = 0;
    if (batch.length === 0) return;
    this.underWay = this.send(batch);
    // it is awaited later, and must not count as unhandled until then
    this.underWay.catch(() => undefined);
  }
}

/** At most: every character of a text may take six bytes in JSON. Exact enough for texts of one byte each. */
function bytesOf({ key = '', holder, tags, description }: Entry): number {
  let bytes = ITEM_BYTES + textBytes(key) + textBytes(description);
  for (const field in holder) bytes += textBytes(holder[field as keyof typeof holder] ?? '');
  for (const tag of tags) bytes += 30 + textBytes(tag.key) + textBytes(tag.value);
  return bytes;
}

const LONG = 64;

function textBytes(text: string): number {
  return text.length < LONG ? text.length * 2 : Buffer.byteLength(JSON.stringify(text));
}
