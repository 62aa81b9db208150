import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../platform/context/request-context.js';
import type { Tx } from '../../platform/database/statement.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { Publisher, recordChange } from '../../platform/events/index.js';
import { publicId } from '../../platform/graphql/public-id.js';
import { DomainLinkRepository, type LinkRow } from './data/domain-link.repository.js';
import { notFound, type Outcome, refused, type RoutingDomainFailure } from './domain/failure.js';
import type { DomainLink, RoutingDomain } from './domain/routing-domain.js';
import { RoutingDomainsService } from './routing-domains.service.js';

/** A link as callers name it: two routing domains by id or name, in either order, and what connects them. */
export interface NamedLink {
  readonly a: string;
  readonly b: string;
  readonly via: string;
}

/** Use cases over declared links. A link's changes are recorded under its own id. */
@Injectable()
export class DomainLinksService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly domains: RoutingDomainsService,
    private readonly links: DomainLinkRepository,
    private readonly publisher: Publisher,
  ) {}

  /** Repeatable, also by several at once: the same link again is the same row. RULE_VIOLATION, NOT_FOUND. */
  async connect(ctx: RequestContext, named: NamedLink): Promise<Outcome<DomainLink>> {
    return this.change(ctx, named, async (tx, a, b, there) => {
      if (a.id === b.id) return refused(itself(a, named.b));
      if (there) return { ok: true, value: linkOf(there, a, b) };
      const made = await this.links.insert(tx, ctx, a.id, b.id, named.via);
      await recordChange(tx, ctx, noteOf('domain_link.connected', made));
      return { ok: true, value: linkOf(made, a, b) };
    });
  }

  /** Answers with the link as it was. NOT_FOUND. */
  async disconnect(ctx: RequestContext, named: NamedLink): Promise<Outcome<DomainLink>> {
    return this.change(ctx, named, async (tx, a, b, there) => {
      if (!there) return refused(noLink(a, b, named.via));
      await this.links.delete(tx, there.id);
      await recordChange(tx, ctx, noteOf('domain_link.disconnected', there));
      return { ok: true, value: linkOf(there, a, b) };
    });
  }

  /** Every link by its id and the numbers of its ends, `aId` the smaller one; they are few. */
  async all(): Promise<{ readonly id: string; readonly aId: number; readonly bId: number }[]> {
    return (await this.links.all()).map(({ id, aId, bId }) => ({ id: publicId('domainLink', id), aId, bId }));
  }

  /** Links of each of the routing domains, by the other's name, then via. Two statements, however many there are. */
  async of(domainIds: readonly number[]): Promise<DomainLink[][]> {
    const rows = await this.links.of(domainIds);
    const ends = [...rows.values()].flat().flatMap(({ aId, bId }) => [aId, bId]);
    const found = ends.length === 0 ? [] : await this.domains.byIds([...new Set(ends)]);
    const byId = new Map(found.map((domain) => [domain.id, domain]));
    // a link that went between the two statements has no ends any more
    return domainIds.map((id) =>
      rows.get(id)!.flatMap((row) => {
        const [a, b] = [byId.get(row.aId), byId.get(row.bId)];
        return a && b ? linkOf(row, a, b) : [];
      }),
    );
  }

  /** `decide` gets both ends, locked, the one with the smaller id first, and the link that is there. */
  private async change(
    ctx: RequestContext,
    { a, b, via }: NamedLink,
    decide: (
      tx: Tx,
      a: RoutingDomain,
      b: RoutingDomain,
      there: LinkRow | null,
    ) => Promise<Outcome<DomainLink>>,
  ): Promise<Outcome<DomainLink>> {
    const outcome = await this.unitOfWork.run<Outcome<DomainLink>>(ctx, async (tx) => {
      const [one, other] = await this.domains.lock(tx, a, b);
      if (!one || !other) return refused(notFound(one ? b : a));
      const [first, second] = one.id <= other.id ? [one, other] : [other, one];
      return decide(tx, first, second, await this.links.find(tx, first.id, second.id, via));
    });
    if (outcome.ok) this.publisher.wake();
    return outcome;
  }
}

function linkOf({ id, via, createdAt, createdBy }: LinkRow, a: RoutingDomain, b: RoutingDomain): DomainLink {
  return { id, a, b, via, createdAt, createdBy };
}

function noteOf(action: string, { id, aId, bId, via }: LinkRow) {
  const ends = { a: publicId('routingDomain', aId), b: publicId('routingDomain', bId) };
  return { action, subject: publicId('domainLink', id), detail: { ...ends, via } };
}

function itself({ name }: RoutingDomain, given: string): RoutingDomainFailure {
  const message = `${name} cannot be connected to itself: name two routing domains.`;
  return {
    code: 'RULE_VIOLATION',
    message,
    rule: 'b',
    value: given,
    allowed: `a routing domain other than ${name}`,
  };
}

function noLink(a: RoutingDomain, b: RoutingDomain, via: string): RoutingDomainFailure {
  const message = `Nothing connects ${a.name} and ${b.name} via ${JSON.stringify(via)}: see the links of either.`;
  return { code: 'NOT_FOUND', message, id: via };
}
