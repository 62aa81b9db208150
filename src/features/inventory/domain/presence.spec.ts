import { type Gap, presenceAt, uncoveredAt } from './presence.js';

const CURRENT = { seenFrom: 10, seenTo: null, missingSince: null, lastSeen: null };
const GAP: Gap = { scopeId: 1, kind: 'vpc', beganAt: 15, endedAt: null, reason: 'TIMEOUT: no answer' };

it('of what is current: present from its first sight on', () => {
  expect([9, 10, 20].map((at) => presenceAt(CURRENT, [], at))).toEqual([null, 'PRESENT', 'PRESENT']);
});

it('of what changed: present until the change', () => {
  expect([19, 20].map((at) => presenceAt({ ...CURRENT, seenTo: 20 }, [], at))).toEqual(['PRESENT', null]);
});

it('of what is missing: unknown from its last sight on', () => {
  const missing = { ...CURRENT, missingSince: 30, lastSeen: 20 };
  expect([20, 21, 30, 99].map((at) => presenceAt(missing, [], at))).toEqual([
    'PRESENT',
    'UNKNOWN',
    'UNKNOWN',
    'UNKNOWN',
  ]);
});

it('of what ended: unknown between its last sight and the first miss, and then gone', () => {
  const ended = { ...CURRENT, seenTo: 20, missingSince: 30, lastSeen: 20 };
  expect([20, 21, 29, 30].map((at) => presenceAt(ended, [], at))).toEqual([
    'PRESENT',
    'UNKNOWN',
    'UNKNOWN',
    null,
  ]);
  const seenOnce = { ...ended, seenTo: 10, lastSeen: 10 };
  expect([10, 11, 30].map((at) => presenceAt(seenOnce, [], at))).toEqual(['PRESENT', 'UNKNOWN', null]);
});

it('of a list that was not good then: unknown, but for what it showed that very instant', () => {
  expect(presenceAt(CURRENT, [GAP], 16)).toBe('UNKNOWN');
  expect(presenceAt({ ...CURRENT, seenFrom: 16 }, [GAP], 16)).toBe('PRESENT');
});

it('tells lists that were not yet covered or not good', () => {
  const covered = new Map([
    ['vpc', 5],
    ['subnet', 5],
    ['instance', 50],
  ] as const);
  const found = uncoveredAt(1, covered, [GAP], 16);
  expect(found.find(({ kind }) => kind === 'vpc')?.reason).toBe(GAP.reason);
  expect(found.some(({ kind }) => kind === 'subnet')).toBe(false);
  expect(found.find(({ kind }) => kind === 'instance')?.reason).toContain('not covered');
});
