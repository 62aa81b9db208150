import {
  Args,
  Field,
  ID,
  Int,
  ObjectType,
  Query,
  registerEnumType,
  ResolveField,
  Resolver,
  Parent,
} from '@nestjs/graphql';
import { parsePrefixAtEdge, type ParseError, type Prefix } from '../../../address/index.js';
import { Allow } from '../../../platform/auth/allow.js';
import { badInput } from '../../../platform/graphql/errors.js';
import { CIDR } from '../../../platform/graphql/scalars.js';
import { RoutingDomainsService } from '../../routing-domains/index.js';
import { AllocationService } from '../allocation.service.js';
import type { CheckStatus, CheckedCidr } from '../domain/occupant.js';
import { toConflict } from './failure.mapper.js';
import { ConflictType } from './failure.types.js';
import { PoolLoader } from './pool.loader.js';
import { PoolType } from './pool.types.js';

const MOST_CIDRS = 1000;

export const CheckStatusEnum: { readonly [Name in CheckStatus]: Name } = {
  INVALID: 'INVALID',
  FREE: 'FREE',
  ALLOCATED: 'ALLOCATED',
  BLOCKED: 'BLOCKED',
  OBSERVED: 'OBSERVED',
  OVERLAPPING: 'OVERLAPPING',
};
registerEnumType(CheckStatusEnum, {
  name: 'CheckStatus',
  description: 'What is known of a CIDR.',
  valuesMap: {
    INVALID: { description: 'It is no CIDR: see problem.' },
    FREE: {
      description:
        'Nobody holds any of it in the pools that were asked: GLOBAL ones, and those of routingDomain. Without a pool it cannot be allocated.',
    },
    ALLOCATED: {
      description:
        'All of it lies in one live allocation. Inside one that feeds a child pool it is what it is there.',
    },
    BLOCKED: { description: 'Nobody holds it, and it is not handed out.' },
    OBSERVED: { description: 'It is in use in the cloud without an allocation.' },
    OVERLAPPING: { description: 'It covers live allocations, or reaches out of a pool.' },
  },
});

@ObjectType({ description: 'Why a text is no CIDR.' })
export class CidrProblem {
  @Field(() => String, { description: 'What is wrong, in words.' })
  readonly reason!: string;

  @Field(() => Int, { description: 'Where in the text, counted from 0.' })
  readonly position!: number;

  @Field(() => String, { nullable: true, description: 'What may have been meant, where host bits are set.' })
  readonly canonical!: string | null;
}

@ObjectType({ description: 'What is known of one CIDR.' })
export class CidrCheck {
  readonly poolId!: number | null;

  @Field(() => String, { description: 'As it was given.' })
  readonly input!: string;

  @Field(() => CIDR, { nullable: true, description: 'As it was read; null for what is no CIDR.' })
  readonly cidr!: Prefix | null;

  @Field(() => CheckStatusEnum, { description: 'What is known of it.' })
  readonly status!: CheckStatus;

  @Field(() => CidrProblem, { nullable: true, description: 'Why it is no CIDR; null for one.' })
  readonly problem!: CidrProblem | null;

  @Field(() => [ConflictType], {
    description: 'What lies on it, in address order; also the allocations that feed the pools it lies in.',
  })
  readonly conflicts!: readonly ConflictType[];
}

@Resolver(() => CidrCheck)
export class CheckResolver {
  constructor(
    private readonly allocations: AllocationService,
    private readonly routingDomains: RoutingDomainsService,
    private readonly pools: PoolLoader,
  ) {}

  @Query(() => [CidrCheck], {
    complexity: 100,
    description: `Whether CIDRs are free, and who is there if not; at most ${MOST_CIDRS} at once, answered one by one in their order.`,
  })
  @Allow('reader')
  async checkCidrs(
    @Args('cidrs', { type: () => [String], description: 'Any texts.' }) inputs: string[],
    @Args('routingDomain', {
      type: () => ID,
      nullable: true,
      description: 'Id or name; left out: GLOBAL pools only.',
    })
    routingDomain?: string | null,
  ): Promise<CidrCheck[]> {
    if (inputs.length > MOST_CIDRS)
      throw badInput(`At most ${MOST_CIDRS} CIDRs at once, not ${inputs.length}.`);
    const domain = routingDomain ? await this.routingDomains.find(routingDomain) : null;
    if (routingDomain && !domain)
      throw badInput(`There is no routing domain ${JSON.stringify(routingDomain)}.`);
    const parsed = inputs.map((input) => parsePrefixAtEdge(input));
    const cidrs = parsed.flatMap((result) => (result.ok ? [result.value] : []));
    const checked = await this.allocations.check(cidrs, domain?.id ?? null);
    let next = 0;
    return parsed.map((result, index) =>
      result.ok
        ? known(inputs[index]!, result.value, checked[next++]!)
        : invalid(inputs[index]!, result.error),
    );
  }

  @ResolveField(() => PoolType, { nullable: true, description: 'The deepest pool that all of it lies in.' })
  async pool(@Parent() check: CidrCheck): Promise<PoolType | null> {
    return check.poolId === null ? null : this.pools.load(check.poolId);
  }
}

function known(input: string, cidr: Prefix, { status, poolId, conflicts }: CheckedCidr): CidrCheck {
  return Object.assign(new CidrCheck(), {
    input,
    cidr,
    status,
    poolId,
    problem: null,
    conflicts: conflicts.map(toConflict),
  });
}

function invalid(input: string, { reason, position, canonical }: ParseError): CidrCheck {
  const problem = { reason, position, canonical: canonical ?? null };
  return Object.assign(new CidrCheck(), {
    input,
    cidr: null,
    status: 'INVALID',
    poolId: null,
    problem,
    conflicts: [],
  });
}
