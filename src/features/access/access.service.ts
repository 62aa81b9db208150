import { Injectable } from '@nestjs/common';
import { hashOf, newSecret } from '../../platform/auth/secret.js';
import { type Token, TokenStore } from '../../platform/auth/token-store.js';
import { TokenVerifier } from '../../platform/auth/token-verifier.js';
import { formatInstant, type Instant } from '../../platform/context/instant.js';
import type { RequestContext, Role } from '../../platform/context/request-context.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { AuditTrail } from '../../platform/audit/audit-trail.js';
import { type Change, Publisher, recordChange } from '../../platform/events/index.js';
import type { Outcome } from './domain/failure.js';
import { isTokenName, TOKEN_NAME_RULE } from './domain/token-name.js';

export interface CreateToken {
  readonly name: string;
  readonly role: Role;
  /** Null: good until it is revoked. */
  readonly expiresAt: Instant | null;
}

/** Use cases over tokens. Who may call them is decided before: every one is for admins. */
@Injectable()
export class AccessService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly store: TokenStore,
    private readonly verifier: TokenVerifier,
    private readonly trail: AuditTrail,
    private readonly publisher: Publisher,
  ) {}

  /** The trail of one thing, the latest change first; `before` is the id of the last change seen. */
  changesOf(subject: string, limit: number, before: number | null): Promise<Change[]> {
    return this.trail.of(subject, limit, before);
  }

  countChangesOf(subject: string): Promise<number> {
    return this.trail.count(subject);
  }

  /** By name, revoked and expired ones too; at most `limit` of those after the name `after`. */
  tokens(limit: number, after: string | null): Promise<Token[]> {
    return this.store.list(limit, after);
  }

  countTokens(): Promise<number> {
    return this.store.count();
  }

  /** The secret is in this answer and nowhere else. NAME_TAKEN, RULE_VIOLATION. */
  async createToken(
    ctx: RequestContext,
    { name, role, expiresAt }: CreateToken,
  ): Promise<Outcome<{ token: Token; secret: string }>> {
    if (!isTokenName(name)) return violation('name', name, TOKEN_NAME_RULE);
    const secret = newSecret();
    const created = await this.unitOfWork.run(ctx, async (tx) => {
      if (expiresAt !== null && (await this.store.isPast(tx, expiresAt))) return 'past';
      const token = await this.store.insert(tx, {
        name,
        role,
        hash: hashOf(secret),
        createdBy: ctx.actor,
        expiresAt,
      });
      if (!token) return 'taken';
      const detail = { name, role, expiresAt: expiresAt === null ? null : formatInstant(expiresAt) };
      await recordChange(tx, ctx, { action: 'token.created', subject: tokenId(token.id), detail });
      return token;
    });
    if (created === 'past') return violation('expiresAt', formatInstant(expiresAt!), 'a time in the future');
    if (created === 'taken') {
      const message = `A token called ${name} exists already, perhaps a revoked one: choose another name.`;
      return { ok: false, failure: { code: 'NAME_TAKEN', message, name, takenBy: `token ${name}` } };
    }
    // whoever tried the secret's hash before now was told that it is unknown
    this.verifier.forget();
    this.publisher.wake();
    return { ok: true, value: { token: created, secret } };
  }

  /** A revoked token stays as it is. NOT_FOUND. */
  async revokeToken(ctx: RequestContext, id: string): Promise<Outcome<Token>> {
    const number = numberOf(id);
    const revoked =
      number === null
        ? null
        : await this.unitOfWork.run(ctx, async (tx) => {
            const found = await this.store.revoke(tx, number);
            if (found?.changed) {
              await recordChange(tx, ctx, {
                action: 'token.revoked',
                subject: tokenId(number),
                detail: { name: found.token.name },
              });
            }
            return found;
          });
    if (!revoked)
      return { ok: false, failure: { code: 'NOT_FOUND', message: `There is no token ${id}.`, id } };
    this.verifier.forget();
    if (revoked.changed) this.publisher.wake();
    return { ok: true, value: revoked.token };
  }
}

/** How clients write the id of a token. */
export function tokenId(id: number): string {
  return `token_${id}`;
}

function numberOf(id: string): number | null {
  const digits = /^token_([1-9]\d{0,9})$/.exec(id)?.[1];
  // beyond int4 there is none
  return digits !== undefined && Number(digits) < 2 ** 31 ? Number(digits) : null;
}

function violation(rule: string, value: string, allowed: string): Outcome<never> {
  return {
    ok: false,
    failure: {
      code: 'RULE_VIOLATION',
      message: `The token's ${rule} has to be ${allowed}.`,
      rule,
      value,
      allowed,
    },
  };
}
