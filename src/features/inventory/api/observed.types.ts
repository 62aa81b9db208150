import { createUnionType, Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import type { Prefix } from '../../../address/index.js';
import type { Instant } from '../../../platform/context/instant.js';
import { NotFound } from '../../../platform/graphql/failure.js';
import { JsonScalar } from '../../../platform/graphql/json.scalar.js';
import { connectionOf } from '../../../platform/graphql/pagination.js';
import { CIDR, DateTime } from '../../../platform/graphql/scalars.js';
import { Tag, tagsToList } from '../../../platform/graphql/tags.js';
import type { Body } from '../domain/change.js';
import type { CurrentObject, ListStatus, ObservedVersion } from '../domain/inventory-list.js';
import type { StoredKind } from '../domain/observed.js';
import type { Presence } from '../domain/presence.js';
import type { VpcSnapshot } from '../inventory-reads.js';
import { ObservedKindEnum, PresenceEnum } from './kinds.js';

@ObjectType({ isAbstract: true })
abstract class Observation {
  @Field(() => ObservedKindEnum, { description: 'What kind of thing it is.' })
  readonly kind!: StoredKind;

  @Field(() => ID, { description: 'The provider\'s id, as "vpc-0a1b"; of an external network its name.' })
  readonly id!: string;

  @Field(() => String, {
    nullable: true,
    description: 'Account that sees it; null for what people declared.',
  })
  readonly account!: string | null;

  @Field(() => String, { nullable: true, description: 'Region in which it is seen.' })
  readonly region!: string | null;

  @Field(() => ID, { nullable: true, description: 'The VPC it belongs to; of a VPC its own id.' })
  readonly vpcId!: string | null;

  @Field(() => String, { nullable: true, description: 'The tag Name, or what the provider calls it.' })
  readonly name!: string | null;

  @Field(() => [String], { description: 'CIDRs and addresses that are its own, an address as /32 or /128.' })
  readonly cidrs!: readonly string[];

  @Field(() => JsonScalar, { description: 'All that was read of it, in canonical form.' })
  readonly configuration!: Body;

  @Field(() => [Tag], { description: 'By key.' })
  readonly tags!: Tag[];

  @Field(() => DateTime, {
    nullable: true,
    description: 'When the first good list began that left it out; null while it is seen.',
  })
  readonly missingSince!: Instant | null;
}

@ObjectType({
  description: 'Something that discovery sees now, or saw in the last good lists but one or two.',
})
export class ObservedObject extends Observation {
  @Field(() => DateTime, { description: 'When the first sweep began that saw it.' })
  readonly firstSeen!: Instant;

  @Field(() => DateTime, { description: 'When the sweep began that first saw it as it is.' })
  readonly changedAt!: Instant;

  @Field(() => DateTime, { description: 'When the last list began that had it.' })
  readonly lastSeen!: Instant;
}

@ObjectType('ObservedVersion', { description: 'What something looked like in [from, to).' })
export class ObservedVersionType extends Observation {
  @Field(() => DateTime, { description: 'When the sweep began that first saw it so.' })
  readonly from!: Instant;

  @Field(() => DateTime, {
    nullable: true,
    description:
      'When the sweep began that saw it otherwise, or of what ended the last that saw it; null: it is so now.',
  })
  readonly to!: Instant | null;
}

@ObjectType({
  description: 'A page of what is observed: by account and region as they were added, kind, id.',
})
export class ObservedObjectConnection extends connectionOf(ObservedObject) {}

@InputType({ description: 'Which observed objects; each that is given restricts further.' })
export class ObservedObjectFilter {
  @Field(() => String, { nullable: true, description: 'Account that sees them.' })
  readonly account?: string | null;

  @Field(() => String, { nullable: true, description: 'Region in which they are seen.' })
  readonly region?: string | null;

  @Field(() => [ObservedKindEnum], { nullable: true, description: 'Any of these kinds.' })
  readonly kinds?: StoredKind[] | null;

  @Field(() => ID, { nullable: true, description: 'What belongs to this VPC, connects it or serves it.' })
  readonly vpc?: string | null;

  @Field(() => [ID], { nullable: true, description: 'Any of these ids, at most 1,000.' })
  readonly ids?: string[] | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'true: only what the last good list left out; false: only the others.',
  })
  readonly missing?: boolean | null;

  @Field(() => String, {
    nullable: true,
    description: 'Part of id or name, whatever its case: 1 to 255 characters.',
  })
  readonly text?: string | null;

  @Field(() => CIDR, {
    nullable: true,
    description: 'What has a CIDR or address that contains this one or is it; an address as /32 or /128.',
  })
  readonly holding?: Prefix | null;
}

@ObjectType({ description: 'Something of a VPC at an instant.' })
export class SnapshotObject {
  @Field(() => PresenceEnum, { description: 'Whether it was there.' })
  readonly presence!: Presence;

  @Field(() => ObservedVersionType, { description: 'What it looked like.' })
  readonly version!: ObservedVersionType;
}

@ObjectType({ description: 'A list that says nothing of an instant: of its kind there may be more.' })
export class UncoveredList {
  @Field(() => String, { description: 'Account.' })
  readonly account!: string;

  @Field(() => String, { description: 'Region.' })
  readonly region!: string;

  @Field(() => ObservedKindEnum, { description: 'What would have been listed.' })
  readonly kind!: StoredKind;

  @Field(() => String, { description: 'Why nothing is known.' })
  readonly reason!: string;
}

@ObjectType({ description: 'A VPC and all that belonged to it, connected it or served it at an instant.' })
export class SnapshotResult {
  @Field(() => ID, { description: 'The VPC.' })
  readonly vpc!: string;

  @Field(() => DateTime, { description: 'The instant.' })
  readonly at!: Instant;

  @Field(() => [SnapshotObject], {
    complexity: ({ childComplexity }) => 1 + SNAPSHOT_COUNTED * childComplexity,
    description: 'What was there, and what nobody knows of; by kind and id.',
  })
  readonly objects!: SnapshotObject[];

  @Field(() => [UncoveredList], { description: 'Lists that say nothing of that instant.' })
  readonly uncovered!: UncoveredList[];
}

/** A list without pages: what is below counts as often as this. */
const SNAPSHOT_COUNTED = 200;

@ObjectType({ description: 'State of one list: everything of one kind in one account and region.' })
export class ObservedList {
  @Field(() => String, { description: 'Account.' })
  readonly account!: string;

  @Field(() => String, { description: 'Region.' })
  readonly region!: string;

  @Field(() => ObservedKindEnum, { description: 'What it lists.' })
  readonly kind!: StoredKind;

  @Field(() => Int, { description: 'How many objects the last good one had.' })
  readonly objects!: number;

  @Field(() => Int, { description: 'How many are missing and have not ended yet.' })
  readonly missing!: number;

  @Field(() => DateTime, { nullable: true, description: 'When the first good one began.' })
  readonly coveredSince!: Instant | null;

  @Field(() => DateTime, { nullable: true, description: 'When the last good one began.' })
  readonly lastGoodAt!: Instant | null;

  @Field(() => DateTime, { nullable: true, description: 'When the last attempt began.' })
  readonly lastTriedAt!: Instant | null;

  @Field(() => DateTime, {
    nullable: true,
    description: 'Since when what it says is old; null while it is good.',
  })
  readonly staleSince!: Instant | null;

  @Field(() => String, { nullable: true, description: 'Why the last attempt was not good.' })
  readonly staleReason!: string | null;

  @Field(() => Int, {
    description: 'Suspicious lists in a row: more than half was gone at once, and is held back.',
  })
  readonly suspicious!: number;

  @Field(() => Boolean, {
    description: 'Somebody said that the drop is real: the next list that shows it counts as good.',
  })
  readonly dropAccepted!: boolean;
}

@InputType({ description: 'A list whose drop is real: everything of one kind in one account and region.' })
export class AcceptDropInput {
  @Field(() => String, { description: 'Account.' })
  readonly account!: string;

  @Field(() => String, { description: 'Region.' })
  readonly region!: string;

  @Field(() => ObservedKindEnum, { description: 'Kind of what the list is of.' })
  readonly kind!: StoredKind;
}

export const AcceptDropResult = createUnionType({
  name: 'AcceptDropResult',
  description: 'The list as it is now, or NotFound where no drop is held back.',
  types: () => [ObservedList, NotFound] as const,
});

function observationOf(version: ObservedVersion) {
  const { provider, account, region, kind, id, vpcId, name, prefixes, body, missingSince } = version;
  const tags = body.tags as Readonly<Record<string, string>> | undefined;
  return {
    kind,
    id,
    account: provider === 'declared' ? null : account,
    region: provider === 'declared' ? null : region,
    vpcId,
    name,
    cidrs: prefixes,
    configuration: body,
    tags: tagsToList(tags ?? {}),
    missingSince,
  };
}

export function observedObjectOf(object: CurrentObject): ObservedObject {
  const { firstSeen, seenFrom: changedAt, seenLast: lastSeen } = object;
  return Object.assign(new ObservedObject(), { ...observationOf(object), firstSeen, changedAt, lastSeen });
}

export function observedVersionOf(version: ObservedVersion): ObservedVersionType {
  const { seenFrom: from, seenTo: to } = version;
  return Object.assign(new ObservedVersionType(), { ...observationOf(version), from, to });
}

export function snapshotResultOf({ vpcId: vpc, at, objects, uncovered }: VpcSnapshot): SnapshotResult {
  return Object.assign(new SnapshotResult(), {
    vpc,
    at,
    objects: objects.map(({ version, presence }) => ({ presence, version: observedVersionOf(version) })),
    uncovered: uncovered.map(({ scope, kind, reason }) => ({
      account: scope.account,
      region: scope.region,
      kind,
      reason,
    })),
  });
}

export function observedListOf(list: ListStatus): ObservedList {
  return Object.assign(new ObservedList(), list);
}
