import { Prefix } from '../prefix.js';
import {
  advertisedPrefixes,
  type ConnectionEnd,
  mayAllowPrefixes,
  mayAttach,
  mayPeer,
  type Unreachable,
  wouldConnect,
} from './index.js';

const p = (text: string) => Prefix.must(text);
const end = (id: string, blocks: string[], more: Partial<ConnectionEnd> = {}): ConnectionEnd => ({
  id,
  blocks: blocks.map(p),
  ...more,
});

describe('A peering', () => {
  it('is refused for any overlap of any two blocks, used or not', () => {
    const a = end('vpc-a', ['10.0.0.0/16', '100.64.0.0/16', '2600:1f00::/56']);
    expect(mayPeer(a, end('vpc-b', ['10.1.0.0/16', '2600:1f00:0:100::/56'])).verdict).toBe('ALLOWED');
    expect(mayPeer(a, end('vpc-b', ['10.1.0.0/16', '100.64.9.0/24'])).verdict).toBe('REFUSED');
    expect(mayPeer(a, end('vpc-b', ['10.1.0.0/16', '2600:1f00::/56'])).verdict).toBe('REFUSED');
    const judged = mayPeer(a, end('vpc-b', ['10.0.0.0/15', '100.64.9.0/24']));
    expect(judged.reasons.map(({ message }) => message)).toEqual([
      'vpc-a has 10.0.0.0/16, vpc-b has 10.0.0.0/15; no two blocks of peers may overlap',
      'vpc-a has 100.64.0.0/16, vpc-b has 100.64.9.0/24; no two blocks of peers may overlap',
    ]);
  });

  it('is held to the quotas of both sides', () => {
    const a = end('vpc-a', ['10.0.0.0/16'], { activePeerings: 49, pendingPeerings: 24 });
    const b = end('vpc-b', ['10.1.0.0/16'], { activePeerings: 50 });
    expect(mayPeer(a, end('vpc-b', ['10.1.0.0/16'], { activePeerings: 49 })).verdict).toBe('ALLOWED');
    expect(mayPeer(a, b)).toMatchObject({ verdict: 'REFUSED', reasons: [{ rule: 'quota' }] });
    expect(mayPeer(a, { ...b, limits: { activePeerings: 125 } }).verdict).toBe('ALLOWED');
    expect(mayPeer({ ...a, pendingPeerings: 25 }, end('vpc-b', ['10.1.0.0/16'])).verdict).toBe('REFUSED');
  });

  it('is held to the units of all peers in the region', () => {
    const a = end('vpc-a', ['10.0.0.0/16'], {
      region: 'r1',
      addressUsage: 40_000,
      peeredAddressUsage: 100_000,
    });
    const b = end('vpc-b', ['10.1.0.0/16'], { region: 'r1', addressUsage: 28_000 });
    expect(mayPeer(a, b).verdict).toBe('ALLOWED');
    expect(mayPeer(a, { ...b, addressUsage: 28_001 }).verdict).toBe('REFUSED');
    expect(mayPeer(a, { ...b, addressUsage: 28_001, region: 'r2' }).verdict).toBe('ALLOWED');
  });
});

describe('An attachment to a transit gateway', () => {
  const gateway = { id: 'tgw-1', attached: [end('vpc-a', ['10.0.0.0/16'])] };

  it('succeeds in spite of an overlap, and says what that means', () => {
    expect(mayAttach(gateway, end('vpc-b', ['10.1.0.0/16'])).warnings).toEqual([]);
    const judged = mayAttach(gateway, end('vpc-b', ['10.0.4.0/24', '10.7.0.0/16']));
    expect(judged.verdict).toBe('ALLOWED');
    expect(judged.warnings.map(({ message }) => message)).toEqual([
      'vpc-a has 10.0.0.0/16, vpc-b has 10.0.4.0/24: the routes of vpc-b will not be propagated',
    ]);
  });

  it('is made once, and within the quotas', () => {
    expect(mayAttach(gateway, end('vpc-a', ['10.0.0.0/16']))).toMatchObject({
      verdict: 'REFUSED',
      reasons: [{ rule: 'attachment.once' }],
      warnings: [],
    });
    const b = end('vpc-b', ['10.1.0.0/16']);
    expect(mayAttach({ ...gateway, attachments: 5_000 }, b).verdict).toBe('REFUSED');
    expect(
      mayAttach({ ...gateway, attachments: 5_000, limits: { transitGatewayAttachments: 6_000 } }, b).verdict,
    ).toBe('ALLOWED');
    const five = ['tgw-2', 'tgw-3', 'tgw-4', 'tgw-5', 'tgw-6'];
    expect(mayAttach(gateway, { ...b, transitGateways: five }).verdict).toBe('REFUSED');
  });
});

describe('Connecting two networks', () => {
  const a = end('vpc-a', ['10.0.0.0/16', '100.64.0.0/24']);
  const b = end('vpc-b', ['10.0.4.0/24', '10.7.0.0/16']);
  const site = end('site', ['10.0.0.0/12'], { kind: 'external_network' });
  const text = (unreachable: readonly Unreachable[]) =>
    unreachable.map(
      ({ from, to, cidr, reason, mendable }) =>
        `${from} to ${to} ${cidr} ${reason.rule}${mendable ? ' mendable' : ''}`,
    );

  it('leaves nothing out where nothing overlaps', () => {
    for (const kind of ['vpc_peering', 'transit_gateway', 'vpn', 'direct_connect_gateway'] as const) {
      const { judgement, ...rest } = wouldConnect(a, end('vpc-c', ['10.9.0.0/16']), kind);
      expect(judgement).toMatchObject({ verdict: 'ALLOWED', warnings: [] });
      expect(rest).toEqual({ overlaps: [], unreachable: [], alternatives: [] });
    }
  });

  it('by peering is refused as a whole', () => {
    const { judgement, overlaps, unreachable } = wouldConnect(a, b, 'vpc_peering');
    expect(judgement.verdict).toBe('REFUSED');
    expect(overlaps.map(({ shared }) => shared.toString())).toEqual(['10.0.4.0/24']);
    expect(text(unreachable)).toEqual([
      'vpc-a to vpc-b 10.0.4.0/24 peering.overlap',
      'vpc-a to vpc-b 10.7.0.0/16 peering.overlap',
      'vpc-b to vpc-a 10.0.0.0/16 peering.overlap',
      'vpc-b to vpc-a 100.64.0.0/24 peering.overlap',
    ]);
  });

  it('by transit gateway succeeds, and the VPC attached last is cut off without a word', () => {
    const { judgement, unreachable } = wouldConnect(a, b, 'transit_gateway');
    expect(judgement.verdict).toBe('ALLOWED');
    expect(judgement.warnings).toHaveLength(1);
    const lines = text(unreachable);
    expect(lines.slice(0, 3)).toEqual([
      'vpc-a to vpc-b 10.0.4.0/24 route.local',
      'vpc-b to vpc-a 10.0.4.0/24 route.local',
      'vpc-a to vpc-b 10.7.0.0/16 attachment.overlap mendable',
    ]);
    expect(lines).toContain('vpc-b to vpc-a 100.64.0.0/24 attachment.overlap mendable');
    expect(lines).toContain('vpc-b to vpc-a 10.0.128.0/17 attachment.overlap mendable');
  });

  it('by VPN each side keeps what it has itself', () => {
    for (const kind of ['vpn', 'transit_gateway'] as const) {
      const { judgement, unreachable } = wouldConnect(b, site, kind);
      expect(judgement.verdict).toBe('ALLOWED');
      expect(judgement.warnings.map(({ rule }) => rule)).toEqual(['vpn.overlap', 'vpn.overlap']);
      expect(text(unreachable)).toEqual([
        'vpc-b to site 10.0.4.0/24 route.local',
        'vpc-b to site 10.7.0.0/16 route.local',
        'site to vpc-b 10.0.4.0/24 route.local mendable',
        'site to vpc-b 10.7.0.0/16 route.local mendable',
      ]);
    }
  });

  it('by one Direct Connect gateway is refused', () => {
    expect(wouldConnect(a, b, 'direct_connect_gateway')).toMatchObject({
      judgement: { verdict: 'REFUSED', reasons: [{ rule: 'direct-connect.overlap' }] },
    });
  });

  it('names what serves where only one side opens connections', () => {
    const serves = (x: ConnectionEnd, y: ConnectionEnd) =>
      wouldConnect(x, y, 'vpn').alternatives.map(
        ({ kind, from, serves: does }) => `${from} ${kind} ${does ? 'yes' : 'no'}`,
      );
    expect(serves(a, b)).toEqual([
      'vpc-a privatelink yes',
      'vpc-a vpc_lattice yes',
      'vpc-a private_nat yes',
      'vpc-b privatelink yes',
      'vpc-b vpc_lattice yes',
      'vpc-b private_nat yes',
    ]);
    expect(serves(b, site)).toEqual([
      'vpc-b privatelink yes',
      'vpc-b vpc_lattice no',
      'vpc-b private_nat yes',
      'site privatelink yes',
      'site vpc_lattice no',
      'site private_nat no',
    ]);
  });
});

describe('Allowed prefixes of a Direct Connect gateway', () => {
  const text = (prefixes: readonly Prefix[]) => prefixes.map(String);

  it('are a filter before a virtual private gateway', () => {
    const told = (allowed: string) =>
      text(advertisedPrefixes('vpn_gateway', [p('10.0.0.0/16')], [p(allowed)]));
    expect(told('10.0.0.0/15')).toEqual(['10.0.0.0/16']);
    expect(told('10.0.0.0/16')).toEqual(['10.0.0.0/16']);
    expect(told('10.0.0.0/24')).toEqual([]);
  });

  it('are told as they stand before a transit gateway', () => {
    const told = advertisedPrefixes('transit_gateway', [p('10.0.0.0/16')], [p('10.0.0.0/8')]);
    expect(text(told)).toEqual(['10.0.0.0/8']);
  });

  it('of different transit gateways do not overlap', () => {
    const of = (transitGateway: string, ...allowed: string[]) => ({
      transitGateway,
      allowed: allowed.map(p),
    });
    expect(mayAllowPrefixes([of('tgw-1', '10.0.0.0/8'), of('tgw-2', '172.16.0.0/12')]).verdict).toBe(
      'ALLOWED',
    );
    expect(mayAllowPrefixes([of('tgw-1', '10.0.0.0/8'), of('tgw-2', '10.1.0.0/16')]).verdict).toBe('REFUSED');
    expect(mayAllowPrefixes([of('tgw-1', '0.0.0.0/0')]).verdict).toBe('ALLOWED');
    expect(mayAllowPrefixes([of('tgw-1', '0.0.0.0/0'), of('tgw-2', '10.1.0.0/16')]).verdict).toBe('REFUSED');
    const many = of('tgw-1', ...[...p('10.0.0.0/16').subnets(24)].slice(0, 201).map(String));
    expect(mayAllowPrefixes([many]).verdict).toBe('REFUSED');
    expect(mayAllowPrefixes([many], { directConnectPrefixesOut: 300 }).verdict).toBe('ALLOWED');
  });
});
