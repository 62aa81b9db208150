import { isBusy } from '../../platform/database/sqlstate.js';

interface Waiting {
  readonly poolIds: ReadonlySet<number>;
  begin(): void;
  reject(error: unknown): void;
}

/**
 * Work that locks several pools, in turn: at most `width` at a time, and none while an earlier one is about one of its
 * pools. It would only wait for that lock with a connection that others need.
 */
export class PoolTurns {
  private waiting: Waiting[] = [];
  private readonly running = new Set<Waiting>();

  constructor(private readonly width: number) {}

  run<Result>(poolIds: readonly number[], work: () => Promise<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      const turn: Waiting = {
        poolIds: new Set(poolIds),
        reject,
        begin: () => {
          work()
            .then(resolve, (error: unknown) => {
              reject(error);
              if (isBusy(error)) this.tell(turn, error);
            })
            .finally(() => {
              this.running.delete(turn);
              this.beginNext();
            });
        },
      };
      this.waiting.push(turn);
      this.beginNext();
    });
  }

  /** Whoever has the lock has had it for long: those behind would wait as long again, for the same answer. */
  private tell({ poolIds }: Waiting, error: unknown): void {
    const told = this.waiting.filter((turn) => shares(turn.poolIds, poolIds));
    this.waiting = this.waiting.filter((turn) => !told.includes(turn));
    for (const turn of told) turn.reject(error);
  }

  private beginNext(): void {
    const before = [...this.running];
    this.waiting = this.waiting.filter((turn) => {
      const free =
        this.running.size < this.width && !before.some(({ poolIds }) => shares(poolIds, turn.poolIds));
      before.push(turn);
      if (free) {
        this.running.add(turn);
        turn.begin();
      }
      return !free;
    });
  }
}

function shares(a: ReadonlySet<number>, b: ReadonlySet<number>): boolean {
  for (const id of a) if (b.has(id)) return true;
  return false;
}
