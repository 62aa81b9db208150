/**
 * The slow twin of the inventory: keeps every sweep whole and derives everything from all of them, each time from the
 * beginning. Its one list is of one kind in one scope.
 */

/** One reading of the list: what it showed, in order, an object perhaps more than once; whether it came to its end. */
export interface GoldenSweep {
  readonly at: number;
  readonly shown: readonly { readonly id: string; readonly look: string }[];
  readonly failed: boolean;
}

export interface GoldenVersion {
  readonly id: string;
  readonly look: string;
  readonly from: number;
  readonly to: number | null;
  readonly missingSince: number | null;
  readonly misses: number;
}

export type GoldenOutcome = 'GOOD' | 'SUSPICIOUS' | 'FAILED';

export class GoldenInventory {
  private readonly sweeps: GoldenSweep[] = [];

  constructor(private readonly patience: number) {}

  add(sweep: GoldenSweep): void {
    this.sweeps.push(sweep);
  }

  /** What each sweep counts as. */
  outcomes(): GoldenOutcome[] {
    const outcomes: GoldenOutcome[] = [];
    this.sweeps.forEach(({ failed }, n) => {
      outcomes.push(failed ? 'FAILED' : this.isDrop(n, outcomes) ? 'SUSPICIOUS' : 'GOOD');
    });
    return outcomes;
  }

  /** All versions by id, then time. */
  versions(): GoldenVersion[] {
    const ids = [...new Set(this.sweeps.flatMap(({ shown }) => shown.map(({ id }) => id)))].sort();
    const outcomes = this.outcomes();
    return ids.flatMap((id) =>
      this.lives(id, outcomes).flatMap((life) => this.versionsOf(id, life, outcomes)),
    );
  }

  /** Current objects that this sweep does not show and no good list before it has left out since they were seen last. */
  private isDrop(n: number, before: readonly GoldenOutcome[]): boolean {
    const good = before.flatMap((outcome, m) => (outcome === 'GOOD' ? [m] : []));
    const lastGood = good.at(-1);
    const counted = lastGood === undefined ? 0 : this.looks(lastGood).size;
    const known = new Set(this.sweeps.slice(0, n).flatMap(({ shown }) => shown.map(({ id }) => id)));
    const gone = [...known].filter((id) => {
      if (this.looks(n).has(id)) return false;
      const seen = this.lastSight(id, n);
      return !good.some((m) => m > seen);
    }).length;
    if (gone < 5 || gone <= counted / 2) return false;
    let inARow = 1;
    for (let m = n - 1; m >= 0 && before[m] !== 'GOOD'; m--) if (before[m] === 'SUSPICIOUS') inARow++;
    return inARow < Math.max(this.patience, 2);
  }

  private looks(n: number): Map<string, string> {
    return new Map(this.sweeps[n]!.shown.map(({ id, look }) => [id, look]));
  }

  private lastSight(id: string, before: number): number {
    for (let m = before - 1; m >= 0; m--) if (this.looks(m).has(id)) return m;
    return -1;
  }

  /** Sweeps that show an object, cut where so many good lists in between do not. */
  private lives(id: string, outcomes: readonly GoldenOutcome[]): number[][] {
    const sights = this.sweeps.flatMap((_, n) => (this.looks(n).has(id) ? [n] : []));
    const lives: number[][] = [];
    for (const sight of sights) {
      const life = lives.at(-1);
      if (life && this.missesBetween(life.at(-1)!, sight, outcomes).length < this.patience) life.push(sight);
      else lives.push([sight]);
    }
    return lives;
  }

  private missesBetween(after: number, before: number, outcomes: readonly GoldenOutcome[]): number[] {
    return outcomes.flatMap((outcome, m) => (m > after && m < before && outcome === 'GOOD' ? [m] : []));
  }

  private versionsOf(
    id: string,
    life: readonly number[],
    outcomes: readonly GoldenOutcome[],
  ): GoldenVersion[] {
    const starts = life.filter(
      (n, place) => place === 0 || this.looks(n).get(id) !== this.looks(life[place - 1]!).get(id),
    );
    const last = life.at(-1)!;
    const misses = this.missesBetween(last, Infinity, outcomes);
    // a good list before the first miss that does not show it cannot be, so the last good one that does is the end, or the start
    const lastGood = Math.max(...life.filter((n) => outcomes[n] === 'GOOD'), starts.at(-1)!);
    return starts.map((start, place) => {
      const next = starts[place + 1];
      const isLast = next === undefined;
      const counted = isLast ? Math.min(misses.length, this.patience) : 0;
      const ended = isLast && misses.length >= this.patience;
      return {
        id,
        look: this.looks(start).get(id)!,
        from: this.sweeps[start]!.at,
        to: isLast ? (ended ? this.sweeps[lastGood]!.at : null) : this.sweeps[next]!.at,
        missingSince: counted > 0 ? this.sweeps[misses[0]!]!.at : null,
        misses: counted,
      };
    });
  }
}
