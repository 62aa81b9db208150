import { closeSync, openSync, writeSync } from 'node:fs';
import { type Prefix, PrefixSet } from '../../../address/index.js';
import type { Obstacle, Place } from './entry.js';
import type { Outcome } from './loader.js';

/** What became of a row. `skipped`: left out on purpose, as a CIDR that AWS has taken away already. */
export const FATES = ['adopted', 'present', 'conflicting', 'outside', 'invalid', 'skipped'] as const;
export type Fate = (typeof FATES)[number];

/** A row of a file and what became of it. */
export interface Row {
  readonly fate: Fate;
  readonly place: Place;
  /** As it was given; null where the row has none. */
  readonly cidr: string | null;
  /** What the CIDR is for: a VPC's id, a key, whatever the file has. */
  readonly what: string;
  /** Name of the pool that it went to, or was to. */
  readonly pool?: string;
  readonly reason?: string;
  /** What whoever has the file can do about it. */
  readonly todo?: string;
  readonly with?: readonly Obstacle[];
}

/** A row with a CIDR that was read. */
export type SettledRow = Pick<Row, 'place' | 'what' | 'pool'> & { readonly cidr: Prefix };

export interface ReportData {
  readonly dryRun: boolean;
  readonly counts: Readonly<Record<Fate, number>>;
  /** Rows that say again what an earlier one said. */
  readonly repeated: number;
  /** The first rows of each fate. */
  readonly rows: Readonly<Record<Fate, readonly Row[]>>;
  /** What was left out of rows that were adopted, and what may be missing; the first ones. */
  readonly warnings: readonly string[];
  readonly warningCount: number;
  /** The fewest blocks that hold all that lies outside every pool; the first ones. */
  readonly outsideBlocks: readonly string[];
}

const MOST_ROWS = 20;
const MOST_WARNINGS = 20;
const MOST_BLOCKS = 20;
const MOST_OBSTACLES = 5;
const FOLD_EVERY = 4096;
const WRITE_EVERY = 1 << 16;
/** Of these every row goes to the report file. */
const NOT_ADOPTED: ReadonlySet<Fate> = new Set(['conflicting', 'outside', 'invalid', 'skipped']);

/** Counts what becomes of the rows and keeps the first of each fate; in bounded memory. */
export class Report {
  private readonly counts = Object.fromEntries(FATES.map((fate) => [fate, 0])) as Record<Fate, number>;
  private readonly rows = Object.fromEntries(FATES.map((fate) => [fate, []])) as unknown as Record<
    Fate,
    Row[]
  >;
  private readonly warnings: string[] = [];
  private warningCount = 0;
  private repeated = 0;
  private outside = PrefixSet.empty;
  private unfolded: Prefix[] = [];
  private readonly file: number | null;
  private unwritten = '';

  /** `path`: every row that was not adopted goes there, one JSON object on a line. Throws where it cannot be written. */
  constructor(
    private readonly dryRun: boolean,
    path: string | undefined,
  ) {
    this.file = path === undefined ? null : openSync(path, 'w');
  }

  add(row: Row): void {
    this.counts[row.fate]++;
    const short =
      row.with && row.with.length > MOST_OBSTACLES
        ? { ...row, with: row.with.slice(0, MOST_OBSTACLES) }
        : row;
    if (this.rows[row.fate].length < MOST_ROWS) this.rows[row.fate].push(short);
    if (this.file !== null && NOT_ADOPTED.has(row.fate)) this.write(short);
  }

  /** What became of a row that was to be registered. */
  settle(row: SettledRow, { fate, reason, todo, with: obstacles }: Outcome): void {
    const isCounted = !NOT_ADOPTED.has(fate) && this.rows[fate].length >= MOST_ROWS;
    if (isCounted) this.counts[fate]++;
    else this.add({ ...row, cidr: row.cidr.toString(), fate, reason, todo, with: obstacles });
  }

  /** A row that lies in no pool: it counts for the blocks that a pool would need. */
  settleOutside(row: SettledRow, outcome: Outcome): void {
    this.settle(row, outcome);
    if (this.unfolded.push(row.cidr) >= FOLD_EVERY) this.fold();
  }

  repeat(): void {
    this.repeated++;
  }

  warn(text: string): void {
    this.warningCount++;
    if (this.warnings.length < MOST_WARNINGS) this.warnings.push(text);
  }

  /** Whether somebody has to look at something. */
  get hasTrouble(): boolean {
    return this.counts.conflicting + this.counts.outside + this.counts.invalid > 0;
  }

  get hasRows(): boolean {
    return FATES.some((fate) => this.counts[fate] > 0);
  }

  data(): ReportData {
    this.fold();
    const outsideBlocks: string[] = [];
    for (const block of this.outside) {
      if (outsideBlocks.length === MOST_BLOCKS) break;
      outsideBlocks.push(block.toString());
    }
    const { dryRun, counts, repeated, rows, warnings, warningCount } = this;
    return { dryRun, counts, repeated, rows, warnings, warningCount, outsideBlocks };
  }

  /** Writes what is left. Nothing may be added afterwards. */
  close(): void {
    if (this.file === null) return;
    writeSync(this.file, this.unwritten);
    closeSync(this.file);
  }

  private write({ place, ...row }: Row): void {
    this.unwritten += `${JSON.stringify({ file: place.file, at: place.at, ...row })}\n`;
    if (this.unwritten.length < WRITE_EVERY) return;
    writeSync(this.file!, this.unwritten);
    this.unwritten = '';
  }

  private fold(): void {
    this.outside = this.outside.union(PrefixSet.of(this.unfolded));
    this.unfolded = [];
  }
}
