import fc from 'fast-check';
import { Address, Prefix, PrefixSet } from '../../../address/index.js';
import type { Allocation } from './allocation.js';
import { contentsOf, reasonsOf } from './contents.js';
import { type Block } from './pool.js';

const p = (text: string): Prefix => Prefix.must(text);
const live = (cidr: Prefix): Allocation => ({ cidr, id: 1 }) as Allocation;
const text = (blocks: readonly { cidr: Prefix; state: string }[]): string[] =>
  blocks.map(({ cidr, state }) => `${cidr} ${state}`);

it('shows what is live and free, and calls blocked what is neither', () => {
  const blocks = contentsOf(
    [p('10.0.0.0/24'), p('10.0.2.0/24')],
    Address.must('10.0.0.0'),
    [live(p('10.0.0.64/26'))],
    [p('10.0.0.128/25'), p('10.0.2.0/25')],
    null,
  );
  expect(text(blocks)).toEqual([
    '10.0.0.0/26 BLOCKED',
    '10.0.0.64/26 LIVE',
    '10.0.0.128/25 FREE',
    '10.0.2.0/25 FREE',
    '10.0.2.128/25 BLOCKED',
  ]);
});

it('begins in the middle, stops where it is told to, and reaches the last address there is', () => {
  const pool = [p('255.255.255.0/24')];
  const all = [live(p('255.255.255.128/26')), live(p('255.255.255.255/32'))];
  expect(text(contentsOf(pool, Address.must('255.255.255.192'), all.slice(1), [], null))).toEqual([
    ...['255.255.255.192/27', '255.255.255.224/28', '255.255.255.240/29', '255.255.255.248/30'].map(
      (cidr) => `${cidr} BLOCKED`,
    ),
    '255.255.255.252/31 BLOCKED',
    '255.255.255.254/32 BLOCKED',
    '255.255.255.255/32 LIVE',
  ]);
  const until = Address.must('255.255.255.191');
  expect(text(contentsOf(pool, Address.must('255.255.255.128'), all, [], until))).toEqual([
    '255.255.255.128/26 LIVE',
  ]);
});

it('covers every address of a pool once, as marking each address on a list does', () => {
  const toy = fc.record({
    cidrs: fc.uniqueArray(fc.nat({ max: 7 }), { minLength: 1, maxLength: 4 }),
    marks: fc.array(
      fc.record({ at: fc.nat({ max: 63 }), bits: fc.nat({ max: 3 }), kind: fc.nat({ max: 1 }) }),
    ),
    from: fc.nat({ max: 63 }),
  });
  fc.assert(
    fc.property(toy, ({ cidrs, marks, from }) => {
      const addressOf = (n: number): Address => Address.of(4, 0x0a000000n + BigInt(n));
      const pools = [...cidrs].sort((a, b) => a - b).map((n) => Prefix.of(addressOf(n * 8), 29));
      const taken = new Array<string | null>(64).fill(null);
      const placed = { LIVE: [] as Prefix[], FREE: [] as Prefix[] };
      for (const { at, bits, kind } of marks) {
        const cidr = Prefix.of(addressOf(at), 32 - bits);
        const first = Number(cidr.first.value - 0x0a000000n);
        const cells = Array.from({ length: 2 ** bits }, (_, i) => first + i);
        if (first < from || !pools.some((pool) => pool.contains(cidr))) continue;
        if (cells.some((cell) => taken[cell] !== null)) continue;
        const state = kind === 0 ? 'LIVE' : 'FREE';
        placed[state].push(cidr);
        for (const cell of cells) taken[cell] = state;
      }
      const inOrder = (list: Prefix[]): Prefix[] => list.sort((a, b) => a.compare(b));
      const blocks = contentsOf(
        pools,
        addressOf(from),
        inOrder(placed.LIVE).map(live),
        inOrder(placed.FREE),
        null,
      );
      const shown = new Array<string | null>(64).fill(null);
      for (const { cidr, state } of blocks) {
        for (
          let cell = Number(cidr.first.value - 0x0a000000n);
          cell <= Number(cidr.last.value - 0x0a000000n);
          cell++
        ) {
          expect(shown[cell]).toBeNull();
          shown[cell] = state;
        }
      }
      const inPool = (cell: number): boolean => cell >= from && cidrs.includes(Math.floor(cell / 8));
      const expected = taken.map((state, cell) => (inPool(cell) ? (state ?? 'BLOCKED') : null));
      expect(shown).toEqual(expected);
      const sorted = [...blocks].sort((a, b) => a.cidr.compare(b.cidr));
      expect(text(blocks)).toEqual(text(sorted));
      expect(PrefixSet.of(blocks.map(({ cidr }) => cidr)).size()).toBe(
        BigInt(shown.filter((state) => state !== null).length),
      );
    }),
    { seed: 3, numRuns: 500 },
  );
});

it('names each reason of what touches a piece once', () => {
  const block = (cidr: string, reason: Block['reason']): Block => ({
    poolCidrId: 1,
    cidr: p(cidr),
    reason,
    subject: cidr,
  });
  const blocks = [
    block('10.0.0.0/24', 'observed'),
    block('10.0.0.0/25', 'excluded'),
    block('10.0.0.0/26', 'observed'),
    block('10.1.0.0/24', 'growth'),
  ];
  expect(reasonsOf(p('10.0.0.0/25'), blocks)).toEqual(['excluded', 'observed']);
});
