import { Field, Int, ObjectType } from '@nestjs/graphql';
import type { Instant } from '../../../platform/context/instant.js';
import { connectionOf } from '../../../platform/graphql/pagination.js';
import { DateTime } from '../../../platform/graphql/scalars.js';
import { RoutingDomainType } from '../../routing-domains/index.js';
import type { Via, Way } from '../domain/reach.js';
import { ReachStatusEnum, WayEnum } from './enums.js';

@ObjectType('ReachWay', { description: 'One way between two routing domains.' })
export class ReachWayType implements Via {
  @Field(() => WayEnum, { description: 'How.' })
  readonly how!: Way;

  @Field(() => String, {
    description: 'The peering, transit gateway, VPN connection, Direct Connect gateway or declared link.',
  })
  readonly resource!: string;
}

@ObjectType('ReachedDomain', {
  description: 'A routing domain that another one reaches, or that reaches it.',
})
export class ReachedDomain {
  readonly domainId!: number;

  @Field(() => RoutingDomainType, { nullable: true, description: 'Which; null where it is deleted since.' })
  readonly routingDomain?: RoutingDomainType | null;

  @Field(() => [ReachWayType], {
    description: 'Every way in which packets come from one to the other, in either direction.',
  })
  readonly via!: readonly ReachWayType[];
}

@ObjectType({ description: 'A page of routing domains that are reached.' })
export class ReachedDomainConnection extends connectionOf(ReachedDomain, 'ReachedDomain') {}

@ObjectType('Reach', { description: 'What a routing domain reaches, now or at an instant before.' })
export class ReachType {
  readonly domainId!: number;
  readonly neighbours!: readonly { readonly domainId: number; readonly via: readonly Via[] }[];

  @Field(() => RoutingDomainType, { nullable: true, description: 'The routing domain that was asked about.' })
  readonly routingDomain?: RoutingDomainType | null;

  @Field(() => DateTime, { nullable: true, description: 'The instant that was asked about; null for now.' })
  readonly at!: Instant | null;

  @Field(() => ReachStatusEnum, { description: 'Whether it is known.' })
  readonly status!: 'RESOLVED' | 'UNKNOWN';

  @Field(() => Int, { description: 'How many routing domains it reaches.' })
  readonly count!: number;
}
