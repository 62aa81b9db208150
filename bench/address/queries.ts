import { Address, type Family } from '../../src/address/index.js';
import { randomOf } from '../harness/random.js';
import { columnsIn } from './columns.js';
import type { World } from './prefixes.js';

/** Addresses to look up, four words each (IPv4: the last one alone). */
export interface Queries {
  readonly family: Family;
  readonly count: number;
  readonly words: Uint32Array;
}

/** Each a random address of a random prefix, so that every one is found: the hard case, as misses end early. */
export function queriesIn({ family, texts }: World, count: number, seed: number): Queries {
  const random = randomOf(seed);
  const columns = columnsIn(family, texts);
  const stride = family === 4 ? 1 : 4;
  const words = new Uint32Array(4 * count);
  for (let i = 0; i < count; i++) {
    const prefix = Math.floor(random() * texts.length);
    for (let word = 0; word < stride; word++) {
      const hostBits = Math.min(32, Math.max(0, 32 * (word + 1) - columns.lengths[prefix]!));
      const host = Math.floor(random() * 2 ** hostBits);
      words[4 * i + 4 - stride + word] = columns.words[prefix * stride + word]! + host;
    }
  }
  return { family, count, words };
}

export function addressOf({ family, words }: Queries, i: number): Address {
  return Address.ofWords(family, words[4 * i]!, words[4 * i + 1]!, words[4 * i + 2]!, words[4 * i + 3]!);
}
