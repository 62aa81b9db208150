import type { Figure } from './bench.js';
import { median, spread } from './statistics.js';

export interface Measured {
  readonly name: string;
  readonly unit: string;
  /** One value per round. */
  readonly ours: readonly number[];
  readonly theirs?: readonly number[];
  readonly reference?: string;
  /** A rate is better when it is higher, a cost when it is lower. */
  readonly better: 'higher' | 'lower';
  readonly aim?: number;
  readonly note?: string;
}

/** Medians, ratio and spread of what the rounds gave. */
export function figureOf({ name, unit, ours, theirs, reference, better, aim, note = '' }: Measured): Figure {
  const [a, b] = [median(ours), theirs && median(theirs)];
  const ratio = b === undefined ? null : rounded(better === 'higher' ? a / b : b / a);
  const spreads = [`spread ours ${spread(ours)}`, ...(theirs ? [`reference ${spread(theirs)}`] : [])];
  return {
    name,
    ours: rounded(a),
    reference: reference ?? null,
    theirs: b === undefined ? null : rounded(b),
    unit,
    ratio,
    aim: aim ?? null,
    met: aim === undefined || ratio === null ? null : ratio >= aim,
    note: [note, spreads.join(', ')].filter(Boolean).join('; '),
  };
}

/** Three significant digits, or whole numbers where that is finer. */
function rounded(value: number): number {
  return Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3));
}
