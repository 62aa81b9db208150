import { Global, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { AccessGuard } from './access.guard.js';
import { Authenticator } from './authenticator.js';
import { FirstTokenMaker } from './first-token.js';
import { TokenStore } from './token-store.js';
import { StoredTokenVerifier, TokenVerifier } from './token-verifier.js';

/** Tokens and the guard that closes every operation by default. Needs `Database` and `UnitOfWork` from a global module. */
@Global()
@Module({
  providers: [
    TokenStore,
    FirstTokenMaker,
    Authenticator,
    { provide: TokenVerifier, useClass: StoredTokenVerifier },
    { provide: APP_GUARD, useClass: AccessGuard },
  ],
  exports: [TokenStore, FirstTokenMaker, Authenticator, TokenVerifier],
})
export class AuthModule {}
