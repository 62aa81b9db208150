import { Injectable } from '@nestjs/common';
import { Prefix } from '../../address/index.js';
import { type RequestContext, systemContext } from '../../platform/context/request-context.js';
import type { Tx } from '../../platform/database/statement.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { Publisher, recordChange } from '../../platform/events/index.js';
import { looksLikeId, publicId } from '../../platform/graphql/public-id.js';
import { RoutingDomainsService } from '../routing-domains/index.js';
import { NetworkDomainRepository } from './data/network-domain.repository.js';
import type { InventoryFailure } from './domain/failure.js';
import type { CurrentObject } from './domain/inventory-list.js';
import type { Network } from './domain/network.js';
import { EXTERNAL_NETWORK } from './domain/observed.js';
import { cidrsOf } from './domain/seen.js';
import { InventoryReads } from './inventory-reads.js';

/** A network that is placed, or what is not there. */
export type Placed =
  { readonly ok: true; readonly value: Network } | { readonly ok: false; readonly failure: NotFoundFailure };
type NotFoundFailure = Extract<InventoryFailure, { code: 'NOT_FOUND' }>;

const LONGEST_NAME = 255;
const MOST_DEPENDENTS = 100;

/** VPCs and external networks, each in its routing domain. */
@Injectable()
export class NetworksService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly reads: InventoryReads,
    private readonly domains: NetworkDomainRepository,
    private readonly routingDomains: RoutingDomainsService,
    private readonly publisher: Publisher,
  ) {
    routingDomains.keepFor(async (reader, id) =>
      (await this.domains.in(reader, id, MOST_DEPENDENTS)).map((network) => `network ${network}`),
    );
  }

  /** All networks as they are now, by id; the missing ones too. O(networks). */
  async current(): Promise<Network[]> {
    const objects = ownersFirst(await this.reads.current({ kinds: ['vpc', EXTERNAL_NETWORK] }));
    const ids = [...objects.keys()];
    const domains = await this.ensure(systemContext('discovery'), ids);
    return ids.sort().map((id) => networkOf(objects.get(id)!, domains.get(id)!));
  }

  /**
   * The routing domain of each network, made where there is none: one of its own, named by it, or the declared one that
   * has this name. Repeatable, also by several at once.
   */
  async ensure(ctx: RequestContext, networkIds: readonly string[]): Promise<Map<string, number>> {
    const wanted = [...new Set(networkIds)];
    const known = await this.known(wanted);
    const missing = wanted.filter((id) => !known.has(id));
    if (missing.length === 0) return known;
    const made = await this.routingDomains.ensure(ctx, missing.map(domainNameOf));
    const ids = missing.map((id) => made.get(domainNameOf(id))!.id);
    await this.unitOfWork.run(ctx, (tx) => this.domains.insert(tx, missing, ids));
    return this.known(wanted);
  }

  /** Puts a network into a routing domain, by id or name, as somebody declares. NOT_FOUND (of either). */
  async place(ctx: RequestContext, network: string, routingDomain: string): Promise<Placed> {
    const filter = { kinds: ['vpc', EXTERNAL_NETWORK], ids: [network] } as const;
    const object = ownersFirst(await this.reads.current(filter)).get(network);
    if (!object) return { ok: false, failure: notFound('network', network) };
    await this.ensure(ctx, [network]);
    const domainId = await this.unitOfWork.run(ctx, async (tx) => {
      const [domain] = await this.routingDomains.lock(tx, routingDomain);
      if (domain) await this.placeIn(tx, ctx, network, domain.id);
      return domain?.id ?? null;
    });
    if (domainId === null) return { ok: false, failure: notFound('routing domain', routingDomain) };
    this.publisher.wake();
    return { ok: true, value: networkOf(object, domainId) };
  }

  /** As `place`, in a transaction of the caller, who holds the lock of the routing domain. */
  async placeIn(tx: Tx, ctx: RequestContext, network: string, routingDomainId: number): Promise<void> {
    const before = await this.domains.place(tx, network, routingDomainId);
    if (before?.routingDomainId === routingDomainId) return;
    const id = (number: number): string => publicId('routingDomain', number);
    const routingDomain = [before && id(before.routingDomainId), id(routingDomainId)];
    await recordChange(tx, ctx, { action: 'network.placed', subject: network, detail: { routingDomain } });
  }

  /** A network that is declared no more, in a transaction of the caller. */
  async forget(tx: Tx, network: string): Promise<void> {
    await this.domains.delete(tx, network);
  }

  private async known(networkIds: readonly string[]): Promise<Map<string, number>> {
    const found = await this.domains.of(networkIds);
    return new Map(found.map(({ networkId, routingDomainId }) => [networkId, routingDomainId]));
  }
}

/** A shared VPC is seen by several accounts: as its owner shows it. By id. */
function ownersFirst(objects: readonly CurrentObject[]): Map<string, CurrentObject> {
  const byId = new Map<string, CurrentObject>();
  for (const object of objects)
    if (!byId.has(object.id) || object.body.ownerId === object.account) byId.set(object.id, object);
  return byId;
}

/** What a routing domain of its own is called; few names cannot be one. */
function domainNameOf(networkId: string): string {
  const isName = networkId.trim() !== '' && networkId.length <= LONGEST_NAME && !looksLikeId(networkId);
  return isName ? networkId : `network ${networkId}`.slice(0, LONGEST_NAME);
}

function networkOf(object: CurrentObject, routingDomainId: number): Network {
  const { id, kind, name, region, missingSince, body, prefixes } = object;
  const common = { id, name, routingDomainId, missing: missingSince !== null };
  if (kind !== 'vpc') {
    const cidrs = prefixes.map((cidr) => Prefix.must(cidr));
    return { ...common, kind: EXTERNAL_NETWORK, account: null, region: null, cidrs };
  }
  const owner = typeof body.ownerId === 'string' ? body.ownerId : '';
  const cidrs = cidrsOf('vpc', body)
    .filter(({ usable }) => usable)
    .map(({ cidr }) => cidr);
  return { ...common, kind, account: owner || object.account, region, cidrs };
}

function notFound(what: string, id: string): NotFoundFailure {
  return { code: 'NOT_FOUND', message: `There is no ${what} ${JSON.stringify(id)}.`, id };
}
