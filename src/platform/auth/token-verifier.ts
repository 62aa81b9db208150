import { timingSafeEqual } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS, type Settings } from '../config/settings.js';
import type { Role } from '../context/request-context.js';
import { hashOf } from './secret.js';
import { TokenStore } from './token-store.js';

export interface Identity {
  /** `token:<name>`. */
  readonly actor: string;
  readonly role: Role;
}

/** Says whose a secret is; null for one that is unknown, expired or revoked. */
export abstract class TokenVerifier {
  abstract verify(secret: string): Identity | null | Promise<Identity | null>;
  /** Forgets what is remembered of all tokens, so that a change takes effect at once in this process. */
  abstract forget(): void;
}

interface Remembered {
  readonly identity: Identity | null;
  /** Milliseconds of the monotonic clock. */
  readonly until: number;
}

const MOST_REMEMBERED = 10_000;

/**
 * Verifies against the token table and remembers each answer for `auth.cacheSeconds`, so that the hot path asks
 * no database; a revocation takes effect within that time. Secrets are compared by their SHA-256 only, so timing
 * tells nothing about them.
 */
@Injectable()
export class StoredTokenVerifier extends TokenVerifier {
  private readonly remembered = new Map<string, Remembered>();
  private readonly asked = new Map<string, Promise<Identity | null>>();
  private readonly adminHash: Buffer | null;
  private readonly cacheMillis: number;

  constructor(
    private readonly store: TokenStore,
    @Inject(SETTINGS) settings: Settings,
  ) {
    super();
    const { adminToken, cacheSeconds } = settings.auth;
    this.adminHash = adminToken === undefined ? null : hashOf(adminToken);
    this.cacheMillis = cacheSeconds * 1000;
  }

  verify(secret: string): Identity | null | Promise<Identity | null> {
    const hash = hashOf(secret);
    const key = hash.toString('latin1');
    const known = this.remembered.get(key);
    if (known && known.until > performance.now()) return known.identity;
    if (this.adminHash && timingSafeEqual(hash, this.adminHash)) {
      return this.remember(key, { actor: 'token:CADASTRE_ADMIN_TOKEN', role: 'admin' }, Infinity);
    }
    return this.asked.get(key) ?? this.ask(key, hash);
  }

  forget(): void {
    this.remembered.clear();
    // an answer that is under way may already be old
    this.asked.clear();
  }

  private ask(key: string, hash: Buffer): Promise<Identity | null> {
    const answer = this.store.findLive(hash).then(
      (token) => {
        const identity: Identity | null = token && { actor: `token:${token.name}`, role: token.role };
        if (this.asked.get(key) !== answer) return identity;
        this.asked.delete(key);
        return this.remember(
          key,
          identity,
          Math.min(this.cacheMillis, (token?.secondsLeft ?? Infinity) * 1000),
        );
      },
      (error: unknown) => {
        if (this.asked.get(key) === answer) this.asked.delete(key);
        throw error;
      },
    );
    this.asked.set(key, answer);
    return answer;
  }

  private remember(key: string, identity: Identity | null, millis: number): Identity | null {
    if (this.remembered.size >= MOST_REMEMBERED) this.remembered.clear();
    this.remembered.set(key, { identity, until: performance.now() + millis });
    return identity;
  }
}
