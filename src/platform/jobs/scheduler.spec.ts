import { Logger } from '@nestjs/common';
import { until } from '../../../test/support/until.js';
import { Scheduler } from './scheduler.js';

let scheduler: Scheduler;
beforeAll(() => Logger.overrideLogger(false));
beforeEach(() => (scheduler = new Scheduler()));
afterEach(() => scheduler.onApplicationShutdown());

it('goes on after a round that failed', async () => {
  let rounds = 0;
  scheduler.every({
    name: 'flaky',
    seconds: 0.001,
    run: async () => {
      rounds++;
      throw new Error('the database is away');
    },
  });
  await until('a third round', () => rounds >= 3);
});

it('runs one round at a time, and one for many wishes', async () => {
  const ends: (() => void)[] = [];
  const job = scheduler.every({
    name: 'slow',
    seconds: 3600,
    run: () => new Promise((resolve) => ends.push(resolve)),
  });
  job.soon();
  await until('the first round', () => ends.length === 1);
  for (let i = 0; i < 5; i++) job.soon();
  ends[0]!();
  await until('the second round', () => ends.length === 2);
  ends[1]!();
  await scheduler.onApplicationShutdown();
  expect(ends).toHaveLength(2);
});

it('tells what is under way to stop, waits for it, and begins nothing more', async () => {
  const seen: string[] = [];
  const job = scheduler.every({
    name: 'long',
    seconds: 3600,
    run: async (signal) => {
      seen.push('began');
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      seen.push('stopped');
    },
  });
  job.soon();
  await until('the round', () => seen.length === 1);
  await scheduler.onApplicationShutdown();
  expect(seen).toEqual(['began', 'stopped']);
  job.soon();
  scheduler.every({ name: 'late', seconds: 0, run: async () => void seen.push('late') });
  await scheduler.onApplicationShutdown();
  expect(seen).toHaveLength(2);
});
