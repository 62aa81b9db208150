import { Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import type { Prefix } from '../../../address/index.js';
import { CIDR } from '../../../platform/graphql/scalars.js';
import type { ConnectionKind, Verdict } from '../domain/would-overlap.js';
import { ConnectionKindEnum, PlanVerdictEnum } from './enums.js';

@InputType({ description: 'A connection that somebody plans.' })
export class PlannedConnectionInput {
  @Field(() => [ID], {
    description: 'One end: ids of networks, routing domains (id or name), or CIDRs; at most 100.',
  })
  readonly a!: string[];

  @Field(() => [ID], {
    description: 'The other end, in the same way. Over a transit gateway the one attached later.',
  })
  readonly b!: string[];

  @Field(() => ConnectionKindEnum, { defaultValue: 'PEERING', description: 'How they are to be connected.' })
  readonly via!: ConnectionKind;
}

@ObjectType({ description: 'Why, with the page of the provider that says so.' })
export class ProviderReason {
  @Field(() => String, { description: 'Name of the rule, for programs.' })
  readonly rule!: string;

  @Field(() => String, { description: 'For people.' })
  readonly message!: string;

  @Field(() => String, { description: "The provider's page." })
  readonly source!: string;
}

@ObjectType({ description: 'Two blocks that would meet.' })
export class BlockCollision {
  @Field(() => CIDR, { description: 'Of one end.' })
  readonly a!: Prefix;

  @Field(() => CIDR, { description: 'Of the other.' })
  readonly b!: Prefix;

  @Field(() => ID, {
    nullable: true,
    description: 'The network with the first; null for a CIDR that was given as such.',
  })
  readonly aNetwork!: string | null;

  @Field(() => ID, {
    nullable: true,
    description: 'The network with the second; null for a CIDR that was given as such.',
  })
  readonly bNetwork!: string | null;
}

@ObjectType({ description: 'Addresses that one end could not reach at the other, or not with an answer.' })
export class UnreachableBlock {
  @Field(() => String, { description: 'The end that cannot reach them.' })
  readonly from!: string;

  @Field(() => String, { description: 'The end that has them.' })
  readonly to!: string;

  @Field(() => CIDR, { description: 'Which.' })
  readonly cidr!: Prefix;

  @Field(() => ProviderReason, { description: 'Why.' })
  readonly reason!: ProviderReason;

  @Field(() => Boolean, { description: 'Whether a static route, added by hand, would mend it.' })
  readonly mendable!: boolean;
}

@ObjectType({ description: 'What serves where only one side opens connections, although blocks overlap.' })
export class OneWayAlternative {
  @Field(() => String, { description: '"privatelink", "vpc_lattice" or "private_nat".' })
  readonly kind!: string;

  @Field(() => String, { description: 'Who opens connections.' })
  readonly from!: string;

  @Field(() => String, { description: 'To whom.' })
  readonly to!: string;

  @Field(() => Boolean, { description: 'Whether it does.' })
  readonly serves!: boolean;

  @Field(() => String, { description: 'Why, or why not.' })
  readonly why!: string;

  @Field(() => [String], { description: 'What has to be there first.' })
  readonly needs!: readonly string[];

  @Field(() => String, { description: "The provider's page." })
  readonly source!: string;
}

@ObjectType({ description: 'What would come of a connection. Nothing is made, and nothing is held.' })
export class WouldOverlapAnswer {
  @Field(() => Boolean, {
    description:
      'Whether anything overlaps: between the ends, or beyond them over route tables of a transit gateway.',
  })
  readonly overlaps!: boolean;

  @Field(() => PlanVerdictEnum, { description: 'Whether the provider makes the connection.' })
  readonly verdict!: 'ALLOWED' | 'REFUSED' | 'AWS_DECIDES';

  @Field(() => [ProviderReason], { description: 'What speaks for the verdict.' })
  readonly reasons!: readonly ProviderReason[];

  @Field(() => [ProviderReason], {
    description: 'What would be otherwise than one expects; it changes no verdict.',
  })
  readonly warnings!: readonly ProviderReason[];

  @Field(() => [BlockCollision], {
    description: 'Blocks of both ends that overlap, by address; at most 1,000.',
  })
  readonly collisions!: readonly BlockCollision[];

  @Field(() => Int, { description: 'How many there are.' })
  readonly collisionCount!: number;

  @Field(() => [UnreachableBlock], {
    description: 'What one end could not reach at the other; at most 1,000.',
  })
  readonly unreachable!: readonly UnreachableBlock[];

  @Field(() => [BlockCollision], {
    description:
      'Blocks of an end (a) that overlap those of a network (b) which it would come to reach beside the other end; at most 1,000.',
  })
  readonly beyond!: readonly BlockCollision[];

  @Field(() => Int, { description: 'How many there are.' })
  readonly beyondCount!: number;

  @Field(() => [OneWayAlternative], {
    description: 'What serves in its place; empty where the ends do not overlap.',
  })
  readonly alternatives!: readonly OneWayAlternative[];
}

const MOST = 1000;

export function answerOf({
  judgement,
  collisions,
  unreachable,
  beyond,
  alternatives,
}: Verdict): WouldOverlapAnswer {
  return {
    overlaps: collisions.length + beyond.length > 0,
    verdict: judgement.verdict,
    reasons: judgement.reasons.slice(0, MOST),
    warnings: judgement.warnings.slice(0, MOST),
    collisions: collisions.slice(0, MOST).map(collisionOf),
    collisionCount: collisions.length,
    unreachable: unreachable.slice(0, MOST),
    beyond: beyond.slice(0, MOST).map(collisionOf),
    beyondCount: beyond.length,
    alternatives,
  };
}

function collisionOf({ a, b, aNetwork, bNetwork }: Verdict['collisions'][number]): BlockCollision {
  return { a, b, aNetwork: aNetwork?.id ?? null, bNetwork: bNetwork?.id ?? null };
}
