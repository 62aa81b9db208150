import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Instant } from '../../platform/context/instant.js';
import type { RequestContext } from '../../platform/context/request-context.js';
import type { Tx } from '../../platform/database/statement.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { Publisher } from '../../platform/events/index.js';
import { badInput } from '../../platform/graphql/errors.js';
import { requireName } from '../../platform/graphql/public-id.js';
import { RoutingDomainsService } from '../routing-domains/index.js';
import { ConfigurationChangeRepository } from './data/configuration-change.repository.js';
import {
  ExternalNetworkRepository,
  type LockedScope,
  type StoredNetwork,
} from './data/external-network.repository.js';
import type { ScopeRow } from './data/scope.repository.js';
import { VersionRepository } from './data/version.repository.js';
import type { Body, SnapshotObject } from './domain/change.js';
import { diffObject } from './domain/diff.js';
import {
  bodyOf,
  brokenRuleOf,
  type ExternalNetwork,
  type ExternalNetworkDeclaration,
} from './domain/external-network.js';
import { type InventoryFailure, type Outcome, refused } from './domain/failure.js';
import { EXTERNAL_NETWORK } from './domain/observed.js';
import { NetworksService } from './networks.service.js';
import { Swept } from './swept.js';

const KIND = EXTERNAL_NETWORK;

/** Use cases over networks that no cloud lists: on-premises sites, ranges of partners. Kept like what is observed. */
@Injectable()
export class ExternalNetworksService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly publisher: Publisher,
    private readonly domains: RoutingDomainsService,
    private readonly networks: ExternalNetworkRepository,
    private readonly versions: VersionRepository,
    private readonly changes: ConfigurationChangeRepository,
    private readonly placement: NetworksService,
    private readonly swept: Swept,
  ) {}

  /**
   * Makes a network or replaces the one of this name; without a difference nothing is written. `version`: the one the
   * caller saw, 0 where there was none yet. VERSION_CONFLICT, NOT_FOUND (the routing domain), RULE_VIOLATION (a CIDR of /0).
   */
  async declare(
    ctx: RequestContext,
    declared: ExternalNetworkDeclaration,
    version?: number,
  ): Promise<Outcome<ExternalNetwork>> {
    requireName(declared.name);
    if (/^vpc-/.test(declared.name))
      throw badInput('A name does not begin with vpc-: that is how ids of VPCs begin.');
    const broken = brokenRuleOf(declared);
    if (broken) return refused(broken);
    return this.change(ctx, declared.name, version, async (tx, there) => {
      const { scope, now, before, stored } = there;
      const placed = await this.place(tx, ctx, declared.name, declared.routingDomain);
      if (placed) return refused(placed);
      const body = bodyOf(declared);
      const text = JSON.stringify(body);
      const hash = createHash('sha256').update(`${KIND}\n${text}`).digest('base64url').slice(0, 22);
      if (stored?.hash === hash) return { ok: true, value: stored.network };
      const key = { scopeId: scope.id, kind: KIND } as const;
      const { name } = declared;
      if (stored) await this.versions.supersede(tx, key, now, [name]);
      const object = {
        kind: key.kind,
        id: name,
        vpcId: null,
        name,
        prefixes: body.cidrs,
        body: text,
        hash,
        attachedTo: null,
      };
      await this.versions.insert(tx, scope.id, now, [object]);
      await this.tell(tx, ctx, scope, now, name, before, body);
      const { declaredAt, versions } = there;
      return { ok: true, value: { name, ...body, version: versions + 1, declaredAt, changedAt: now } };
    });
  }

  /** A declaration is certain, and so is its end: the network is gone at once. Answers with it as it was. NOT_FOUND, VERSION_CONFLICT. */
  async remove(ctx: RequestContext, name: string, version?: number): Promise<Outcome<ExternalNetwork>> {
    return this.change(ctx, name, version, async (tx, { scope, now, before, stored }) => {
      if (!stored) return refused(notFound(name));
      await this.versions.supersede(tx, { scopeId: scope.id, kind: KIND }, now, [name]);
      await this.placement.forget(tx, name);
      await this.tell(tx, ctx, scope, now, name, before, null);
      return { ok: true, value: stored.network };
    });
  }

  /** By name. */
  list(limit: number, after: string | null): Promise<ExternalNetwork[]> {
    return this.networks.list(limit, after);
  }

  count(): Promise<number> {
    return this.networks.count();
  }

  private async change(
    ctx: RequestContext,
    name: string,
    version: number | undefined,
    decide: (tx: Tx, there: There) => Promise<Outcome<ExternalNetwork>>,
  ): Promise<Outcome<ExternalNetwork>> {
    let declared: ScopeRow | null = null;
    const outcome = await this.unitOfWork.run<Outcome<ExternalNetwork>>(ctx, async (tx) => {
      const locked = await this.networks.lock(tx, name);
      declared = locked.scope;
      const stored = await this.networks.find(tx, name);
      const current = stored ? locked.versions : 0;
      if (version !== undefined && version !== current)
        return refused(versionConflict(name, version, current, await this.networks.changedBy(tx, name)));
      return decide(tx, { ...locked, stored, before: stored && bodyOfStored(stored.network) });
    });
    if (outcome.ok) {
      this.publisher.wake();
      // it counts from now on like what is observed
      await this.swept.announce(ctx, [{ ...declared!, beganAt: -Infinity, good: [] }]);
    }
    return outcome;
  }

  /** Into the routing domain that the declaration names. The failure where there is no such one. */
  private async place(
    tx: Tx,
    ctx: RequestContext,
    name: string,
    routingDomain: string | null,
  ): Promise<InventoryFailure | null> {
    if (routingDomain === null) return null;
    const [domain] = await this.domains.lock(tx, routingDomain);
    if (!domain) return notFound(routingDomain);
    await this.placement.placeIn(tx, ctx, name, domain.id);
    return null;
  }

  private async tell(
    tx: Tx,
    ctx: RequestContext,
    scope: ScopeRow,
    at: Instant,
    name: string,
    before: Body | null,
    after: Body | null,
  ): Promise<void> {
    const object = (body: Body | null): SnapshotObject | null =>
      body && { kind: KIND, id: name, vpcId: null, body };
    const changes = diffObject(object(before), object(after));
    await this.changes.record(
      tx,
      ctx,
      scope,
      at,
      changes.map((change) => ({ ...change, name, vpcs: [] })),
    );
  }
}

interface There extends LockedScope {
  readonly stored: StoredNetwork | null;
  readonly before: Body | null;
}

function bodyOfStored({ cidrs, contact, description, gateways, tags }: ExternalNetwork): Body {
  return { cidrs, contact, description, gateways, tags };
}

function notFound(id: string): InventoryFailure {
  return { code: 'NOT_FOUND', message: `There is no ${JSON.stringify(id)}.`, id };
}

function versionConflict(name: string, seen: number, now: number, changedBy: string): InventoryFailure {
  const message =
    now === 0
      ? `There is no external network ${JSON.stringify(name)} any more: declare it with version 0.`
      : `${name} is at version ${now}, not ${seen}: read it again, and decide anew.`;
  return { code: 'VERSION_CONFLICT', message, version: now, changedBy };
}
