import { createUnionType, Field, ID, InputType, ObjectType, registerEnumType } from '@nestjs/graphql';
import type { Prefix } from '../../../address/index.js';
import { NotFound } from '../../../platform/graphql/failure.js';
import { connectionOf } from '../../../platform/graphql/pagination.js';
import { CIDR } from '../../../platform/graphql/scalars.js';
import { type RoutingDomain, RoutingDomainType, routingDomainTypeOf } from '../../routing-domains/index.js';
import type { Network } from '../domain/network.js';

export const NetworkKindEnum = { VPC: 'vpc', EXTERNAL_NETWORK: 'external_network' } as const satisfies Record<
  string,
  Network['kind']
>;
registerEnumType(NetworkKindEnum, {
  name: 'NetworkKind',
  description: 'What a network is.',
  valuesMap: {
    VPC: { description: 'Observed in the cloud.' },
    EXTERNAL_NETWORK: { description: 'Declared: an on-premises site, a range of a partner.' },
  },
});

@ObjectType('Network', {
  description: 'What has CIDRs in one routing domain: a VPC, or an external network.',
})
export class NetworkType {
  @Field(() => ID, { description: 'As "vpc-0a1b", or the name of an external network.' })
  readonly id!: string;

  @Field(() => NetworkKindEnum, { description: 'What it is.' })
  readonly kind!: Network['kind'];

  @Field(() => String, { nullable: true, description: 'What it is called.' })
  readonly name!: string | null;

  @Field(() => String, { nullable: true, description: 'Who owns it; null of an external network.' })
  readonly account!: string | null;

  @Field(() => String, { nullable: true, description: 'Null of an external network.' })
  readonly region!: string | null;

  @Field(() => RoutingDomainType, { description: 'Where its addresses mean what they mean.' })
  readonly routingDomain!: RoutingDomainType;

  @Field(() => [CIDR], { description: 'In address order.' })
  readonly cidrs!: readonly Prefix[];

  @Field(() => Boolean, { description: 'Not in the last good list; it counts until it has ended.' })
  readonly missing!: boolean;
}

export function networkTypeOf(network: Network, domain: RoutingDomain): NetworkType {
  const routingDomain = routingDomainTypeOf(domain);
  return Object.assign(new NetworkType(), { ...network, routingDomain });
}

@ObjectType({ description: 'A page of networks, by id.' })
export class NetworkConnection extends connectionOf(NetworkType, 'Network') {}

@InputType({ description: 'All given conditions hold.' })
export class NetworkFilterInput {
  @Field(() => NetworkKindEnum, { nullable: true, description: 'Is this.' })
  readonly kind?: Network['kind'] | null;

  @Field(() => String, { nullable: true, description: 'Is owned by this account; 1 to 64 characters.' })
  readonly account?: string | null;

  @Field(() => String, { nullable: true, description: 'Is in this region; 1 to 64 characters.' })
  readonly region?: string | null;

  @Field(() => ID, { nullable: true, description: 'Is in this routing domain, by id or name.' })
  readonly routingDomain?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'In id or name, in any case; 1 to 256 characters.',
  })
  readonly text?: string | null;
}

@InputType({ description: 'Which network belongs where.' })
export class PlaceNetworkInput {
  @Field(() => ID, { description: 'Id of a VPC, or name of an external network: 1 to 256 characters.' })
  readonly network!: string;

  @Field(() => ID, { description: 'Id or name.' })
  readonly routingDomain!: string;
}

export const PlaceNetworkResult = createUnionType({
  name: 'PlaceNetworkResult',
  description: 'The network at its new place, or why it stays.',
  types: () => [NetworkType, NotFound] as const,
});
