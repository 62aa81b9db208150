import { setTimeout as delay } from 'node:timers/promises';

const LOOK_EVERY_MS = 20;

/** Resolves with the first answer that is not false, null or undefined; rejects when there is none within `seconds`. */
export async function until<T>(
  what: string,
  look: () => T | Promise<T>,
  seconds = 15,
): Promise<NonNullable<Exclude<T, false>>> {
  const giveUpAt = performance.now() + seconds * 1000;
  for (;;) {
    const found = await look();
    if (found !== false && found !== null && found !== undefined) {
      return found as NonNullable<Exclude<T, false>>;
    }
    if (performance.now() > giveUpAt) throw new Error(`not within ${seconds} s: ${what}`);
    await delay(LOOK_EVERY_MS);
  }
}

/** What `work` comes to; rejects when it takes longer than `seconds`. */
export async function within<T>(what: string, work: Promise<T>, seconds = 15): Promise<T> {
  const over = new AbortController();
  const late = delay(seconds * 1000, undefined, { signal: over.signal }).then(() => {
    throw new Error(`not within ${seconds} s: ${what}`);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    late.catch(() => undefined);
    over.abort();
  }
}
