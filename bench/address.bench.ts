import { measureContains } from './address/contains.js';
import { measureLpm } from './address/lpm.js';
import { measureMerge } from './address/merge.js';
import { measureParse } from './address/parse.js';
import { worldsOf } from './address/prefixes.js';
import type { Bench, Figure } from './harness/bench.js';

const SIZES = { 4: [10_000, 100_000, 1_000_000], 6: [10_000, 160_000, 1_000_000] } as const;

/** Address mathematics in bulk, against what npm and the shell have. */
export const address: Bench = {
  async run(options) {
    const figures: Figure[] = [];
    for (const family of [4, 6] as const) {
      for (const world of worldsOf(family, SIZES[family], options.seed)) {
        options.say(`IPv${family}, ${world.texts.length} prefixes`);
        for (const measure of [measureMerge, measureParse, measureContains, measureLpm]) {
          figures.push(...(await measure(world, options)));
        }
      }
    }
    return figures;
  },
};
