const START = 1 << 12;
const HALF = 0.5;

/** Numbers by text in typed arrays: 20 bytes for an entry, so that a million fit where a Map would not. */
export class Fingerprints {
  private capacity = START;
  private hashes = new Uint32Array(2 * START);
  private values = new Float64Array(START);
  private count = 0;

  get size(): number {
    return this.count;
  }

  /**
   * The number that was first kept under this text; undefined, and `value` is kept, where there was none. Texts are told
   * apart by 64 bits: of a million, two are taken for one with a probability of 3e-8.
   */
  keep(text: string, value: number): number | undefined {
    const at = this.find(text);
    if (this.isUsed(at)) return this.values[at];
    this.put(at, value);
    return undefined;
  }

  get(text: string): number | undefined {
    const at = this.find(text);
    return this.isUsed(at) ? this.values[at] : undefined;
  }

  /** In place of what was kept under a text that is there. */
  replace(text: string, value: number): void {
    this.values[this.find(text)] = value;
  }

  private put(at: number, value: number): void {
    this.hashes[2 * at] = hash[0]!;
    this.hashes[2 * at + 1] = hash[1]!;
    this.values[at] = value;
    if (++this.count > this.capacity * HALF) this.grow();
  }

  private find(text: string): number {
    hashInto(text);
    return this.slotOf(hash[0]!, hash[1]!);
  }

  private slotOf(high: number, low: number): number {
    let at = low & (this.capacity - 1);
    while (this.isUsed(at) && (this.hashes[2 * at] !== high || this.hashes[2 * at + 1] !== low))
      at = (at + 1) & (this.capacity - 1);
    return at;
  }

  private isUsed(at: number): boolean {
    return this.hashes[2 * at] !== 0;
  }

  private grow(): void {
    const { hashes, values } = this;
    this.capacity *= 2;
    this.hashes = new Uint32Array(2 * this.capacity);
    this.values = new Float64Array(this.capacity);
    for (let old = 0; old < values.length; old++) {
      if (hashes[2 * old] === 0) continue;
      const at = this.slotOf(hashes[2 * old]!, hashes[2 * old + 1]!);
      this.hashes[2 * at] = hashes[2 * old]!;
      this.hashes[2 * at + 1] = hashes[2 * old + 1]!;
      this.values[at] = values[old]!;
    }
  }
}

/** Hashing is synchronous, so one pair of words serves everybody. The first is never 0. */
const hash = new Uint32Array(2);

/** cyrb53 by bryc (public domain), with both words whole. */
function hashInto(text: string): void {
  let h1 = 0xdeadbeef;
  let h2 = 0x41c6ce57;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    h1 = Math.imul(h1 ^ unit, 2654435761);
    h2 = Math.imul(h2 ^ unit, 1597334677);
  }
  h1 = Math.imul(h1 ^ (h1 >>> 16), 2246822507) ^ Math.imul(h2 ^ (h2 >>> 13), 3266489909);
  h2 = Math.imul(h2 ^ (h2 >>> 16), 2246822507) ^ Math.imul(h1 ^ (h1 >>> 13), 3266489909);
  hash[0] = h1 === 0 ? 1 : h1;
  hash[1] = h2;
}

/** 32 bits of a text, to tell whether two are the same. */
export function fingerprint(text: string): number {
  hashInto(text);
  return hash[1]!;
}
