import {
  AssumeRoleCommand,
  GetCallerIdentityCommand,
  STSClient,
  type STSClientConfig,
} from '@aws-sdk/client-sts';
import { setMaxListeners } from 'node:events';
import { ListFailedError, type Scope } from '../../domain/cloud.js';
import type { Attempts, Count } from './attempts.js';
import { EmptyAnswerError } from './failures.js';

/** What signs calls. */
export interface Identity {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
}

const SESSION = 'cadastre-discovery';
/** Not used any more when they have less than this to live; the SDK itself asks again at five minutes. */
const LEAST_LIFE = 6 * 60_000;

/** Regions whose token service all accounts of the partition can use. */
function homeOf(region: string): string {
  if (region.startsWith('cn-')) return 'cn-north-1';
  if (region.startsWith('us-gov-')) return 'us-gov-west-1';
  return 'us-east-1';
}

/**
 * One set of credentials per role, shared by all regions of its account and renewed before it ends. Without a role: the
 * service's own, resolved once for all clients. Whose they are is asked once for each: what they read is written down as
 * the scope's, and of another account it would be read as if all of its own had gone.
 */
export class Credentials {
  private readonly clients = new Map<string, STSClient>();
  private readonly held = new Map<string, Held>();
  /** Of the service's own keys: their account. The SDK changes them now and then, so only the last is kept. */
  private own: { readonly accessKeyId: string; readonly account: Promise<string> } | null = null;
  private readonly closing = new AbortController();

  constructor(
    private readonly config: STSClientConfig,
    private readonly attempts: Attempts,
    private readonly sessionSeconds: number,
    private readonly now: () => number = Date.now,
  ) {
    setMaxListeners(0, this.closing.signal);
  }

  /**
   * Throws ListFailedError when the role cannot be assumed or the credentials are another account's, or the reason of the
   * signal.
   */
  async of(scope: Scope, signal: AbortSignal, count: Count): Promise<Identity> {
    const { roleArn } = scope;
    if (roleArn === null) return this.ownOf(scope, signal, count);
    const key = keyOf(scope);
    const held = this.held.get(key);
    if (held && held.usableUntil > this.now()) return unlessAborted(held.identity, signal);
    // not ended by the signal of whoever happened to be first: others wait for the same
    const fresh: Held = {
      identity: this.assume(scope, roleArn, this.closing.signal, count),
      usableUntil: Infinity,
    };
    this.held.set(key, fresh);
    fresh.identity.then(
      ({ expiration }) => {
        if (expiration) fresh.usableUntil = expiration.getTime() - this.leastLife();
      },
      () => {
        if (this.held.get(key) === fresh) this.held.delete(key);
      },
    );
    return unlessAborted(fresh.identity, signal);
  }

  /** The provider says that these have ended; newer ones are kept. */
  async forget(scope: Scope, ended: Identity): Promise<void> {
    const held = this.held.get(keyOf(scope));
    const identity = await held?.identity.catch(() => null);
    if (identity === ended && this.held.get(keyOf(scope)) === held) this.held.delete(keyOf(scope));
  }

  close(): void {
    this.closing.abort(new Error('discovery is closed'));
  }

  private async ownOf(scope: Scope, signal: AbortSignal, count: Count): Promise<Identity> {
    const identity: Identity = await this.client(scope.region).config.credentials();
    if (this.own?.accessKeyId !== identity.accessKeyId) {
      // not ended by the signal of whoever happened to be first
      const account = this.accountOf(identity, scope, this.closing.signal, count);
      const own = { accessKeyId: identity.accessKeyId, account };
      this.own = own;
      account.catch(() => {
        if (this.own === own) this.own = null;
      });
    }
    belongs(await unlessAborted(this.own!.account, signal), scope);
    return identity;
  }

  private leastLife(): number {
    return Math.min(LEAST_LIFE, (this.sessionSeconds * 1000) / 2);
  }

  private async assume(scope: Scope, roleArn: string, signal: AbortSignal, count: Count): Promise<Identity> {
    const identity = await this.session(scope, roleArn, signal, count);
    belongs(await this.accountOf(identity, scope, signal, count), scope);
    return identity;
  }

  /** No policy can deny this call. */
  private async accountOf(
    credentials: Identity,
    scope: Scope,
    signal: AbortSignal,
    count: Count,
  ): Promise<string> {
    const outcome = await this.attempts.run({
      account: scope.account,
      region: '',
      action: 'GetCallerIdentity',
      signal,
      count,
      bucket: null,
      mayBeGone: false,
      refresh: () => Promise.resolve(),
      once: async () => {
        const client = new STSClient({ ...this.config, region: homeOf(scope.region), credentials });
        const answer = await client.send(new GetCallerIdentityCommand({}), { abortSignal: signal });
        if (!answer.Account) throw new EmptyAnswerError('no account in the answer');
        return answer.Account;
      },
    });
    if (!outcome.ok) throw new Error('GetCallerIdentity answered that something is not there');
    return outcome.value;
  }

  private async session(scope: Scope, roleArn: string, signal: AbortSignal, count: Count): Promise<Identity> {
    const outcome = await this.attempts.run({
      account: scope.account,
      region: `the role ${roleArn}`,
      action: 'AssumeRole',
      signal,
      count,
      bucket: null,
      mayBeGone: false,
      refresh: () => Promise.resolve(),
      once: async () => {
        const answer = await this.client(scope.region).send(
          new AssumeRoleCommand({
            RoleArn: roleArn,
            RoleSessionName: SESSION,
            DurationSeconds: this.sessionSeconds,
            ...(scope.externalId === null ? {} : { ExternalId: scope.externalId }),
          }),
          { abortSignal: signal },
        );
        const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = answer.Credentials ?? {};
        if (!AccessKeyId || !SecretAccessKey) throw new EmptyAnswerError('no credentials in the answer');
        return {
          accessKeyId: AccessKeyId,
          secretAccessKey: SecretAccessKey,
          sessionToken: SessionToken,
          expiration: Expiration,
        };
      },
    });
    if (!outcome.ok) throw new Error('AssumeRole answered that something is not there');
    return outcome.value;
  }

  private client(region: string): STSClient {
    const home = homeOf(region);
    let client = this.clients.get(home);
    if (!client) this.clients.set(home, (client = new STSClient({ ...this.config, region: home })));
    return client;
  }
}

function belongs(account: string, scope: Scope): void {
  if (account === scope.account) return;
  const advice = scope.roleArn === null ? 'give the account a role' : 'give it a role of its own';
  const message = `these are credentials of account ${account}, not of ${scope.account}: ${advice}`;
  throw new ListFailedError('FORBIDDEN', message);
}

interface Held {
  readonly identity: Promise<Identity>;
  /** Infinity while it is being got. */
  usableUntil: number;
}

function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason as Error);
    if (signal.aborted) return stop();
    signal.addEventListener('abort', stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

function keyOf(scope: Scope): string {
  return `${scope.account}\n${scope.roleArn}\n${scope.externalId ?? ''}`;
}
