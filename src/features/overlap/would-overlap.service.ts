import { Injectable } from '@nestjs/common';
import { parsePrefixAtEdge, type Prefix } from '../../address/index.js';
import { badInput } from '../../platform/graphql/errors.js';
import type { Network } from '../inventory/index.js';
import { RoutingDomainsService } from '../routing-domains/index.js';
import { type ConnectionKind, type End, type Verdict, verdictOn } from './domain/would-overlap.js';
import { ObservedWorld, type World } from './observed-world.js';

/** Most blocks of one end: each is compared with each of the other. */
const MOST_BLOCKS = 5_000;

/** Answers before a connection is made; changes nothing and holds nothing. */
@Injectable()
export class WouldOverlapService {
  constructor(
    private readonly world: ObservedWorld,
    private readonly domains: RoutingDomainsService,
  ) {}

  /**
   * An end is the id of a network, a routing domain (id or name), or CIDRs. Throws BAD_USER_INPUT for what is none of them,
   * or for both ends the same network.
   */
  async ask(
    a: readonly string[],
    b: readonly string[],
    via: ConnectionKind,
  ): Promise<Verdict & { a: End; b: End }> {
    const world = await this.world.read();
    const [endA, endB] = [await this.endOf(world, 'a', a), await this.endOf(world, 'b', b)];
    const same = endA.networks.find(({ id }) => endB.networks.some((other) => other.id === id));
    if (same) throw badInput(`${same.id} is at both ends: a network is not connected to itself.`);
    const verdict = verdictOn(endA, endB, via, {
      a: beyond(world, endA, endB),
      b: beyond(world, endB, endA),
    });
    return { ...verdict, a: endA, b: endB };
  }

  private async endOf({ networks }: World, argument: string, given: readonly string[]): Promise<End> {
    const found: Network[] = [];
    const cidrs: Prefix[] = [];
    for (const text of given) {
      const network = networks.find(({ id }) => id === text);
      const parsed = network ? null : parsePrefixAtEdge(text);
      if (network) found.push(network);
      else if (parsed?.ok) cidrs.push(parsed.value);
      else {
        const domain = await this.domains.find(text);
        if (!domain)
          throw badInput(
            `"${argument}": ${JSON.stringify(text.slice(0, 128))} is no network that is observed, no routing domain and no CIDR.`,
          );
        found.push(...networks.filter(({ routingDomainId }) => routingDomainId === domain.id));
      }
    }
    const distinct = [...new Map(found.map((network) => [network.id, network])).values()];
    const blocks = distinct.reduce((sum, network) => sum + network.cidrs.length, cidrs.length);
    if (blocks > MOST_BLOCKS)
      throw badInput(`"${argument}" has ${blocks} blocks, at most ${MOST_BLOCKS} can be asked for.`);
    return { name: given.join(', '), networks: distinct, cidrs };
  }
}

/** Networks that `end` would come to reach, or be reached from, over the route tables that `other` sends into. */
function beyond({ networks, reach }: World, end: End, other: End): Network[] {
  const hubs = other.networks.flatMap(({ routingDomainId }) =>
    [...reach.sentInto(routingDomainId).map(({ to }) => to)].filter((hub) => typeof hub === 'string'),
  );
  const domains = new Set(reach.behind(hubs));
  const ends = new Set([...end.networks, ...other.networks].map(({ id }) => id));
  return networks.filter(({ id, routingDomainId }) => domains.has(routingDomainId) && !ends.has(id));
}
