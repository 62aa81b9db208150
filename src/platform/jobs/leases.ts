import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import type { Reader, Statement, Tx } from '../database/statement.js';

/** How long a process that does not answer keeps what it holds, unless it is said otherwise. */
const LEASE_SECONDS = 30;

/** A piece of work that this process does, as long as its token is the one in the database. */
export interface Lease {
  readonly name: string;
  /** The fence. */
  readonly token: number;
}

/** Somebody else may do the work by now: nothing was written. */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError';

  constructor(lease: string) {
    super(`the lease ${lease} is no longer held by who writes`);
  }
}

/**
 * The fence: to be asked in every transaction that writes under a lease, before it writes. From then on until the
 * transaction ends nobody else takes the lease. Throws LeaseLostError where the lease has ended or was taken.
 */
export async function requireLease(tx: Tx, name: string, token: number): Promise<void> {
  const held = await tx.query({ name: 'lease_fence', text: FENCE }, [name, token]);
  if (held.length === 0) throw new LeaseLostError(name);
}

const FENCE = `SELECT FROM lease WHERE name = $1 AND token = $2 AND holder IS NOT NULL AND until > cadastre_now() FOR SHARE`;

const TAKE: Statement = {
  name: 'lease-take',
  text: `
INSERT INTO lease AS l (name, holder, until) VALUES ($1, $2, cadastre_now() + make_interval(secs => $3))
ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until, token = l.token + 1
WHERE l.holder IS NULL OR l.until <= cadastre_now()
RETURNING token`,
};

// also after its end, as long as nobody has taken it: a holder that was slow loses nothing
const RENEW = `
UPDATE lease SET until = cadastre_now() + make_interval(secs => $3) WHERE name = $1 AND token = $2 AND holder IS NOT NULL
RETURNING token`;

const GIVE_UP: Statement = {
  name: 'lease-give-up',
  text: 'UPDATE lease SET holder = NULL WHERE name = $1 AND token = $2',
};

/** Leases of this process. What decides about their ends is the clock of the database. */
@Injectable()
export class Leases {
  /** This process, or rather this instance. */
  readonly holder = randomUUID();

  constructor(private readonly database: Database) {}

  /** Null where somebody holds it, this process too. With a transaction it is taken when that commits. */
  async take(
    name: string,
    seconds = LEASE_SECONDS,
    reader: Reader | Tx = this.database,
  ): Promise<Lease | null> {
    const [row] = await reader.query<{ token: number }>(TAKE, [name, this.holder, seconds]);
    return row ? { name, token: row.token } : null;
  }

  /** False where somebody else has taken it. */
  async renew({ name, token }: Lease, seconds = LEASE_SECONDS): Promise<boolean> {
    return (await this.database.query(RENEW, [name, token, seconds])).length > 0;
  }

  /** The next one need not wait for its end. Repeatable. */
  async giveUp({ name, token }: Lease): Promise<void> {
    await this.database.query(GIVE_UP, [name, token]);
  }

  /**
   * Does the work under the lease, which is renewed meanwhile and given up at its end. Null where somebody holds it. The
   * signal aborts, with a LeaseLostError, when the lease is lost: by then somebody else may be at it.
   */
  async hold<Result>(
    name: string,
    work: (lease: Lease, signal: AbortSignal) => Promise<Result>,
    seconds = LEASE_SECONDS,
  ): Promise<{ readonly result: Result } | null> {
    const lease = await this.take(name, seconds);
    return lease && { result: await this.keep(lease, (signal) => work(lease, signal), seconds) };
  }

  /** As `hold`, of a lease that was taken. */
  async keep<Result>(
    lease: Lease,
    work: (signal: AbortSignal) => Promise<Result>,
    seconds = LEASE_SECONDS,
  ): Promise<Result> {
    const lost = new AbortController();
    let renewing = Promise.resolve();
    const timer = setInterval(
      () => {
        renewing = this.renew(lease, seconds).then(
          (held) => void (held || lost.abort(new LeaseLostError(lease.name))),
          // the database is away, and with it everybody who could take the lease: the fence decides later
          () => undefined,
        );
      },
      (seconds * 1000) / 3,
    );
    timer.unref();
    try {
      return await work(lost.signal);
    } finally {
      clearInterval(timer);
      await renewing;
      // it ends by itself where this fails
      await this.giveUp(lease).catch(() => undefined);
    }
  }
}
