import { Field, ID, InputType, ObjectType } from '@nestjs/graphql';
import type { Instant } from '../../../platform/context/instant.js';
import { JsonScalar } from '../../../platform/graphql/json.scalar.js';
import { connectionOf } from '../../../platform/graphql/pagination.js';
import { BigIntScalar, DateTime } from '../../../platform/graphql/scalars.js';
import type { Json } from '../domain/change.js';
import type { RecordedChange } from '../domain/inventory-list.js';
import type { StoredKind } from '../domain/observed.js';
import { ObservedKindEnum } from './kinds.js';

@ObjectType('ConfigurationChange', {
  description:
    'One difference between what two sweeps saw, or two declarations said. Also an event of the feed.',
})
export class ConfigurationChangeType {
  @Field(() => BigIntScalar, {
    nullable: true,
    description: 'Its position in the feed; null until it is published.',
  })
  readonly position!: number | null;

  @Field(() => DateTime, { description: 'When the sweep began that saw it.' })
  readonly at!: Instant;

  @Field(() => DateTime, { description: 'When it was written down.' })
  readonly recordedAt!: Instant;

  @Field(() => String, { description: 'Who wrote it: discovery, or who declared it.' })
  readonly actor!: string;

  @Field(() => String, {
    description:
      '"<noun>.<what happened>", as "route.added" or "vpc.cidr_associated"; "<kind>.changed" for any other field, and ' +
      '"inventory.baseline" for the first good list, whose objects are no changes.',
  })
  readonly action!: string;

  @Field(() => ObservedKindEnum, { description: 'What kind of thing changed.' })
  readonly kind!: StoredKind;

  @Field(() => ID, { description: 'Id of what changed.' })
  readonly resourceId!: string;

  @Field(() => String, { nullable: true, description: 'Name of what changed.' })
  readonly name!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Account that sees it; null for what people declared.',
  })
  readonly account!: string | null;

  @Field(() => String, { nullable: true, description: 'Region in which it is seen.' })
  readonly region!: string | null;

  @Field(() => ID, { nullable: true, description: 'The VPC that what changed belongs to.' })
  readonly vpcId!: string | null;

  @Field(() => [ID], { description: 'All VPCs that it concerns, as both ends of a peering.' })
  readonly vpcs!: readonly string[];

  @Field(() => String, {
    description: 'The field that changed; empty where the thing as a whole came or went.',
  })
  readonly path!: string;

  @Field(() => JsonScalar, {
    nullable: true,
    description: 'What it was: of a list the one item; null: nothing.',
  })
  readonly old!: Json;

  @Field(() => JsonScalar, { nullable: true, description: 'What it is; null: nothing.' })
  readonly new!: Json;
}

@ObjectType({ description: 'A page of configuration changes, the latest first.' })
export class ConfigurationChangeConnection extends connectionOf(
  ConfigurationChangeType,
  'ConfigurationChange',
) {}

@InputType({ description: 'Which changes; each that is given restricts further.' })
export class ConfigurationChangeFilter {
  @Field(() => String, { nullable: true, description: 'Account that sees what changed.' })
  readonly account?: string | null;

  @Field(() => String, { nullable: true, description: 'Region.' })
  readonly region?: string | null;

  @Field(() => ID, { nullable: true, description: 'A VPC that the change concerns.' })
  readonly vpc?: string | null;

  @Field(() => ObservedKindEnum, { nullable: true, description: 'Kind of what changed.' })
  readonly kind?: StoredKind | null;

  @Field(() => DateTime, { nullable: true, description: 'Seen from this instant on.' })
  readonly since?: Instant | null;

  @Field(() => DateTime, { nullable: true, description: 'Seen before this instant.' })
  readonly until?: Instant | null;
}

export function configurationChangeOf(change: RecordedChange): ConfigurationChangeType {
  const isDeclared = change.provider === 'declared';
  return Object.assign(new ConfigurationChangeType(), {
    ...change,
    account: isDeclared ? null : change.account,
    region: isDeclared ? null : change.region,
  });
}
