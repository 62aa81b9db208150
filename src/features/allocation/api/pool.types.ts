import { Field, Float, ID, InputType, Int, ObjectType, registerEnumType } from '@nestjs/graphql';
import type { Family, Prefix } from '../../../address/index.js';
import type { Instant } from '../../../platform/context/instant.js';
import { connectionOf } from '../../../platform/graphql/pagination.js';
import { publicId } from '../../../platform/graphql/public-id.js';
import { BigIntScalar, CIDR, DateTime } from '../../../platform/graphql/scalars.js';
import { Tag, tagsToList } from '../../../platform/graphql/tags.js';
import type { Placement } from '../domain/allocation.js';
import type { Capacity } from '../domain/capacity.js';
import type { Pool, PoolRules } from '../domain/pool.js';
import { PlacementEnum } from './enums.js';
import { AllocationType } from './allocation.types.js';
import { FreeBlockCount } from './failure.types.js';

/** Address family as in "IPv4" and "IPv6". */
export const FamilyEnum = { IPV4: 4, IPV6: 6 } as const satisfies Record<string, Family>;
registerEnumType(FamilyEnum, {
  name: 'Family',
  description: 'Address family.',
  valuesMap: { IPV4: { description: '32 bits.' }, IPV6: { description: '128 bits.' } },
});

export const UniquenessEnum = { GLOBAL: 'GLOBAL', ROUTING_DOMAIN: 'ROUTING_DOMAIN' } as const;
registerEnumType(UniquenessEnum, {
  name: 'Uniqueness',
  description: 'Where the addresses of a root pool are unique.',
  valuesMap: {
    GLOBAL: { description: 'Nothing anywhere may overlap it.' },
    ROUTING_DOMAIN: { description: 'Nothing in its routing domain, and no GLOBAL pool, may overlap it.' },
  },
});

@ObjectType('PoolRules', { description: 'What a pool allows.' })
export class PoolRulesType implements PoolRules {
  @Field(() => Int, { nullable: true, description: 'Shortest prefix length, as 16 for a /16.' })
  readonly minPrefixLength!: number | null;

  @Field(() => Int, { nullable: true, description: 'Longest prefix length, as 28 for a /28.' })
  readonly maxPrefixLength!: number | null;

  @Field(() => Int, { nullable: true, description: 'For requests with neither prefixLength nor cidr.' })
  readonly defaultPrefixLength!: number | null;

  @Field(() => [String], { description: 'Tags that an allocation must have.' })
  readonly requiredTags!: readonly string[];

  @Field(() => PlacementEnum, {
    description: 'Which of the free blocks a request is served from, unless it says otherwise.',
  })
  readonly placement!: Placement;

  @Field(() => Int, { description: 'Seconds for which a released CIDR is handed out to nobody else.' })
  readonly quarantineSeconds!: number;

  @Field(() => [CIDR], { description: 'Never handed out.' })
  readonly excluded!: readonly Prefix[];

  @Field(() => Boolean, { description: 'Whether what discovery sees in the pool is adopted by itself.' })
  readonly autoAdopt!: boolean;
}

@InputType({
  description:
    'Rules that differ from the defaults (createPool) or from what they are (updatePool); null takes a limit away.',
})
export class PoolRulesInput {
  @Field(() => Int, {
    nullable: true,
    description: 'Shortest prefix length that may be taken, as 16 for a /16.',
  })
  readonly minPrefixLength?: number | null;

  @Field(() => Int, {
    nullable: true,
    description: 'Longest prefix length that may be taken, as 28 for a /28.',
  })
  readonly maxPrefixLength?: number | null;

  @Field(() => Int, {
    nullable: true,
    description: 'What a request with neither prefixLength nor cidr gets.',
  })
  readonly defaultPrefixLength?: number | null;

  @Field(() => [String], { nullable: true, description: 'At most 50.' })
  readonly requiredTags?: string[] | null;

  @Field(() => PlacementEnum, { nullable: true, description: 'Default BEST_FIT.' })
  readonly placement?: Placement | null;

  @Field(() => Int, {
    nullable: true,
    description: 'Default 86,400 (a day); 0 frees a released CIDR at once.',
  })
  readonly quarantineSeconds?: number | null;

  @Field(() => [CIDR], { nullable: true, description: 'At most 1,000.' })
  readonly excluded?: Prefix[] | null;

  @Field(() => Boolean, { nullable: true, description: 'Default false.' })
  readonly autoAdopt?: boolean | null;
}

@ObjectType('Capacity', {
  description:
    'How the addresses of a pool are used. total = allocated + reserved + quarantined + blocked + free, exactly.',
})
export class CapacityType implements Capacity {
  @Field(() => BigIntScalar, { description: 'Addresses in all CIDRs of the pool.' })
  readonly total!: bigint;

  @Field(() => BigIntScalar, { description: 'delegated + assigned.' })
  readonly allocated!: bigint;

  @Field(() => BigIntScalar, { description: 'Feeds child pools.' })
  readonly delegated!: bigint;

  @Field(() => BigIntScalar, { description: 'Allocated for use, not to a child pool.' })
  readonly assigned!: bigint;

  @Field(() => BigIntScalar, { description: 'Held by reservations.' })
  readonly reserved!: bigint;

  @Field(() => BigIntScalar, { description: 'Released and still resting.' })
  readonly quarantined!: bigint;

  @Field(() => BigIntScalar, { description: 'Held by nobody and still not handed out.' })
  readonly blocked!: bigint;

  @Field(() => BigIntScalar, { description: 'Neither live nor blocked.' })
  readonly free!: bigint;

  @Field(() => Float, { description: '(allocated + reserved) / total.' })
  readonly utilization!: number;

  @Field(() => Float, { description: '1 − largest free block / free; 0 when nothing is free.' })
  readonly fragmentation!: number;

  @Field(() => CIDR, {
    nullable: true,
    description: 'The largest free block, the lowest of several; null when nothing is free.',
  })
  readonly largestFreeBlock!: Prefix | null;

  @Field(() => [FreeBlockCount], { description: 'By length, the largest first.' })
  readonly freeBlocksByLength!: readonly FreeBlockCount[];
}

@ObjectType('Pool', { description: 'Address space to hand out from: one family, one or more CIDRs, rules.' })
export class PoolType {
  /** The row, for the fields that are computed from it. */
  readonly row!: Pool;

  @Field(() => ID, { description: '"pool_" and a number.' })
  readonly id!: string;

  @Field(() => String, { description: 'Unique; arguments accept it in place of the id.' })
  readonly name!: string;

  @Field(() => String, { description: 'In the words of whoever made it; may be empty.' })
  readonly description!: string;

  @Field(() => FamilyEnum, { description: 'Of all its CIDRs.' })
  readonly family!: Family;

  @Field(() => Int, { description: '0 for a root, else one more than its parent.' })
  readonly depth!: number;

  @Field(() => UniquenessEnum, {
    nullable: true,
    description: 'Where its addresses are unique; null for a child pool, whose sources say it.',
  })
  readonly uniqueness!: keyof typeof UniquenessEnum | null;

  @Field(() => [CIDR], { description: 'What was provisioned into it, in address order.' })
  readonly cidrs!: readonly Prefix[];

  @Field(() => PoolRulesType, { description: 'What it allows.' })
  readonly rules!: PoolRulesType;

  @Field(() => [Tag], { description: 'By key.' })
  readonly tags!: Tag[];

  @Field(() => Int, { description: 'Raised by one with every update.' })
  readonly version!: number;

  @Field(() => DateTime, { description: 'When it was made.' })
  readonly createdAt!: Instant;

  @Field(() => String, { description: 'Who made it.' })
  readonly createdBy!: string;
}

export function poolTypeOf(pool: Pool): PoolType {
  return Object.assign(new PoolType(), {
    ...pool,
    row: pool,
    id: publicId('pool', pool.id),
    uniqueness: uniquenessOf(pool),
    tags: tagsToList(pool.tags),
  });
}

function uniquenessOf({ isChild, routingDomainId }: Pool): PoolType['uniqueness'] {
  if (isChild) return null;
  return routingDomainId === null ? 'GLOBAL' : 'ROUTING_DOMAIN';
}

@ObjectType('PoolSource', { description: 'A CIDR of a child pool, and the allocation that it is.' })
export class PoolSourceType {
  @Field(() => CIDR, { description: 'The CIDR, in both pools.' })
  readonly cidr!: Prefix;

  @Field(() => AllocationType, { description: 'The allocation; its pool is where the CIDR comes from.' })
  readonly allocation!: AllocationType;
}

@ObjectType({ description: 'A page of pools.' })
export class PoolConnection extends connectionOf(PoolType, 'Pool') {}
