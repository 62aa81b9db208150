import type { Scope } from '../../domain/cloud.js';
import { KnownReservations } from './reservations.js';

const HOUR = 3_600_000;
const scope: Scope = { id: 1, account: '1', region: 'r', roleArn: null, externalId: null };
const reservations = [{ id: 's-1', cidr: '10.0.0.0/28', type: 'prefix' }];

it('knows what it read until the period of the subnet ends, and periods are spread', () => {
  let now = 0;
  const known = new KnownReservations(24 * HOUR, () => now);
  const ids = Array.from({ length: 1000 }, (_, i) => `subnet-0${(i * 7919).toString(16)}`);
  for (const id of ids) known.read(scope, id, reservations);
  expect(known.of(scope, ids[0]!)).toBe(reservations);
  expect(known.of({ ...scope, region: 'other' }, ids[0]!)).toBeUndefined();
  const left: number[] = [];
  for (const hour of [0, 6, 12, 18, 24]) {
    now = hour * HOUR;
    left.push(ids.filter((id) => known.of(scope, id)).length);
  }
  expect(left[0]).toBe(1000);
  expect(left[4]).toBe(0);
  expect(left[2]! > 300 && left[2]! < 700).toBe(true);
  now = 0;
  known.keep(scope, new Set([ids[1]!]));
  expect([known.of(scope, ids[0]!), known.of(scope, ids[1]!)]).toEqual([undefined, reservations]);
});

it('reads none when it shall not', () => {
  expect(new KnownReservations(0).wanted).toBe(false);
});
