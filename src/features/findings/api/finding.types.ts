import { createUnionType, Field, ID, InputType, ObjectType, registerEnumType } from '@nestjs/graphql';
import type { Instant } from '../../../platform/context/instant.js';
import { NotFound, RuleViolation } from '../../../platform/graphql/failure.js';
import { JsonScalar } from '../../../platform/graphql/json.scalar.js';
import { connectionOf } from '../../../platform/graphql/pagination.js';
import { publicId } from '../../../platform/graphql/public-id.js';
import { DateTime } from '../../../platform/graphql/scalars.js';
import {
  type Finding,
  FINDING_KINDS,
  type FindingKind,
  SEVERITIES,
  type Severity,
} from '../domain/finding.js';

export const FindingKindEnum = Object.fromEntries(FINDING_KINDS.map((kind) => [kind, kind])) as {
  readonly [Kind in FindingKind]: Kind;
};
registerEnumType(FindingKindEnum, {
  name: 'FindingKind',
  description: 'What is wrong.',
  valuesMap: {
    ROGUE: { description: 'Observed inside a pool and not allocated.' },
    UNMANAGED: { description: 'Observed outside every pool. Listed, never alerted.' },
    ORPHAN: {
      description: 'Allocated to a cloud resource that good sweeps have not seen, or see no longer.',
    },
    DRIFT: { description: 'Seen with another CIDR, account or id than its holder says.' },
    NONCOMPLIANT: { description: "Adopted against its pool's rules." },
    OVER_QUOTA: { description: 'Has more of something than the provider allows, or is about to.' },
    STALE: { description: 'What is known of an account and region is old, since it could not be read.' },
    CONFLICT: { description: 'Networks that reach each other have the same addresses.' },
    DUPLICATE_GLOBAL: { description: 'The same addresses are in use twice inside a GLOBAL pool.' },
    LATENT: { description: 'Networks that do not reach each other have the same addresses.' },
    ROUTE_SHADOW: { description: 'A route sends a part of a reachable network elsewhere.' },
  },
});

export const SeverityEnum = Object.fromEntries(SEVERITIES.map((severity) => [severity, severity])) as {
  readonly [Name in Severity]: Name;
};
registerEnumType(SeverityEnum, {
  name: 'FindingSeverity',
  description: 'How bad it is.',
  valuesMap: {
    CRITICAL: { description: 'Something does not work, or will break what works.' },
    WARNING: { description: 'Somebody should look at it.' },
    INFO: { description: 'Good to know.' },
  },
});

@ObjectType({ description: 'Somebody answers for a finding until an instant.' })
export class FindingWaiver {
  @Field(() => String, { description: 'Why it may be so.' })
  readonly reason!: string;

  @Field(() => String, { description: 'Who answers for it.' })
  readonly contact!: string;

  @Field(() => DateTime, { description: 'When it is over.' })
  readonly until!: Instant;

  @Field(() => String, { description: 'Who gave it.' })
  readonly by!: string;

  @Field(() => DateTime, { description: 'When it was given.' })
  readonly at!: Instant;
}

@ObjectType('Finding', { description: 'Something that is wrong, from when it was first seen on.' })
export class FindingType {
  @Field(() => ID, { description: '"find_" and a number.' })
  readonly id!: string;

  @Field(() => FindingKindEnum, { description: 'What is wrong.' })
  readonly kind!: FindingKind;

  @Field(() => String, {
    description: 'What it is about; with the kind it names the finding, also when it comes back.',
  })
  readonly subject!: string;

  @Field(() => SeverityEnum, { description: 'How bad it is.' })
  readonly severity!: Severity;

  @Field(() => String, { description: 'What is so and what to do, for people; its wording may change.' })
  readonly message!: string;

  @Field(() => JsonScalar, { description: 'The facts, by the kind.' })
  readonly detail!: Readonly<Record<string, unknown>>;

  @Field(() => DateTime, { description: 'Since when.' })
  readonly firstSeen!: Instant;

  @Field(() => DateTime, { description: 'When it was seen last, exact to an hour.' })
  readonly lastSeen!: Instant;

  @Field(() => DateTime, { nullable: true, description: 'Until when; null while it is so.' })
  readonly endedAt!: Instant | null;

  @Field(() => FindingWaiver, {
    nullable: true,
    description: 'The waiver that was given last, also when it is over.',
  })
  readonly waiver!: FindingWaiver | null;

  @Field(() => Boolean, { description: 'It has a waiver that is not over.' })
  readonly waived!: boolean;
}

export function findingTypeOf(finding: Finding): FindingType {
  const waiver = finding.waiver && Object.assign(new FindingWaiver(), finding.waiver);
  return Object.assign(new FindingType(), { ...finding, id: publicId('finding', finding.id), waiver });
}

@ObjectType({ description: 'A page of findings, the worst and oldest first.' })
export class FindingConnection extends connectionOf(FindingType, 'Finding') {}

@InputType({ description: 'All given conditions hold.' })
export class FindingFilterInput {
  @Field(() => [FindingKindEnum], { nullable: true, description: 'Is of one of these kinds; at most 32.' })
  readonly kinds?: FindingKind[] | null;

  @Field(() => [SeverityEnum], { nullable: true, description: 'Is as bad as one of these; at most 32.' })
  readonly severities?: Severity[] | null;

  @Field(() => String, { nullable: true, description: 'Is about exactly this; 1 to 1,024 characters.' })
  readonly subject?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'In subject, message or facts, in any case; 1 to 256 characters.',
  })
  readonly text?: string | null;

  @Field(() => String, { nullable: true, description: 'Concerns this account; 1 to 64 characters.' })
  readonly account?: string | null;

  @Field(() => String, { nullable: true, description: 'Concerns this region; 1 to 64 characters.' })
  readonly region?: string | null;

  @Field(() => Boolean, { nullable: true, description: 'Has a waiver that is not over, or has none.' })
  readonly waived?: boolean | null;

  @Field(() => Boolean, {
    nullable: true,
    defaultValue: true,
    description: 'Still so, or over; null for both.',
  })
  readonly open?: boolean | null;
}

@InputType({ description: 'What somebody answers for.' })
export class WaiveFindingInput {
  @Field(() => ID, { description: 'Which finding.' })
  readonly id!: string;

  @Field(() => String, { description: 'Why it may be so: 1 to 1,024 characters, not blank.' })
  readonly reason!: string;

  @Field(() => String, { description: 'Who answers for it: 1 to 255 characters, not blank.' })
  readonly contact!: string;

  @Field(() => DateTime, { description: 'When the waiver is over, in the future.' })
  readonly until!: Instant;
}

@InputType({ description: 'What nobody answers for any more.' })
export class UnwaiveFindingInput {
  @Field(() => ID, { description: 'Which finding.' })
  readonly id!: string;
}

export const WaiveFindingResult = createUnionType({
  name: 'WaiveFindingResult',
  description: 'The finding with its waiver, or why it has none.',
  types: () => [FindingType, RuleViolation, NotFound] as const,
});

export const UnwaiveFindingResult = createUnionType({
  name: 'UnwaiveFindingResult',
  description: 'The finding without a waiver, or why nothing is different.',
  types: () => [FindingType, NotFound] as const,
});
