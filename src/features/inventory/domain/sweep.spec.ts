import { parseInstant, plusSeconds } from '../../../platform/context/instant.js';
import { isLockedOut, remainingSeconds, type ScopeFailure, sweepIsDue } from './sweep.js';

describe('remainingSeconds', () => {
  it.each([
    [{ done: 0, open: 4, elapsed: 10 }, null],
    [{ done: 2, open: 4, elapsed: 10 }, 20],
    [{ done: 3, open: 1, elapsed: 10 }, 4],
    [{ done: 0, open: 0, elapsed: 10 }, 0],
    // the clock of the database went back
    [{ done: 2, open: 4, elapsed: -1 }, 0],
  ])('%j: %p', (pace, seconds) => expect(remainingSeconds(pace)).toBe(seconds));
});

it('is due every so many minutes, and never with 0', () => {
  const now = parseInstant('2026-11-28T12:00:00Z');
  expect(sweepIsDue(10, null, now)).toBe(true);
  expect(sweepIsDue(10, plusSeconds(now, -599), now)).toBe(false);
  expect(sweepIsDue(10, plusSeconds(now, -600), now)).toBe(true);
  expect(sweepIsDue(0, null, now)).toBe(false);
});

it('is locked out by two refusals in a row, when nothing was read', () => {
  const failed = (reason: ScopeFailure['reason']): ScopeFailure => ({ kind: 'vpc', reason, message: '' });
  expect(isLockedOut(0, [failed('FORBIDDEN')])).toBe(false);
  expect(isLockedOut(0, [failed('FORBIDDEN'), failed('FORBIDDEN')])).toBe(true);
  expect(isLockedOut(0, [failed('FORBIDDEN'), failed('TIMEOUT')])).toBe(false);
  expect(isLockedOut(1, [failed('FORBIDDEN'), failed('FORBIDDEN')])).toBe(false);
});
