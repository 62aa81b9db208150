import fc from 'fast-check';
import { Prefix } from '../prefix.js';
import {
  AWS_RULES,
  mayAssociate,
  Quotas,
  type PeeringStatus,
  type TableRoute,
  type VpcBlock,
} from './index.js';

const p = (text: string) => Prefix.must(text);
const vpc = (...cidrs: string[]): VpcBlock[] => cidrs.map((cidr) => ({ cidr: p(cidr), state: 'associated' }));
const verdict = (existing: string[], candidate: string) =>
  mayAssociate(vpc(...existing), p(candidate)).verdict;
const rulesOf = ({ reasons }: { reasons: readonly { rule: string }[] }) => reasons.map(({ rule }) => rule);

describe('A block of a VPC', () => {
  it.each([
    [['10.0.0.0/16'], '10.1.0.0/16', 'ALLOWED'],
    [['10.1.0.0/16'], '10.0.0.0/24', 'REFUSED'],
    [['10.2.0.0/16'], '10.0.0.0/24', 'ALLOWED'],
    [['10.0.0.0/24'], '10.0.1.0/24', 'REFUSED'],
    [['10.2.0.0/16'], '172.16.0.0/24', 'REFUSED'],
    [['10.2.0.0/16'], '100.64.0.0/16', 'ALLOWED'],
    [['10.2.0.0/16'], '198.19.1.0/24', 'REFUSED'],
    [['172.16.0.0/16'], '172.31.0.0/20', 'REFUSED'],
    [['172.31.0.0/16'], '172.30.0.0/16', 'ALLOWED'],
    [['100.64.0.0/16'], '10.0.0.0/16', 'REFUSED'],
    [['192.168.0.0/24'], '8.8.8.0/24', 'ALLOWED'],
    [['10.2.0.0/16'], '10.4.0.0/15', 'REFUSED'],
    [['10.2.0.0/16'], '10.4.0.0/29', 'REFUSED'],
  ])('beside %j: %s is %s', (existing, candidate, expected) => {
    expect(verdict(existing, candidate)).toBe(expected);
  });

  it.each([
    [['192.168.0.0/24'], '192.168.1.0/24', 'ALLOWED'],
    [['192.168.0.0/24'], '10.0.0.0/24', 'REFUSED'],
    [['192.168.0.0/24'], '172.16.0.0/24', 'REFUSED'],
    [['192.168.0.0/24'], '198.19.0.0/24', 'REFUSED'],
    [['172.16.0.0/16'], '10.0.0.0/24', 'REFUSED'],
    [['172.16.0.0/16'], '192.168.0.0/24', 'REFUSED'],
    [['172.16.0.0/16'], '100.64.0.0/24', 'ALLOWED'],
    [['10.2.0.0/16'], '192.168.0.0/24', 'REFUSED'],
    [['10.2.0.0/16'], '8.8.8.0/24', 'ALLOWED'],
    [['198.19.0.0/16'], '192.168.0.0/24', 'REFUSED'],
    [['198.19.0.0/16'], '8.8.8.0/24', 'ALLOWED'],
    [['198.19.0.0/16'], '100.64.0.0/24', 'ALLOWED'],
    [['8.8.8.0/24'], '10.0.0.0/24', 'REFUSED'],
    [['8.8.8.0/24'], '198.19.0.0/24', 'REFUSED'],
    [['8.8.8.0/24'], '9.9.9.0/24', 'ALLOWED'],
    [['8.8.8.0/24'], '100.127.0.0/16', 'ALLOWED'],
    [['100.64.0.0/16'], '100.65.0.0/16', 'ALLOWED'],
    [['100.64.0.0/16'], '198.19.0.0/24', 'REFUSED'],
    // every row of every block counts
    [['10.2.0.0/16', '10.1.0.0/24'], '10.0.7.0/24', 'REFUSED'],
  ])('row by row, beside %j: %s is %s', (existing, candidate, expected) => {
    expect(verdict(existing, candidate)).toBe(expected);
  });

  it('comes first as RFC 1918, then as 100.64.0.0/10, and not the other way round', () => {
    expect(verdict(['10.2.0.0/16'], '100.64.0.0/16')).toBe('ALLOWED');
    expect(verdict(['100.64.0.0/16'], '10.2.0.0/16')).toBe('REFUSED');
    expect(verdict(['100.64.0.0/16', '10.2.0.0/16'], '10.3.0.0/16')).toBe('REFUSED');
  });

  it('is for AWS to decide where the primary block permits what a later one restricts', () => {
    const existing = vpc('10.2.0.0/16', '100.64.0.0/16');
    const judged = mayAssociate(existing, p('10.3.0.0/16'));
    expect(judged.verdict).toBe('AWS_DECIDES');
    expect(judged.reasons[0]!.message).toBe(
      'beside a block of 100.64.0.0/10 (100.64.0.0/16) nothing of 10.0.0.0/8 may be added, ' +
        'but the primary block 10.2.0.0/16 permits it',
    );
    for (const answer of ['ALLOWED', 'REFUSED'] as const) {
      const settled = { PRIMARY_PERMITS_LATER_RESTRICTS: answer };
      expect(mayAssociate(existing, p('10.3.0.0/16'), { settled }).verdict).toBe(answer);
    }
    expect(verdict(['10.2.0.0/16', '100.64.0.0/16'], '172.16.0.0/16')).toBe('REFUSED');
  });

  it.each([
    [[], '198.18.0.0/16'],
    [[], '240.0.0.0/16'],
    [['10.2.0.0/16'], '198.18.0.0/24'],
    [['10.2.0.0/16'], '203.0.113.0/24'],
    [['10.2.0.0/16'], '255.1.0.0/16'],
    [['8.8.8.0/24'], '192.0.0.0/16'],
    [['198.18.0.0/24'], '8.8.8.0/24'],
    [['198.19.0.0/24'], '198.19.1.0/24'],
  ])('is for AWS to decide in ranges that no row names: beside %j, %s', (existing, candidate) => {
    expect(verdict(existing, candidate)).toBe('AWS_DECIDES');
    const settled = { UNNAMED_RANGE: 'ALLOWED' } as const;
    expect(mayAssociate(vpc(...existing), p(candidate), { settled }).verdict).toBe('ALLOWED');
  });

  it.each(['0.0.0.0/16', '127.0.0.0/16', '169.254.0.0/24', '224.0.0.0/16', '239.1.0.0/16'])(
    'is never %s',
    (candidate) => {
      const judged = mayAssociate([], p(candidate));
      expect(judged.verdict).toBe('REFUSED');
      expect(rulesOf(judged)).toEqual(['block.never-allowed']);
      expect(judged.reasons[0]!.source).toBe(
        'https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html',
      );
    },
  );

  it('is allowed with a warning in 172.17.0.0/16', () => {
    const judged = mayAssociate([], p('172.17.4.0/24'));
    expect(judged.verdict).toBe('ALLOWED');
    expect(judged.warnings.map(({ rule }) => rule)).toEqual(['block.advised-against']);
    expect(mayAssociate([], p('172.18.0.0/16')).warnings).toEqual([]);
  });

  it.each([
    ['2600:1f00::/44', 'ALLOWED'],
    ['2600:1f00::/48', 'ALLOWED'],
    ['2600:1f00::/56', 'ALLOWED'],
    ['2600:1f00::/60', 'ALLOWED'],
    ['2600:1f00::/40', 'REFUSED'],
    ['2600:1f00::/50', 'REFUSED'],
    ['2600:1f00::/64', 'REFUSED'],
  ])('of IPv6, %s is %s', (candidate, expected) => {
    expect(verdict(['10.2.0.0/16', '2600:1f01::/56'], candidate)).toBe(expected);
  });

  it('overlaps none that still takes its place', () => {
    const states = [
      'associating',
      'associated',
      'disassociating',
      'failing',
      'disassociated',
      'failed',
    ] as const;
    const verdicts = states.map(
      (state) =>
        mayAssociate([...vpc('10.2.0.0/16'), { cidr: p('10.3.0.0/16'), state }], p('10.3.4.0/24')).verdict,
    );
    expect(verdicts).toEqual(['REFUSED', 'REFUSED', 'REFUSED', 'REFUSED', 'ALLOWED', 'ALLOWED']);
  });

  it('says all that stands against it', () => {
    const judged = mayAssociate(vpc('10.1.0.0/16'), p('10.0.0.0/15'));
    expect(rulesOf(judged)).toEqual(['block.size', 'block.overlap', 'block.association']);
  });
});

describe('The number of blocks', () => {
  const five = vpc('10.2.0.0/16', '10.3.0.0/16', '10.4.0.0/16', '10.5.0.0/16', '10.6.0.0/16');

  it('is held to the quota of its family, in the account and region', () => {
    const judged = mayAssociate(five, p('10.7.0.0/16'));
    expect(judged).toMatchObject({ verdict: 'REFUSED', reasons: [{ rule: 'quota' }] });
    expect(judged.reasons[0]!.message).toBe(
      'the VPC would have 6; the quota of IPv4 blocks per VPC is 5 by default and can be raised to 50 (L-83CA0A9D)',
    );
    expect(mayAssociate(five, p('2600:1f00::/56')).verdict).toBe('ALLOWED');
    expect(mayAssociate(five.slice(1), p('10.7.0.0/16')).verdict).toBe('ALLOWED');

    const quotas = new Quotas([
      { account: '111122223333', region: 'eu-west-1', quota: 'ipv4Blocks', value: 6 },
    ]);
    const there = quotas.effective('111122223333', 'eu-west-1');
    const elsewhere = quotas.effective('111122223333', 'eu-central-1');
    expect(mayAssociate(five, p('10.7.0.0/16'), { limits: there }).verdict).toBe('ALLOWED');
    expect(mayAssociate(five, p('10.7.0.0/16'), { limits: elsewhere }).verdict).toBe('REFUSED');
  });

  it('comes from the rules, not from the code', () => {
    const rules = {
      ...AWS_RULES,
      quotas: { ...AWS_RULES.quotas, ipv4Blocks: { ...AWS_RULES.quotas.ipv4Blocks, default: 9 } },
    };
    expect(mayAssociate(five, p('10.7.0.0/16'), { rules }).verdict).toBe('ALLOWED');
  });
});

describe('Routes of the VPC', () => {
  const route = (destination: string, target: string, kind: TableRoute['kind'] = 'static'): TableRoute => ({
    table: 'rtb-1',
    destination: p(destination),
    kind,
    target,
  });
  const existing = vpc('10.2.0.0/16');
  const routes = [route('10.2.0.0/16', 'local', 'local'), route('10.0.0.0/24', 'vgw-1', 'vpn_bgp')];

  it.each([
    ['10.0.0.0/24', 'REFUSED'],
    ['10.0.0.0/16', 'REFUSED'],
    ['10.0.0.0/25', 'ALLOWED'],
    ['10.0.0.128/28', 'ALLOWED'],
    ['10.0.1.0/24', 'ALLOWED'],
  ])('with 10.0.0.0/24 to a gateway, %s is %s', (candidate, expected) => {
    const judged = mayAssociate(existing, p(candidate), { routes });
    expect(judged.verdict).toBe(expected);
    if (expected === 'REFUSED') expect(rulesOf(judged)).toEqual(['block.route']);
  });

  it('count with the entries of prefix lists', () => {
    const list = {
      list: 'pl-1',
      name: null,
      family: 4,
      maxEntries: 10,
      entries: [p('10.9.0.0/24')],
    } as const;
    const through: TableRoute = { table: 'rtb-1', destination: list, kind: 'prefix_list', target: 'tgw-1' };
    expect(mayAssociate(existing, p('10.9.0.0/16'), { routes: [through] }).verdict).toBe('REFUSED');
    expect(mayAssociate(existing, p('10.9.0.0/25'), { routes: [through] }).verdict).toBe('ALLOWED');
  });

  it('leave room for the local route that a block adds to every table', () => {
    const candidate = p('10.3.0.0/16');
    expect(mayAssociate(existing, candidate, { routes, limits: { routes: 2 } }).verdict).toBe('ALLOWED');
    expect(mayAssociate(existing, candidate, { routes, limits: { routes: 1 } })).toMatchObject({
      verdict: 'REFUSED',
      reasons: [{ rule: 'quota' }],
    });
  });
});

describe('Peerings of the VPC', () => {
  const judge = (status: PeeringStatus, side: 'requester' | 'accepter', candidate: string) =>
    mayAssociate(vpc('10.2.0.0/16'), p(candidate), {
      peerings: [{ id: 'pcx-1', status, side, peerBlocks: [p('10.8.0.0/16')] }],
    });

  it.each([
    ['active', 'requester', '10.8.4.0/24', 'REFUSED'],
    ['active', 'accepter', '10.8.4.0/24', 'REFUSED'],
    ['active', 'requester', '10.9.0.0/16', 'ALLOWED'],
    ['pending-acceptance', 'requester', '10.8.4.0/24', 'REFUSED'],
    ['pending-acceptance', 'requester', '10.9.0.0/16', 'REFUSED'],
    ['pending-acceptance', 'accepter', '10.8.4.0/24', 'ALLOWED'],
    ['pending-acceptance', 'accepter', '10.9.0.0/16', 'ALLOWED'],
    ['provisioning', 'accepter', '10.8.4.0/24', 'AWS_DECIDES'],
    ['provisioning', 'accepter', '10.9.0.0/16', 'ALLOWED'],
    ['initiating-request', 'requester', '10.9.0.0/16', 'AWS_DECIDES'],
    ['deleted', 'requester', '10.8.4.0/24', 'ALLOWED'],
    ['rejected', 'requester', '10.8.4.0/24', 'ALLOWED'],
    ['expired', 'requester', '10.8.4.0/24', 'ALLOWED'],
    ['failed', 'requester', '10.8.4.0/24', 'ALLOWED'],
  ] as const)('%s, as %s: %s is %s', (status, side, candidate, expected) => {
    expect(judge(status, side, candidate).verdict).toBe(expected);
  });

  it('warn the accepter that the request will fail', () => {
    const { warnings } = judge('pending-acceptance', 'accepter', '10.8.4.0/24');
    expect(warnings.map(({ message }) => message)).toEqual([
      'pcx-1 is pending-acceptance, whose other side has 10.8.0.0/16: the peering request will fail and cannot be accepted',
    ]);
    expect(judge('pending-acceptance', 'accepter', '10.9.0.0/16').warnings).toEqual([]);
  });

  it('are joined by the VPCs of the same Direct Connect gateway', () => {
    const directConnectPeers = [{ id: 'vpc-2', blocks: [p('10.8.0.0/16')] }];
    const judged = mayAssociate(vpc('10.2.0.0/16'), p('10.8.0.0/24'), { directConnectPeers });
    expect(judged).toMatchObject({ verdict: 'REFUSED', reasons: [{ rule: 'block.direct-connect' }] });
    expect(mayAssociate(vpc('10.2.0.0/16'), p('10.9.0.0/24'), { directConnectPeers }).verdict).toBe(
      'ALLOWED',
    );
  });
});

describe('A verdict', () => {
  const cidr = fc
    .record({ word: fc.integer({ min: 0, max: 0xffffffff }), length: fc.integer({ min: 14, max: 30 }) })
    .map(({ word, length }) => ofWord(word, length));
  const near = fc.oneof(
    cidr,
    ...['10.0.0.0/14', '172.16.0.0/12', '192.168.0.0/16', '198.18.0.0/15', '100.64.0.0/10'].map((range) =>
      cidr.map((each) => inside(p(range), each)),
    ),
  );

  it('always has reasons, and more blocks never make it milder', () => {
    const rank = { ALLOWED: 0, AWS_DECIDES: 1, REFUSED: 2 };
    fc.assert(
      fc.property(fc.array(near, { minLength: 1, maxLength: 4 }), near, near, (existing, more, candidate) => {
        const limits = { ipv4Blocks: 50 };
        const blocks = existing.map((each): VpcBlock => ({ cidr: each, state: 'associated' }));
        const before = mayAssociate(blocks, candidate, { limits });
        const after = mayAssociate([...blocks, { cidr: more, state: 'associated' }], candidate, { limits });
        expect(before.reasons.length).toBeGreaterThan(0);
        expect(rank[after.verdict]).toBeGreaterThanOrEqual(rank[before.verdict]);
      }),
    );
  });
});

function ofWord(word: number, length: number): Prefix {
  const octets = [24, 16, 8, 0].map((shift) => (word >>> shift) & 255).join('.');
  return Prefix.of(p(`${octets}/32`).address, length);
}

function inside(range: Prefix, cidr: Prefix): Prefix {
  const host = Number(cidr.address.value) % Number(range.size);
  const length = Math.max(cidr.length, range.length);
  return ofWord(Number(range.address.value) + host, length);
}
