import { networkOf } from '../../../../test/support/networks.js';
import { Prefix } from '../../../address/index.js';
import type { Network } from '../../inventory/index.js';
import { type ConnectionKind, type End, verdictOn } from './would-overlap.js';

const A = networkOf('vpc-a', 1, '10.0.0.0/16', '100.64.0.0/20', 'fd00:a::/56');
const B = networkOf('vpc-b', 2, '10.0.8.0/24', '10.9.0.0/16');
const C = networkOf('vpc-c', 3, '10.9.0.0/24');
const end = (...networks: Network[]): End => ({ name: networks[0]!.id, networks, cidrs: [] });
const ask = (a: End, b: End, via: ConnectionKind, beyond: { a?: Network[]; b?: Network[] } = {}) =>
  verdictOn(a, b, via, { a: [], b: [], ...beyond });
const lost = ({ unreachable }: ReturnType<typeof verdictOn>) =>
  unreachable.map(({ from, to, cidr }) => `${from} > ${to} ${cidr}`);

it('says that AWS refuses a peering with any overlap, IPv6 too', () => {
  const verdict = ask(end(A), end(B), 'PEERING');
  expect(verdict).toMatchObject({ allowed: false, privateLink: true, privateNat: true });
  expect(verdict.collisions.map(({ a, b }) => `${a} ${b}`)).toEqual(['10.0.0.0/16 10.0.8.0/24']);
  expect(lost(verdict)).toContain('vpc-a > vpc-b 10.9.0.0/16');
  expect(verdict.explanation.join(' ')).toMatch(/refuses a peering/);
  const six = networkOf('vpc-6', 4, '10.8.0.0/16', 'fd00:a::/56');
  expect(ask(end(A), end(six), 'PEERING').allowed).toBe(false);
  expect(ask(end(A), end(C), 'PEERING')).toMatchObject({
    allowed: true,
    collisions: [],
    unreachable: [],
    privateLink: false,
  });
});

it('says what a transit gateway attaches and does not propagate', () => {
  const verdict = ask(end(A), end(B), 'TRANSIT_GATEWAY');
  expect(verdict.allowed).toBe(true);
  expect(lost(verdict)).toEqual(['vpc-a > vpc-b 10.0.8.0/24', 'vpc-b > vpc-a 10.0.0.0/16']);
});

it('looks beyond at what the tables of a transit gateway lead to', () => {
  const clean = networkOf('vpc-d', 4, '10.20.0.0/16');
  const verdict = ask(end(B), end(clean), 'TRANSIT_GATEWAY', { a: [C] });
  expect(verdict.collisions).toEqual([]);
  expect(verdict.beyond.map(({ b, bNetwork }) => `${b} ${bNetwork?.id}`)).toEqual(['10.9.0.0/24 vpc-c']);
  expect(verdict.explanation.at(-1)).toMatch(/lead on: 10.9.0.0\/16 overlaps 10.9.0.0\/24 of vpc-c/);
});

it('says of a VPN that the shared part stays at home, and of equal blocks that no private NAT helps', () => {
  const site: End = { name: 'site', networks: [], cidrs: [Prefix.must('10.0.0.0/8')] };
  const verdict = ask(end(networkOf('vpc-x', 9, '10.3.0.0/16')), site, 'VPN');
  expect(lost(verdict)).toEqual(['vpc-x > site 10.3.0.0/16', 'site > vpc-x 10.3.0.0/16']);
  expect(verdict).toMatchObject({ allowed: true, privateLink: true, privateNat: false });
});
