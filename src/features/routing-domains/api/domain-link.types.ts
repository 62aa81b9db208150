import { createUnionType, Field, ID, InputType, ObjectType } from '@nestjs/graphql';
import type { Instant } from '../../../platform/context/instant.js';
import { NotFound, RuleViolation } from '../../../platform/graphql/failure.js';
import { publicId } from '../../../platform/graphql/public-id.js';
import { DateTime } from '../../../platform/graphql/scalars.js';
import type { DomainLink } from '../domain/routing-domain.js';
import { RoutingDomainType, routingDomainTypeOf } from './routing-domain.types.js';

@ObjectType('DomainLink', {
  description: 'Two routing domains reach each other, as somebody declared. It has no direction.',
})
export class DomainLinkType {
  @Field(() => ID, { description: '"link_" and a number.' })
  readonly id!: string;

  @Field(() => RoutingDomainType, { description: 'One end: the routing domain that was declared first.' })
  readonly a!: RoutingDomainType;

  @Field(() => RoutingDomainType, { description: 'The other end.' })
  readonly b!: RoutingDomainType;

  @Field(() => String, { description: 'What connects them, as "peering pcx-1".' })
  readonly via!: string;

  @Field(() => DateTime, { description: 'When it was declared.' })
  readonly createdAt!: Instant;

  @Field(() => String, { description: 'Who declared it.' })
  readonly createdBy!: string;
}

export function domainLinkTypeOf(link: DomainLink): DomainLinkType {
  return Object.assign(new DomainLinkType(), {
    ...link,
    id: publicId('domainLink', link.id),
    a: routingDomainTypeOf(link.a),
    b: routingDomainTypeOf(link.b),
  });
}

@InputType({ description: 'What reaches what.' })
export class ConnectRoutingDomainsInput {
  @Field(() => ID, { description: 'Id or name of one routing domain.' })
  readonly a!: string;

  @Field(() => ID, { description: 'Id or name of another; the order does not matter.' })
  readonly b!: string;

  @Field(() => String, {
    description: 'What connects them, as "peering pcx-1": 1 to 255 characters, not blank.',
  })
  readonly via!: string;
}

@InputType({ description: 'The link as it was declared; the order of its ends does not matter.' })
export class DisconnectRoutingDomainsInput extends ConnectRoutingDomainsInput {}

export const ConnectRoutingDomainsResult = createUnionType({
  name: 'ConnectRoutingDomainsResult',
  description: 'The link, or why there is none.',
  types: () => [DomainLinkType, RuleViolation, NotFound] as const,
});

export const DisconnectRoutingDomainsResult = createUnionType({
  name: 'DisconnectRoutingDomainsResult',
  description: 'The link as it was, or why nothing is different.',
  types: () => [DomainLinkType, NotFound] as const,
});
