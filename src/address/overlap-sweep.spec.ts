import fc from 'fast-check';
import { overlapPairs } from '../../test/golden/overlap-pairs.js';
import { prefixIn, TOY_SPACES } from '../../test/golden/toy-space.js';
import { columnsOf } from './columns.js';
import { OverlapSweep } from './overlap-sweep.js';
import { Prefix } from './prefix.js';

const sweepOf = (prefixes: readonly Prefix[]) =>
  OverlapSweep.of(columnsOf(prefixes[0]?.family ?? 4, prefixes));

/** Rows as a list of prefixes shows them: members of the outer and of the inner group. */
function rowsOf(...texts: string[]): string[] {
  const sweep = sweepOf(texts.map(Prefix.must));
  const rows: string[] = [];
  sweep.visit((outer, inner) => {
    const [a, b] = [outer, inner].map((group) => [...sweep.members(group)].join());
    rows.push(outer === inner ? `${a} equal` : `${a} > ${b}`);
  });
  return rows;
}

describe('OverlapSweep', () => {
  it('lists equal prefixes as one group', () => {
    expect(rowsOf(...Array<string>(300).fill('172.31.0.0/16'))).toHaveLength(1);
    expect(rowsOf('10.0.0.0/8', '11.0.0.0/8', '10.0.0.0/8')).toEqual(['0,2 equal']);
  });

  it('lists each group with every group around it', () => {
    expect(rowsOf('10.0.0.0/16', '10.0.1.0/24', '10.0.1.128/25')).toEqual(['0 > 1', '1 > 2', '0 > 2']);
    expect(rowsOf('10.0.0.0/24', '10.0.1.0/24')).toEqual([]);
    expect(rowsOf('10.0.0.0/24', '0.0.0.0/0', '192.168.0.0/16')).toEqual(['1 > 0', '1 > 2']);
    expect(rowsOf('2001:db8:1::/48', '2001:db8::/32', 'fd00::/8', '2001:db8:1::/48')).toEqual([
      '0,3 equal',
      '1 > 0,3',
    ]);
  });

  it('of nothing is nothing', () => {
    expect(rowsOf()).toEqual([]);
    expect(sweepOf([]).groups).toBe(0);
  });

  it.each(TOY_SPACES)('has in %s the pairs that comparing each with each finds', (space) => {
    fc.assert(
      fc.property(fc.array(prefixIn(space), { minLength: 1, maxLength: 40 }), (prefixes) => {
        expect(pairsOf(prefixes)).toEqual(overlapPairs(prefixes));
      }),
      { seed: 5, numRuns: 200 },
    );
  });

  it('keeps to them where the sort is another one, from 4,096 prefixes on', () => {
    const prefixes = fc
      .sample(prefixIn(TOY_SPACES[0]!), { seed: 6, numRuns: 1200 })
      .flatMap((prefix) => [prefix, prefix, prefix, prefix]);
    expect(countOf(prefixes)).toBe(overlapPairs(prefixes).length);
  });
});

function pairsOf(prefixes: readonly Prefix[]): string[] {
  const sweep = sweepOf(prefixes);
  const pairs: string[] = [];
  sweep.visit((outer, inner) => {
    for (const i of sweep.members(outer))
      for (const j of sweep.members(inner))
        if (outer !== inner || i < j) pairs.push(i < j ? `${i} ${j}` : `${j} ${i}`);
  });
  return pairs.sort();
}

function countOf(prefixes: readonly Prefix[]): number {
  const sweep = sweepOf(prefixes);
  let count = 0;
  sweep.visit((outer, inner) => {
    const [a, b] = [sweep.sizeOf(outer), sweep.sizeOf(inner)];
    count += outer === inner ? (a * (a - 1)) / 2 : a * b;
  });
  return count;
}
