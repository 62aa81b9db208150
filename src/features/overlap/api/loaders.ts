import { Injectable } from '@nestjs/common';
import DataLoader from 'dataloader';
import type { Prefix } from '../../../address/index.js';
import { publicId } from '../../../platform/graphql/public-id.js';
import { ObservedSpaceService } from '../../allocation/index.js';
import { CurrentObjects, type Network } from '../../inventory/index.js';
import {
  RoutingDomainsService,
  type RoutingDomainType,
  routingDomainTypeOf,
} from '../../routing-domains/index.js';
import { OverlapHolder } from './overlap.types.js';

interface Side {
  readonly network: Network;
  readonly cidr: Prefix;
}

/** What stands beside networks of a page, in one statement each, however many they are. Remembers nothing. */
@Injectable()
export class OverlapLoaders {
  private readonly domains: DataLoader<number, RoutingDomainType | null>;
  private readonly used: DataLoader<Side, bigint>;
  private readonly holders: DataLoader<Side, OverlapHolder | null>;

  constructor(domains: RoutingDomainsService, objects: CurrentObjects, observedSpace: ObservedSpaceService) {
    const options = { cache: false, maxBatchSize: 2000 };
    this.domains = new DataLoader(async (ids) => {
      const found = new Map(
        (await domains.byIds([...new Set(ids)])).map((one) => [one.id, routingDomainTypeOf(one)]),
      );
      return ids.map((id) => found.get(id) ?? null);
    }, options);
    this.used = new DataLoader(
      (sides) => objects.addressesInUse(sides.map(({ network, cidr }) => ({ networkId: network.id, cidr }))),
      options,
    );
    this.holders = new DataLoader(async (sides) => {
      const places = await observedSpace.places(
        sides.map(({ network, cidr }) => ({ cidr, routingDomainId: network.routingDomainId, within: null })),
      );
      return places.map((place, i) => {
        const { network, cidr: asked } = sides[i]!;
        // of networks with the same CIDR the one that holds it has it, and the others do not
        const there = place?.allocations.find(
          ({ cidr, holder }) => cidr.equals(asked) && (holder.resourceId ?? network.id) === network.id,
        );
        return there ? { id: publicId('allocation', there.id), key: there.key, holder: there.holder } : null;
      });
    }, options);
  }

  domain(id: number): Promise<RoutingDomainType | null> {
    return this.domains.load(id);
  }

  addressesInUse(side: Side): Promise<bigint> {
    return this.used.load(side);
  }

  holder(side: Side): Promise<OverlapHolder | null> {
    return this.holders.load(side);
  }
}
