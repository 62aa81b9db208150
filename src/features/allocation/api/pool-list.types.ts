import { Field, ID, InputType, registerEnumType } from '@nestjs/graphql';
import type { Family, Prefix } from '../../../address/index.js';
import { CIDR } from '../../../platform/graphql/scalars.js';
import { TagInput } from '../../../platform/graphql/tags.js';
import type { PoolOrder } from '../domain/pool-list.js';
import { FamilyEnum } from './pool.types.js';

export const PoolOrderEnum: { readonly [Name in PoolOrder]: Name } = { DEPTH: 'DEPTH', NAME: 'NAME' };
registerEnumType(PoolOrderEnum, {
  name: 'PoolOrder',
  description: 'In which order pools are listed.',
  valuesMap: {
    DEPTH: { description: 'Roots first, then their children, and so on; by name among those of one depth.' },
    NAME: { description: 'By name.' },
  },
});

@InputType({ description: 'All given conditions hold.' })
export class PoolFilterInput {
  @Field(() => ID, {
    nullable: true,
    description:
      'Id or name of the pool that its oldest CIDR comes from; null for pools that have none: the roots.',
  })
  readonly parent?: string | null;

  @Field(() => FamilyEnum, { nullable: true, description: 'Has this address family.' })
  readonly family?: Family | null;

  @Field(() => ID, { nullable: true, description: 'Id or name: is a root pool of this routing domain.' })
  readonly routingDomain?: string | null;

  @Field(() => TagInput, { nullable: true, description: 'Has this tag with this value.' })
  readonly tag?: TagInput | null;

  @Field(() => CIDR, { nullable: true, description: 'One of its CIDRs contains this one or is it.' })
  readonly cidrContaining?: Prefix | null;

  @Field(() => CIDR, { nullable: true, description: 'One of its CIDRs lies in this one or is it.' })
  readonly cidrWithin?: Prefix | null;

  @Field(() => String, {
    nullable: true,
    description: 'In name, description or tags, in any case; 1 to 256 characters.',
  })
  readonly text?: string | null;
}
