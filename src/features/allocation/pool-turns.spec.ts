import { PoolTurns } from './pool-turns.js';

/** Work that ends when it is told to. */
function held() {
  let end!: (error?: unknown) => void;
  const ended = new Promise<void>((resolve, reject) => {
    end = (error) => (error === undefined ? resolve() : reject(error as Error));
  });
  const work = { begun: false, end, run: () => ((work.begun = true), ended) };
  return work;
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Begins one piece of work per list of pools; tells which have begun. */
function start(turns: PoolTurns, ...pools: number[][]) {
  const works = pools.map(() => held());
  const results = works.map((work, index) =>
    turns.run(pools[index]!, work.run).then(
      () => 'done',
      (error: unknown) => error,
    ),
  );
  return { works, results, begun: () => works.map(({ begun }) => begun) };
}

describe('turns', () => {
  it('lets as many run as it is wide, in order', async () => {
    const { works, begun } = start(new PoolTurns(2), [1], [2], [3], [4]);
    expect(begun()).toEqual([true, true, false, false]);
    works[1]!.end();
    await settled();
    expect(begun()).toEqual([true, true, true, false]);
  });

  it('lets nobody wait with a connection for a pool that an earlier one has, nor pass one who waits for it', async () => {
    const { works, begun } = start(new PoolTurns(2), [1, 2], [2, 3], [3], [4]);
    expect(begun()).toEqual([true, false, false, true]);
    works[0]!.end();
    await settled();
    expect(begun()).toEqual([true, true, false, true]);
    works[1]!.end();
    await settled();
    expect(begun()).toEqual([true, true, true, true]);
  });

  it('goes on after a failure', async () => {
    const { works, results, begun } = start(new PoolTurns(1), [1], [1]);
    const failure = new Error('no');
    works[0]!.end(failure);
    expect(await results[0]).toBe(failure);
    await settled();
    expect(begun()).toEqual([true, true]);
    works[1]!.end();
    expect(await results[1]).toBe('done');
  });

  it('tells those behind a busy pool at once, and nobody else', async () => {
    const { works, results, begun } = start(new PoolTurns(1), [1, 2], [2], [3], [1]);
    const busy = Object.assign(new Error('lock timeout'), { code: '55P03' });
    works[0]!.end(busy);
    expect(await Promise.all([results[0], results[1], results[3]])).toEqual([busy, busy, busy]);
    await settled();
    expect(begun()).toEqual([true, false, true, false]);
    works[2]!.end();
    expect(await results[2]).toBe('done');
  });
});
