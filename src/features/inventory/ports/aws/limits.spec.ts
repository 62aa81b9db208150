import { Gate, REAL_TIMING, type Timing, TokenBucket } from './limits.js';

const signal = new AbortController().signal;

describe('Gate', () => {
  it('lets so many in, the others in the order in which they came', async () => {
    const gate = new Gate(2);
    const order: number[] = [];
    let inside = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: 20 }, async (_, i) => {
        const leave = await gate.enter(signal);
        most = Math.max(most, ++inside);
        await new Promise(setImmediate);
        order.push(i);
        inside--;
        leave();
        leave();
      }),
    );
    expect(most).toBe(2);
    expect(order).toEqual(Array.from({ length: 20 }, (_, i) => i));
  });

  it('lets go who no longer waits', async () => {
    const gate = new Gate(1);
    const leave = await gate.enter(signal);
    const impatient = new AbortController();
    const waiting = gate.enter(impatient.signal);
    const next = gate.enter(signal);
    impatient.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    leave();
    (await next)();
    await expect(gate.enter(impatient.signal)).rejects.toThrow('enough');
    (await gate.enter(signal))();
  });
});

describe('TokenBucket', () => {
  it('gives a burst of one second and then the rate, and nothing at once after a throttle', async () => {
    let now = 0;
    const slept: number[] = [];
    const timing: Timing = {
      now: () => now,
      sleep: (milliseconds) => {
        slept.push(Math.round(milliseconds));
        return Promise.resolve();
      },
    };
    const bucket = new TokenBucket(10, timing);
    for (let i = 0; i < 12; i++) await bucket.take(signal);
    expect(slept).toEqual([100, 200]);
    now += 700;
    await bucket.take(signal);
    bucket.drain();
    await bucket.take(signal);
    expect(slept).toEqual([100, 200, 100]);
  });
});

it('sleeps until it is told not to', async () => {
  const controller = new AbortController();
  const sleeping = REAL_TIMING.sleep(60_000, controller.signal);
  controller.abort(new Error('awake'));
  await expect(sleeping).rejects.toThrow('awake');
  await expect(REAL_TIMING.sleep(60_000, controller.signal)).rejects.toThrow('awake');
  await REAL_TIMING.sleep(0, signal);
});
