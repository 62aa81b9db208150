import { Injectable } from '@nestjs/common';

/** One change of pools at a time: behind a pool that somebody has locked waits one connection, not all. */
@Injectable()
export class PoolTurn {
  private turn: Promise<unknown> = Promise.resolve();

  run<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.turn.then(work);
    this.turn = result.catch(() => undefined);
    return result;
  }
}
