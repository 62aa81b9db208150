import { networkOf } from '../../../../test/support/networks.js';
import { Prefix } from '../../../address/index.js';
import type { Network } from '../../inventory/index.js';
import { type End, type Verdict, verdictOn } from './would-overlap.js';

const A = networkOf('vpc-a', 1, '10.0.0.0/16', '100.64.0.0/20', 'fd00:a::/56');
const B = networkOf('vpc-b', 2, '10.0.8.0/24', '10.9.0.0/16');
const C = networkOf('vpc-c', 3, '10.9.0.0/24');
const end = (...networks: Network[]): End => ({ name: networks[0]!.id, networks, cidrs: [] });
const lost = ({ unreachable }: Verdict) => unreachable.map(({ from, to, cidr }) => `${from} > ${to} ${cidr}`);

it('says that AWS refuses a peering with any overlap, IPv6 too', () => {
  const verdict = verdictOn(end(A), end(B), 'PEERING');
  expect(verdict.judgement.verdict).toBe('REFUSED');
  expect(verdict.collisions.map(({ a, b }) => `${a} ${b}`)).toEqual(['10.0.0.0/16 10.0.8.0/24']);
  expect(lost(verdict)).toContain('vpc-a > vpc-b 10.9.0.0/16');
  expect(verdict.alternatives.map(({ kind }) => kind)).toContain('privatelink');
  const six = networkOf('vpc-6', 4, '10.8.0.0/16', 'fd00:a::/56');
  expect(verdictOn(end(A), end(six), 'PEERING').judgement.verdict).toBe('REFUSED');
  const clean = verdictOn(end(A), end(C), 'PEERING');
  expect(clean.judgement.verdict).toBe('ALLOWED');
  expect([clean.collisions, clean.unreachable, clean.alternatives]).toEqual([[], [], []]);
});

it('says what a transit gateway attaches and does not propagate', () => {
  const verdict = verdictOn(end(A), end(B), 'TRANSIT_GATEWAY');
  expect(verdict.judgement.verdict).toBe('ALLOWED');
  expect(verdict.judgement.warnings).not.toEqual([]);
  expect(lost(verdict)).toContain('vpc-a > vpc-b 10.9.0.0/16');
});

it('looks beyond, at what the tables of a transit gateway lead to, and nowhere else', () => {
  const clean = networkOf('vpc-d', 4, '10.20.0.0/16');
  const beyond = { a: [C, B], b: [] };
  const verdict = verdictOn(end(B), end(clean), 'TRANSIT_GATEWAY', beyond);
  expect(verdict.collisions).toEqual([]);
  expect(verdict.beyond.map(({ a, b, bNetwork }) => `${a} ${b} ${bNetwork?.id}`)).toEqual([
    '10.9.0.0/16 10.9.0.0/24 vpc-c',
  ]);
  expect(verdictOn(end(B), end(clean), 'PEERING', beyond).beyond).toEqual([]);
});

it('takes CIDRs for an end, and says of a VPN that the shared part stays at home', () => {
  const site: End = { name: 'site', networks: [], cidrs: [Prefix.must('10.0.0.0/8')] };
  const verdict = verdictOn(end(networkOf('vpc-x', 9, '10.3.0.0/16')), site, 'VPN');
  expect(verdict.judgement.verdict).toBe('ALLOWED');
  expect(lost(verdict)).toEqual(['vpc-x > site 10.3.0.0/16', 'site > vpc-x 10.3.0.0/16']);
  expect(verdict.collisions[0]).toMatchObject({ bNetwork: null });
});
