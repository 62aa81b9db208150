import { Injectable } from '@nestjs/common';
import type { Instant } from '../../platform/context/instant.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { badInput } from '../../platform/graphql/errors.js';
import { ReadRepository } from './data/read.repository.js';
import { ScopeRepository, type ScopeRow } from './data/scope.repository.js';
import type {
  ChangeFilter,
  ChangePlace,
  CurrentObject,
  ListFilter,
  ListStatus,
  ObservedFilter,
  ObservedPlace,
  ObservedVersion,
  RecordedChange,
} from './domain/inventory-list.js';
import { type Presence, presenceAt, type Uncovered, uncoveredAt } from './domain/presence.js';

/** A VPC and all that was its own, connected it or served it, at an instant. */
export interface VpcSnapshot {
  readonly vpcId: string;
  readonly at: Instant;
  readonly objects: readonly { readonly version: ObservedVersion; readonly presence: Presence }[];
  /** Lists of the scopes that see the VPC which say nothing of that instant: of their kind there may be more. */
  readonly uncovered: readonly (Uncovered & { readonly scope: ScopeRow })[];
}

/** Reads of what is observed now and was observed before. */
@Injectable()
export class InventoryReads {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly reads: ReadRepository,
    private readonly scopes: ScopeRepository,
  ) {}

  /** Current objects by scope, kind, id, the missing ones too; all unless `limit` says how many. */
  current(
    filter: ObservedFilter,
    limit: number | null = null,
    after: ObservedPlace | null = null,
  ): Promise<CurrentObject[]> {
    return this.reads.current(filter, limit, after);
  }

  count(filter: ObservedFilter): Promise<number> {
    return this.reads.count(filter);
  }

  /** Versions of what has this id, the latest first. */
  versionsOf(id: string, limit: number): Promise<ObservedVersion[]> {
    return this.reads.versionsOf(id, limit);
  }

  /** Null for a VPC that nobody ever saw. Throws BAD_USER_INPUT for an instant in the future. */
  async snapshotAt(vpcId: string, asked: Instant | null): Promise<VpcSnapshot | null> {
    return this.unitOfWork.snapshot(async (reader, now) => {
      const at = asked ?? now;
      if (at > now) throw badInput('"at" lies in the future: nobody has looked yet.');
      const scopeIds = await this.reads.scopesOf(reader, vpcId);
      if (scopeIds.length === 0) return null;
      const versions = await this.reads.versionsAt(reader, vpcId, at);
      // what connects the VPC may be seen by other accounts
      const seenBy = [...new Set([...scopeIds, ...versions.map(({ scopeId }) => scopeId)])];
      const gaps = await this.reads.gapsAt(reader, seenBy, at);
      const covered = await this.reads.coveredSince(reader, scopeIds);
      const scopes = new Map((await this.scopes.all(reader)).map((scope) => [scope.id, scope]));
      const objects = versions.flatMap((version) => {
        const own = gaps.filter(({ scopeId, kind }) => scopeId === version.scopeId && kind === version.kind);
        const presence = presenceAt(version, own, at);
        return presence ? [{ version, presence }] : [];
      });
      const uncovered = scopeIds
        .flatMap((id) => uncoveredAt(id, covered.get(id)!, gaps, at))
        .map((list) => ({ ...list, scope: scopes.get(list.scopeId)! }));
      return { vpcId, at, objects, uncovered };
    });
  }

  /** Changes, the latest first. */
  changes(filter: ChangeFilter, limit: number, after: ChangePlace | null = null): Promise<RecordedChange[]> {
    return this.reads.changes(filter, limit, after);
  }

  countChanges(filter: ChangeFilter): Promise<number> {
    return this.reads.countChanges(filter);
  }

  /** Free IPv4 addresses of subnets, as the provider counted them last. */
  available(subnetIds: readonly string[]): Promise<Map<string, { addresses: number; at: Instant }>> {
    return this.reads.available(subnetIds);
  }

  /** State of every list: what is stale, since when and why. */
  lists(filter: ListFilter = {}): Promise<ListStatus[]> {
    return this.reads.lists(filter);
  }

  /** Accounts and regions that are known, also the one of what people declare. */
  knownScopes(): Promise<ScopeRow[]> {
    return this.scopes.all();
  }
}
