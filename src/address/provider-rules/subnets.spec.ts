import fc from 'fast-check';
import { Prefix } from '../prefix.js';
import { AWS_RULES, fragmentation, mayHost, maySubnet, subnetCapacity, subnetUsage } from './index.js';

const p = (text: string) => Prefix.must(text);

describe('The capacity of a subnet', () => {
  it.each([
    [28, 11],
    [27, 27],
    [26, 59],
    [25, 123],
    [24, 251],
    [23, 507],
    [22, 1019],
    [21, 2043],
    [20, 4091],
    [19, 8187],
    [18, 16379],
    [17, 32763],
    [16, 65531],
  ])('of /%i is %i', (length, usable) => {
    const capacity = subnetCapacity(Prefix.of(p('10.0.0.0/8').address, length));
    expect(capacity.usable).toBe(BigInt(usable));
    expect(capacity.total).toBe(BigInt(usable) + 5n);
  });

  it('names what is reserved', () => {
    const text = (subnet: string) =>
      subnetCapacity(p(subnet)).reserved.map(({ address, purpose }) => `${address} ${purpose}`);
    expect(text('10.0.4.0/24')).toEqual([
      '10.0.4.0 network address',
      '10.0.4.1 VPC router',
      '10.0.4.2 DNS',
      '10.0.4.3 future use',
      '10.0.4.255 broadcast, which a VPC does not support',
    ]);
    expect(text('2600:1f00::/64')).toEqual([
      '2600:1f00:: reserved',
      '2600:1f00::1 reserved',
      '2600:1f00::2 reserved',
      '2600:1f00::3 reserved',
      '2600:1f00::ffff:ffff:ffff:ffff reserved',
    ]);
    expect(subnetCapacity(p('2600:1f00::/64')).usable).toBe((1n << 64n) - 5n);
    expect(subnetCapacity(p('255.255.255.0/24')).reserved.at(-1)!.address.toString()).toBe('255.255.255.255');
  });

  it('in prefixes for delegation leaves out the first and the last', () => {
    const most = (subnet: string) => subnetCapacity(p(subnet)).delegated;
    expect(most('10.0.0.0/24')).toEqual({ length: 28, most: 14n });
    expect(most('10.0.0.0/26')).toEqual({ length: 28, most: 2n });
    expect(most('10.0.0.0/27')).toEqual({ length: 28, most: 0n });
    expect(most('10.0.0.0/28')).toEqual({ length: 28, most: 0n });
    expect(most('2600:1f00::/64')).toEqual({ length: 80, most: 65534n });
  });

  it('is none where the reserved addresses do not fit', () => {
    expect(() => subnetCapacity(p('10.0.0.0/30'))).toThrow(RangeError);
  });
});

describe('The usage of a subnet', () => {
  it('is what is neither reserved nor free', () => {
    expect(subnetUsage(p('10.0.0.0/24'), 51)).toEqual({
      usable: 251,
      available: 51,
      used: 200,
      share: 200 / 251,
    });
    expect(subnetUsage(p('10.0.0.0/28'), 11).used).toBe(0);
    expect(subnetUsage(p('10.0.0.0/28'), 0)).toMatchObject({ used: 11, share: 1 });
  });

  it('is not computed from figures that cannot be', () => {
    expect(() => subnetUsage(p('10.0.0.0/28'), 12)).toThrow(
      '12 of 11 addresses of 10.0.0.0/28 cannot be free',
    );
    expect(() => subnetUsage(p('10.0.0.0/28'), -1)).toThrow(RangeError);
    expect(() => subnetUsage(p('2600:1f00::/64'), 1)).toThrow('IPv4 only');
  });
});

describe('Fragmentation', () => {
  it('is the share of free space that can be delegated', () => {
    const empty = fragmentation(p('10.0.0.0/24'), []);
    expect(empty).toEqual({ free: 251n, delegable: 14n, ratio: 14 / 15 });
    // one address in each /28 leaves nothing
    const scattered = [...p('10.0.0.0/24').subnets(28)].map((each) => Prefix.of(each.last, 32));
    expect(fragmentation(p('10.0.0.0/24'), scattered)).toEqual({ free: 236n, delegable: 0n, ratio: 0 });
  });

  it('counts delegated prefixes, larger blocks, and what lies elsewhere', () => {
    const taken = ['10.0.0.16/28', '10.0.0.128/25', '10.0.9.0/24', '10.0.0.33/32'].map(p);
    expect(fragmentation(p('10.0.0.0/24'), taken)).toEqual({ free: 107n, delegable: 5n, ratio: 5 / 6 });
    expect(fragmentation(p('10.0.0.0/24'), [p('10.0.0.0/16')])).toEqual({
      free: 0n,
      delegable: 0n,
      ratio: null,
    });
  });

  it('agrees with counting address by address', () => {
    const subnet = p('10.0.0.0/25');
    const addresses = [...subnet.subnets(32)];
    const part = fc
      .record({ at: fc.integer({ min: 0, max: 127 }), length: fc.integer({ min: 26, max: 32 }) })
      .map(({ at, length }) => Prefix.of(addresses[at]!.address, length));
    const reserved = [0, 1, 2, 3, 127].map((at) => addresses[at]!);
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (taken) => {
        const isFree = (each: Prefix) => ![...taken, ...reserved].some((other) => other.overlaps(each));
        const { free, delegable } = fragmentation(subnet, taken);
        expect(Number(free)).toBe(addresses.filter(isFree).length);
        expect(Number(delegable)).toBe([...subnet.subnets(28)].filter(isFree).length);
      }),
    );
  });
});

describe('A subnet', () => {
  const blocks = [
    { cidr: p('10.2.0.0/16'), state: 'associated' },
    { cidr: p('10.3.0.0/16'), state: 'associating' },
    { cidr: p('2600:1f00::/44'), state: 'associated' },
  ] as const;
  const siblings = [p('10.2.4.0/24'), p('2600:1f00::/64')];

  it.each([
    ['10.2.5.0/24', 'ALLOWED', 'subnet.size'],
    ['10.2.5.0/28', 'ALLOWED', 'subnet.size'],
    ['10.2.5.0/29', 'REFUSED', 'subnet.size'],
    ['10.2.4.128/25', 'REFUSED', 'subnet.overlap'],
    ['10.2.0.0/16', 'REFUSED', 'subnet.overlap'],
    ['10.3.0.0/24', 'REFUSED', 'block.state'],
    ['10.4.0.0/24', 'REFUSED', 'subnet.inside'],
    ['2600:1f00:0:1::/64', 'ALLOWED', 'subnet.size'],
    ['2600:1f00:0:10::/60', 'ALLOWED', 'subnet.size'],
    ['2600:1f00:0:2::/63', 'REFUSED', 'subnet.size'],
    ['2600:1f00:0:1::/68', 'REFUSED', 'subnet.size'],
    ['2600:1f00::/44', 'REFUSED', 'subnet.overlap'],
  ])('%s is %s', (candidate, verdict, rule) => {
    expect(maySubnet(p(candidate), blocks, siblings)).toMatchObject({
      verdict,
      reasons: [{ rule }, ...rest(verdict)],
    });
  });

  it('is one of so many', () => {
    const judge = (subnets: number) => maySubnet(p('10.2.5.0/24'), blocks, siblings, { limits: { subnets } });
    expect(judge(2).verdict).toBe('ALLOWED');
    expect(judge(1)).toMatchObject({ verdict: 'REFUSED', reasons: [{ rule: 'quota' }] });
  });
});

const rest = (verdict: string) =>
  verdict === 'ALLOWED' ? [{ rule: 'subnet.inside' }, { rule: 'quota' }] : [];

describe('What takes addresses', () => {
  it.each([
    ['application_load_balancer', '10.0.0.0/27', 8, 'ALLOWED', 0],
    ['application_load_balancer', '10.0.0.0/27', 7, 'REFUSED', 0],
    ['application_load_balancer', '10.0.0.0/28', 11, 'REFUSED', 0],
    ['kubernetes_control_plane', '10.0.0.0/27', 16, 'ALLOWED', 0],
    ['kubernetes_control_plane', '10.0.0.0/28', 6, 'ALLOWED', 1],
    ['kubernetes_control_plane', '10.0.0.0/28', 5, 'REFUSED', 0],
    ['database_instance', '10.0.0.0/28', 1, 'ALLOWED', 1],
    ['network_load_balancer', '10.0.0.0/28', 1, 'ALLOWED', 0],
    ['transit_gateway_attachment', '10.0.0.0/28', 0, 'REFUSED', 0],
  ])('%s in %s with %i free is %s', (consumer, subnet, free, verdict, warnings) => {
    const judged = mayHost(consumer, p(subnet), free);
    expect(judged.verdict).toBe(verdict);
    expect(judged.warnings).toHaveLength(warnings);
  });

  it('is named in the rules', () => {
    expect(() => mayHost('nothing', p('10.0.0.0/24'), 1)).toThrow(RangeError);
    const names = AWS_RULES.consumers.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});
