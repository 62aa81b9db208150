import { pickFrom, randomOf } from '../harness/random.js';
import type { Journal } from './journal.js';
import type { Acknowledged, Asked } from './request.js';
import { type Target, UnansweredError } from './target.js';

export const CLIENTS = 32;
const LENGTHS = [26, 27, 28, 28, 28];
/** Some reservations expire while the drill runs. */
const TTLS = [1, 3600];

/** Clients that ask one thing after the other, most of it by key, until nobody answers any more. */
export async function askUntilItBreaks(target: Target, journal: Journal, seed: number): Promise<void> {
  const clients = Array.from({ length: CLIENTS }, async (_, client) => {
    const random = randomOf(seed * 1000 + client);
    const ask = (command: Asked) => askAndNote(target, journal, command);
    for (let turn = 0; ; turn++) {
      const space = {
        prefixLength: pickFrom(random, LENGTHS),
        key: random() < 0.8 ? `key-${seed}-${client}-${turn}` : undefined,
        holder: { account: String(client) },
      };
      const reserving = random() < 0.5;
      const taken: Acknowledged | null = await ask(
        reserving
          ? { kind: 'reserve', ttlSeconds: pickFrom(random, TTLS), ...space }
          : { kind: 'allocate', ...space },
      );
      if (!taken) continue;
      if (reserving) await ask({ kind: 'confirm', id: taken.id, nonce: String(turn) });
      if (random() < 0.4) await ask({ kind: 'release', id: taken.id });
    }
  });
  const ended = await Promise.allSettled(clients);
  for (const end of ended) {
    if (end.status === 'rejected' && !(end.reason instanceof UnansweredError)) throw end.reason;
  }
}

/** What was not answered is asked again under its key: once done or not, it has one CIDR afterwards. */
export async function askAgain(target: Target, journal: Journal): Promise<number> {
  const again = journal.retryable();
  // twice, so that at least the second time is a repetition
  for (let time = 0; time < 2; time++) {
    await Promise.all(again.map((command) => askAndNote(target, journal, command)));
  }
  return again.length;
}

async function askAndNote(target: Target, journal: Journal, command: Asked): Promise<Acknowledged | null> {
  journal.asks(command);
  const result = await target.ask(command);
  journal.answered(command, result);
  return result;
}
