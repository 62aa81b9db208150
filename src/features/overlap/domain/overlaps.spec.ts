import fc from 'fast-check';
import { prefixIn, TOY_SPACES } from '../../../../test/golden/toy-space.js';
import { networkOf } from '../../../../test/support/networks.js';
import { Prefix } from '../../../address/index.js';
import type { Network } from '../../inventory/index.js';
import { conflictPairs, OVERLAP_CLASSES, type Overlap, overlapsOf } from './overlaps.js';
import { Reach } from './reach.js';

const p = Prefix.must;
const NOBODY = Reach.of([]);
const peered = (from: number, to: number) => Reach.of([{ from, to, how: 'PEERING', resource: 'pcx-1' }]);
const told = (overlaps: readonly Overlap[]) => overlaps.map((one) => `${one.class} ${one.subject}`);
const idsOf = (networks: readonly Network[]) => networks.map(({ id }) => id);

describe('overlapsOf', () => {
  it('puts 300 default VPCs into one row', () => {
    const networks = Array.from({ length: 300 }, (_, i) => networkOf(`vpc-${i}`, i, '172.31.0.0/16'));
    const [row, ...rest] = overlapsOf(networks, NOBODY, []);
    expect(rest).toEqual([]);
    expect(row).toMatchObject({ subject: '172.31.0.0/16', class: 'LATENT', innerNetworks: [] });
    expect(row!.outerNetworks).toHaveLength(300);
  });

  it('takes the worst class of the pairs, and lists conflicts with how they come together', () => {
    const networks = [
      networkOf('vpc-a', 1, '10.0.0.0/16'),
      networkOf('vpc-b', 2, '10.0.0.0/16'),
      networkOf('vpc-c', 3, '10.0.0.0/16'),
    ];
    const reach = peered(1, 3);
    const [row] = overlapsOf(networks, reach, [p('10.0.0.0/8')]);
    expect(row!.class).toBe('CONFLICT');
    const pairs = [...conflictPairs(row!, reach)];
    expect(pairs.map(({ a, b, via }) => [a.id, b.id, via])).toEqual([
      ['vpc-a', 'vpc-c', [{ how: 'PEERING', resource: 'pcx-1' }]],
    ]);
    expect(told(overlapsOf(networks, peered(1, 9), [p('10.0.0.0/8')]))).toEqual([
      'DUPLICATE_GLOBAL 10.0.0.0/16',
    ]);
  });

  it('takes two networks of one routing domain for a conflict, and one network with itself for nothing', () => {
    const both = [networkOf('vpc-a', 1, '10.0.0.0/16'), networkOf('vpc-b', 1, '10.0.1.0/24')];
    const [row] = overlapsOf(both, NOBODY, []);
    expect(row).toMatchObject({ subject: '10.0.0.0/16>10.0.1.0/24', class: 'CONFLICT' });
    expect([...conflictPairs(row!, NOBODY)].map(({ via }) => via)).toEqual([[]]);
    expect(overlapsOf([networkOf('site', 1, '10.0.0.0/8', '10.1.0.0/16')], NOBODY, [])).toEqual([]);
  });

  it('lists the worst first, then by address, IPv4 before IPv6', () => {
    const networks = [
      networkOf('vpc-a', 1, '10.0.0.0/8', '192.168.0.0/16', 'fd00::/48'),
      networkOf('vpc-b', 2, '10.2.0.0/16', '192.168.0.0/16', 'fd00::/48'),
      networkOf('vpc-c', 3, '10.1.0.0/16', '192.168.4.0/24'),
    ];
    expect(told(overlapsOf(networks, peered(1, 2), [p('192.168.0.0/20')]))).toEqual([
      'CONFLICT 10.0.0.0/8>10.2.0.0/16',
      'CONFLICT 192.168.0.0/16',
      'CONFLICT fd00::/48',
      'DUPLICATE_GLOBAL 192.168.0.0/16>192.168.4.0/24',
      'LATENT 10.0.0.0/8>10.1.0.0/16',
    ]);
  });

  it('says of random networks what comparing each pair says', () => {
    const world = fc.record({
      networks: fc.array(
        fc.record({
          domain: fc.integer({ min: 1, max: 5 }),
          cidrs: fc.array(prefixIn(TOY_SPACES[0]!), { maxLength: 3 }),
        }),
        { maxLength: 10 },
      ),
      links: fc.array(fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 })), {
        maxLength: 2,
      }),
      global: fc.array(prefixIn(TOY_SPACES[0]!), { maxLength: 2 }),
    });
    fc.assert(
      fc.property(world, ({ networks, links, global }) => {
        const all = networks.map(({ domain, cidrs }, i) =>
          networkOf(`vpc-${i}`, domain, ...new Set(cidrs.map(String))),
        );
        const reach = Reach.of(
          links
            .filter(([a, b]) => a !== b)
            .map(([from, to]) => ({ from, to, how: 'DECLARED', resource: 'link_1' })),
        );
        const rows = overlapsOf(all, reach, global);
        expect(new Map(rows.map((one) => [one.subject, one.class]))).toEqual(
          classesByPairs(all, reach, global),
        );
        expect(rows.map(({ class: c }) => OVERLAP_CLASSES.indexOf(c))).toEqual(
          rows.map(({ class: c }) => OVERLAP_CLASSES.indexOf(c)).sort((a, b) => a - b),
        );
        for (const row of rows) {
          expect([...conflictPairs(row, reach)].length > 0).toBe(row.class === 'CONFLICT');
          expect(idsOf(row.outerNetworks)).toEqual(idsOf(row.outerNetworks).sort());
        }
      }),
      { seed: 7, numRuns: 300 },
    );
  });
});

function classesByPairs(networks: readonly Network[], reach: Reach, global: readonly Prefix[]) {
  const worst = new Map<string, string>();
  for (const a of networks)
    for (const b of networks)
      for (const outer of a.cidrs)
        for (const inner of b.cidrs) {
          if (a.id === b.id || !outer.contains(inner)) continue;
          const subject = outer.equals(inner) ? `${outer}` : `${outer}>${inner}`;
          const joined =
            a.routingDomainId === b.routingDomainId || reach.connects(a.routingDomainId, b.routingDomainId);
          const found = joined
            ? 'CONFLICT'
            : global.some((one) => one.contains(inner))
              ? 'DUPLICATE_GLOBAL'
              : 'LATENT';
          const known = worst.get(subject);
          if (!known || OVERLAP_CLASSES.indexOf(found) < OVERLAP_CLASSES.indexOf(known as 'LATENT'))
            worst.set(subject, found);
        }
  return worst;
}
