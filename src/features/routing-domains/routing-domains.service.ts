import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../platform/context/request-context.js';
import { violates } from '../../platform/database/sqlstate.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { Publisher, recordChange } from '../../platform/events/index.js';
import { numberOfId, publicId, requireName } from '../../platform/graphql/public-id.js';
import { RoutingDomainRepository } from './data/routing-domain.repository.js';
import type { NewRoutingDomain, RoutingDomain } from './domain/routing-domain.js';

export type CreateRoutingDomainOutcome =
  | { readonly ok: true; readonly routingDomain: RoutingDomain }
  | { readonly ok: false; readonly takenBy: string };

@Injectable()
export class RoutingDomainsService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly domains: RoutingDomainRepository,
    private readonly publisher: Publisher,
  ) {}

  async create(ctx: RequestContext, domain: NewRoutingDomain): Promise<CreateRoutingDomainOutcome> {
    requireName(domain.name);
    try {
      const routingDomain = await this.unitOfWork.run(ctx, async (tx) => {
        const made = await this.domains.insert(tx, ctx, domain);
        const { name, description, tags } = domain;
        await recordChange(tx, ctx, {
          action: 'routing_domain.created',
          subject: publicId('routingDomain', made.id),
          detail: { name, description, tags },
        });
        return made;
      });
      this.publisher.wake();
      return { ok: true, routingDomain };
    } catch (error) {
      if (!violates(error, 'routing_domain_name_taken')) throw error;
      const taken = await this.domains.byName(domain.name);
      return { ok: false, takenBy: taken ? publicId('routingDomain', taken.id) : domain.name };
    }
  }

  /** By id or name; null for neither. */
  async find(idOrName: string): Promise<RoutingDomain | null> {
    const id = numberOfId('routingDomain', idOrName);
    if (id === null) return this.domains.byName(idOrName);
    const [found] = await this.domains.byIds([id]);
    return found ?? null;
  }

  byIds(ids: readonly number[]): Promise<RoutingDomain[]> {
    return this.domains.byIds(ids);
  }

  /** By name. */
  list(limit: number, after: string | null): Promise<RoutingDomain[]> {
    return this.domains.list(limit, after);
  }

  count(): Promise<number> {
    return this.domains.count();
  }
}
