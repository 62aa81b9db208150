import { Injectable, UnauthorizedException } from '@nestjs/common';
import { type RequestContext, systemClock } from '../context/request-context.js';
import { bearerOf } from './secret.js';
import { type Identity, TokenVerifier } from './token-verifier.js';

const TOKEN_REFUSED = 'This token is unknown, expired or revoked: ask an admin for another one.';

/** Turns an Authorization header into a caller. */
@Injectable()
export class Authenticator {
  constructor(private readonly verifier: TokenVerifier) {}

  /**
   * Null without a header; throws UnauthorizedException for a token that is not good. Answers without a promise
   * while the token's verification is remembered.
   */
  authenticate(
    header: string | undefined,
    correlation: string,
  ): RequestContext | null | Promise<RequestContext> {
    if (header === undefined || header === '') return null;
    const secret = bearerOf(header);
    if (secret === null)
      throw new UnauthorizedException('The header Authorization has to be "Bearer <token>".');
    const verified = this.verifier.verify(secret);
    return verified instanceof Promise
      ? verified.then((identity) => contextOf(identity, correlation))
      : contextOf(verified, correlation);
  }
}

function contextOf(identity: Identity | null, correlation: string): RequestContext {
  if (!identity) throw new UnauthorizedException(TOKEN_REFUSED);
  return { actor: identity.actor, role: identity.role, correlation, clock: systemClock };
}
