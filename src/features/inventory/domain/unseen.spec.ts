import { lookedFor } from './unseen.js';

const ALLOCATION = { id: 1, updatedAt: 100 };
const counted = (looks: number, lastLookAt: number, since = 100) => ({
  allocationId: 1,
  since,
  looks,
  lastLookAt,
});

it('counts good lists that began after the last change, each once', () => {
  expect(lookedFor(null, ALLOCATION, 101, 3)).toEqual(counted(1, 101));
  expect(lookedFor(counted(1, 101), ALLOCATION, 102, 3)).toEqual(counted(2, 102));
  for (const goodAt of [101, 99, null])
    expect(lookedFor(counted(1, 101), ALLOCATION, goodAt, 3)).toEqual(counted(1, 101));
  for (const goodAt of [100, 99, null]) expect(lookedFor(null, ALLOCATION, goodAt, 3)).toBeNull();
});

it('counts no further than it has to', () => {
  const enough = counted(3, 103);
  expect(lookedFor(enough, ALLOCATION, 104, 3)).toBe(enough);
});

it('begins anew where the allocation has changed', () => {
  expect(lookedFor(counted(3, 90, 80), ALLOCATION, 101, 3)).toEqual(counted(1, 101));
  expect(lookedFor(counted(3, 90, 80), ALLOCATION, 100, 3)).toBeNull();
});
