import { OverlapSweep } from '../../src/address/index.js';
import type { Networks } from './world.js';

export interface Pairs {
  readonly count: number;
  readonly checksum: number;
}

/** A sum of numbers below it stays exact over 10^12 pairs. */
export const MODULUS = 8191;

/** Every pair of overlapping networks of two domains, from the rows of the sweep. */
export function expand({ columns, domains }: Networks): Pairs {
  const sweep = OverlapSweep.of(columns);
  let [count, checksum] = [0, 0];
  sweep.visit((outer, inner) => {
    const [outers, inners] = [sweep.members(outer), sweep.members(inner)];
    for (let a = 0; a < outers.length; a++) {
      const i = outers[a]!;
      for (let b = outer === inner ? a + 1 : 0; b < inners.length; b++) {
        const j = inners[b]!;
        if (domains[i] === domains[j]) continue;
        count++;
        checksum += (i * j) % MODULUS;
      }
    }
  });
  return { count, checksum };
}

/** Rows, with what they say of their pairs at once; of pairs in one domain too. */
export function countRows({ columns }: Networks): { rows: number; pairs: number } {
  const sweep = OverlapSweep.of(columns);
  let [rows, pairs] = [0, 0];
  sweep.visit((outer, inner) => {
    const [a, b] = [sweep.sizeOf(outer), sweep.sizeOf(inner)];
    rows++;
    pairs += outer === inner ? (a * (a - 1)) / 2 : a * b;
  });
  return { rows, pairs };
}
