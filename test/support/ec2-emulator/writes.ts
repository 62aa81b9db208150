import type { Input } from './reads.js';
import type { World } from './world.js';

export interface Caller {
  readonly account: string;
  readonly region: string;
  readonly world: World;
}

export type Write = (caller: Caller, input: Input) => object;

export const WRITES: Readonly<Record<string, Write>> = {};
