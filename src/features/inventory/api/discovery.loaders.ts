import { Injectable } from '@nestjs/common';
import DataLoader from 'dataloader';
import { DiscoveryAccountsService } from '../discovery-accounts.service.js';
import { SweepsService } from '../sweeps.service.js';
import { type DiscoveryScope, scopeTypeOf } from './discovery.types.js';
import type { FailedScope } from './sweep.types.js';

/** What is known of many accounts, and what failed in many sweeps, in one statement each. Remembers nothing. */
@Injectable()
export class DiscoveryLoaders {
  readonly scopes: DataLoader<string, DiscoveryScope[]>;
  readonly failedScopes: DataLoader<number, readonly FailedScope[]>;

  constructor(accounts: DiscoveryAccountsService, sweeps: SweepsService) {
    this.scopes = new DataLoader(
      async (ids) => (await accounts.statesOf(ids)).map((scopes) => scopes.map(scopeTypeOf)),
      { cache: false },
    );
    this.failedScopes = new DataLoader((ids) => sweeps.failedScopes(ids), { cache: false });
  }
}
