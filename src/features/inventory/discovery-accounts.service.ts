import { Inject, Injectable } from '@nestjs/common';
import type { RequestContext } from '../../platform/context/request-context.js';
import type { Tx } from '../../platform/database/statement.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { Publisher, recordChange } from '../../platform/events/index.js';
import { CodedError } from '../../platform/graphql/errors.js';
import { CLOUD } from './cloud-token.js';
import { DiscoveryAccountRepository } from './data/discovery-account.repository.js';
import { ReadRepository } from './data/read.repository.js';
import { type Cloud, ListFailedError } from './domain/cloud.js';
import {
  type AccountDeclaration,
  type AccountGiven,
  type AccountSource,
  brokenExternalId,
  brokenRegions,
  brokenRule,
  byRegion,
  declared,
  differencesOf,
  type DiscoveryAccount,
  isAccountNumber,
  isRoleName,
  MOST_ACCOUNTS,
  type ScopeReport,
} from './domain/discovery-account.js';
import { type DiscoveryOutcome, missing, refusedFor, violation } from './domain/discovery-failure.js';
import { roleArnOf } from './ports/aws/role-arn.js';

/** What is to be different; what is left out stays. */
export type AccountChanges = Partial<Omit<AccountDeclaration, 'account'>>;

export interface AccountsSaved {
  /** All that were given, by account. */
  readonly accounts: readonly DiscoveryAccount[];
  readonly added: number;
  readonly updated: number;
}

export interface OrganizationImport {
  readonly regions: readonly string[];
  readonly roleName: string;
  readonly externalId: string | null;
  /** Only these accounts; empty: all. */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

export interface OrganizationImported extends AccountsSaved {
  /** Imported before, and no longer an active account of the organization. They are still discovered. */
  readonly gone: readonly string[];
}

interface AccountChange {
  readonly was: DiscoveryAccount | undefined;
  readonly after: AccountDeclaration;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** Organizations answers a page of 20 accounts in a fraction of a second. */
const ORGANIZATION_TIMEOUT_MS = 25_000;

export const NO_LONGER_DISCOVERED = 'no longer discovered';

/** Use cases over the accounts that are discovered. Who may call them is decided before: writing is for admins. */
@Injectable()
export class DiscoveryAccountsService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly accounts: DiscoveryAccountRepository,
    private readonly reads: ReadRepository,
    private readonly publisher: Publisher,
    @Inject(CLOUD) private readonly cloud: Cloud,
  ) {}

  /** By account. */
  list(limit: number, after: string | null): Promise<DiscoveryAccount[]> {
    return this.accounts.list({ limit, after });
  }

  count(): Promise<number> {
    return this.accounts.count();
  }

  /** What is known of each account, by region: also of regions that are left; nothing before the first sweep. */
  async statesOf(accounts: readonly string[]): Promise<ScopeReport[][]> {
    const lists = await this.reads.lists({ accounts });
    return accounts.map((account) => byRegion(lists.filter((list) => list.account === account)));
  }

  /** Adds accounts, or changes those that are there: what is left out stays. All or nothing. RULE_VIOLATION. */
  async add(ctx: RequestContext, given: readonly AccountGiven[]): Promise<DiscoveryOutcome<AccountsSaved>> {
    if (given.length < 1 || given.length > MOST_ACCOUNTS)
      return refusedFor(violation('accounts', `${given.length} accounts`, `1 to ${MOST_ACCOUNTS}`));
    const seen = new Set<string>();
    for (const [index, { account }] of given.entries()) {
      if (seen.has(account))
        return refusedFor(violation(`accounts[${index}].account`, account, 'given once'));
      seen.add(account);
    }
    return this.save(ctx, 'list', given);
  }

  /** Without a difference nothing is written. NOT_FOUND, RULE_VIOLATION. */
  async update(
    ctx: RequestContext,
    account: string,
    changes: AccountChanges,
  ): Promise<DiscoveryOutcome<DiscoveryAccount>> {
    const outcome = await this.unitOfWork.run<DiscoveryOutcome<DiscoveryAccount>>(ctx, async (tx) => {
      const before = (await this.accounts.lock(tx, [account])).get(account);
      if (!before) return refusedFor(missing('discovered account', account));
      const after = { ...before, ...changes };
      const broken = brokenRule(after);
      if (broken) return refusedFor(broken);
      await this.write(tx, ctx, before.source, [after], new Map([[account, before]]));
      return { ok: true, value: (await this.accounts.list({ accounts: [account] }, tx))[0]! };
    });
    if (outcome.ok) this.publisher.wake();
    return outcome;
  }

  /**
   * What was observed there stays as it is: its lists are stale from now on. All or nothing; answers with the accounts as
   * they were. NOT_FOUND, RULE_VIOLATION.
   */
  async remove(
    ctx: RequestContext,
    accounts: readonly string[],
  ): Promise<DiscoveryOutcome<readonly DiscoveryAccount[]>> {
    if (accounts.length < 1 || accounts.length > MOST_ACCOUNTS)
      return refusedFor(violation('accounts', `${accounts.length} accounts`, `1 to ${MOST_ACCOUNTS}`));
    const outcome = await this.unitOfWork.run<DiscoveryOutcome<readonly DiscoveryAccount[]>>(
      ctx,
      async (tx) => {
        const found = await this.accounts.lock(tx, accounts);
        const unknown = accounts.find((account) => !found.has(account));
        if (unknown !== undefined) return refusedFor(missing('discovered account', unknown));
        const gone = [...found.values()];
        await this.accounts.delete(tx, [...found.keys()]);
        const scopes = gone.flatMap(({ account, regions }) => regions.map((region) => ({ account, region })));
        await this.accounts.markStale(tx, scopes, NO_LONGER_DISCOVERED);
        for (const account of gone) {
          const { name, roleArn, regions } = account;
          const detail = { name, roleArn, regions };
          await recordChange(tx, ctx, { action: 'discovery.removed', subject: account.account, detail });
        }
        return { ok: true, value: gone };
      },
    );
    if (outcome.ok) this.publisher.wake();
    return outcome;
  }

  /**
   * Adds the active accounts of the organization; those that a list named stay as they are. Asks the cloud first. RULE_VIOLATION;
   * throws UNAVAILABLE where the organization does not say its accounts.
   */
  async importOrganization(
    ctx: RequestContext,
    given: OrganizationImport,
  ): Promise<DiscoveryOutcome<OrganizationImported>> {
    const { regions, roleName, externalId, include, exclude } = given;
    const odd = [...include, ...exclude].find((account) => !isAccountNumber(account));
    const broken =
      brokenRegions(regions) ??
      (isRoleName(roleName) ? null : violation('roleName', roleName.slice(0, 600), 'the name of a role')) ??
      brokenExternalId(externalId) ??
      (odd === undefined ? null : violation('include', odd.slice(0, 100), 'account numbers of 12 digits'));
    if (broken) return refusedFor(broken);
    const active = await this.askOrganization();
    const wanted = [...active].filter(
      ([account]) => (include.length === 0 || include.includes(account)) && !exclude.includes(account),
    );
    const members = wanted.map(([account, name]) => ({
      account,
      name: name.slice(0, 255),
      roleArn: roleArnOf(roleName, account, regions[0]!),
      externalId,
      regions,
    }));
    const saved = await this.save(ctx, 'organization', members);
    if (!saved.ok) return saved;
    const gone = (await this.accounts.list({}))
      .filter(({ account, source }) => source === 'organization' && !active.has(account))
      .map(({ account }) => account);
    return { ok: true, value: { ...saved.value, gone } };
  }

  private async askOrganization(): Promise<Map<string, string>> {
    const active = new Map<string, string>();
    try {
      const signal = AbortSignal.timeout(ORGANIZATION_TIMEOUT_MS);
      for await (const { account, name } of this.cloud.accounts(signal)) active.set(account, name);
    } catch (error) {
      if (!(error instanceof ListFailedError || (error as Error).name === 'TimeoutError')) throw error;
      const reason = error instanceof ListFailedError ? error.reason : 'TIMEOUT';
      throw new CodedError(
        'UNAVAILABLE',
        `The organization does not say its accounts: ${(error as Error).message}`,
        {
          reason,
        },
      );
    }
    return active;
  }

  private async save(
    ctx: RequestContext,
    source: AccountSource,
    given: readonly AccountGiven[],
  ): Promise<DiscoveryOutcome<AccountsSaved>> {
    const ids = given.map(({ account }) => account);
    const outcome = await this.unitOfWork.run<DiscoveryOutcome<AccountsSaved>>(ctx, async (tx) => {
      const before = await this.accounts.lock(tx, ids);
      const after = given.map((account) => declared(account, before.get(account.account)));
      for (const [index, account] of after.entries()) {
        const broken = brokenRule(account, `accounts[${index}].`);
        if (broken) return refusedFor(broken);
      }
      // an account that somebody named by hand is his, whatever the organization says
      const meant =
        source === 'list' ? after : after.filter(({ account }) => before.get(account)?.source !== 'list');
      const counts = await this.write(tx, ctx, source, meant, before);
      return { ok: true, value: { ...counts, accounts: await this.accounts.list({ accounts: ids }, tx) } };
    });
    if (outcome.ok) this.publisher.wake();
    return outcome;
  }

  /** Writes what is new or different, and records each as a change. */
  private async write(
    tx: Tx,
    ctx: RequestContext,
    source: AccountSource,
    given: readonly AccountDeclaration[],
    before: ReadonlyMap<string, DiscoveryAccount>,
  ): Promise<{ added: number; updated: number }> {
    const changes = given.flatMap((after): AccountChange[] => {
      const was = before.get(after.account);
      if (!was) {
        const { name, roleArn, regions, enabled } = after;
        return [{ after, was, detail: { name, roleArn, regions, enabled, source } }];
      }
      const different = differencesOf(was, after);
      const detail = was.source === source ? different : { ...different, source: [was.source, source] };
      return Object.keys(detail).length > 0 ? [{ after, was, detail }] : [];
    });
    if (changes.length === 0) return { added: 0, updated: 0 };
    await this.accounts.save(
      tx,
      ctx,
      source,
      changes.map(({ after }) => after),
    );
    const left = changes.flatMap(({ was, after }) =>
      (was?.regions ?? [])
        .filter((region) => !after.enabled || !after.regions.includes(region))
        .map((region) => ({ account: after.account, region })),
    );
    await this.accounts.markStale(tx, left, NO_LONGER_DISCOVERED);
    for (const { after, was, detail } of changes) {
      const action = was ? 'discovery.updated' : 'discovery.added';
      await recordChange(tx, ctx, { action, subject: after.account, detail });
    }
    const added = changes.filter(({ was }) => !was).length;
    return { added, updated: changes.length - added };
  }
}
