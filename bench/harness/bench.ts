/** What every bench and drill takes from the command line. */
export interface BenchOptions {
  readonly seed: number;
  /** Counted rounds per side. */
  readonly rounds: number;
  /** Length of one round of one side. */
  readonly seconds: number;
  /** Whether the figure of this name is wanted: all are, unless `--only` names some. */
  wants(figure: string): boolean;
  /** Tells people how it goes; never part of the result. */
  say(line: string): void;
}

export interface Bench {
  run(options: BenchOptions): Promise<readonly Figure[]>;
}

export interface DrillOptions {
  readonly seed: number;
  readonly rounds: number;
  say(line: string): void;
}

export interface Drill {
  run(options: DrillOptions): Promise<DrillResult>;
}

export interface DrillResult {
  readonly injected: Readonly<Record<string, number>>;
  readonly promised: string;
  /** How often the promise was put to the test. */
  readonly acknowledged: number;
  readonly lost: number;
  readonly duplicated: number;
  readonly violations: readonly string[];
  readonly note: string;
}

/** One line of a result. `ratio` is always "larger is better for us", null where there is nothing to compare with. */
export interface Figure {
  readonly name: string;
  readonly ours: number;
  readonly reference: string | null;
  readonly theirs: number | null;
  readonly unit: string;
  readonly ratio: number | null;
  readonly aim: number | null;
  readonly met: boolean | null;
  readonly note: string;
}

/** A bench found its own result wrong: no figure is worth printing then. */
export class OracleError extends Error {
  override name = 'OracleError';
}
