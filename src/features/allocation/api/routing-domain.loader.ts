import { Injectable } from '@nestjs/common';
import DataLoader from 'dataloader';
import {
  type RoutingDomainType,
  RoutingDomainsService,
  routingDomainTypeOf,
} from '../../routing-domains/index.js';

/** Routing domains of many pools in one statement. Remembers nothing, so it serves all requests. */
@Injectable()
export class RoutingDomainLoader {
  private readonly loader: DataLoader<number, RoutingDomainType | null>;

  constructor(domains: RoutingDomainsService) {
    this.loader = new DataLoader(
      async (ids) => {
        const found = await domains.byIds([...new Set(ids)]);
        const byId = new Map(found.map((domain) => [domain.id, routingDomainTypeOf(domain)]));
        return ids.map((id) => byId.get(id) ?? null);
      },
      { cache: false },
    );
  }

  load(id: number): Promise<RoutingDomainType | null> {
    return this.loader.load(id);
  }
}
