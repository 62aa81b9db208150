import { Field, ID, InputType, Int } from '@nestjs/graphql';
import type { Prefix } from '../../../address/index.js';
import { badInput } from '../../../platform/graphql/errors.js';
import { numberOfId } from '../../../platform/graphql/public-id.js';
import { CIDR } from '../../../platform/graphql/scalars.js';
import { requireText, TagInput, tagsFromInput } from '../../../platform/graphql/tags.js';
import type { AllocationStatus, Placement } from '../domain/allocation.js';
import type {
  AdoptCommand,
  AllocateCommand,
  Description,
  ReserveCommand,
  SpaceRequest,
} from '../domain/command.js';
import type { AllocationFilter } from '../domain/allocation-list.js';
import { AllocationStatusEnum, PlacementEnum } from './enums.js';
import { HolderInput, holderOf } from './holder.types.js';

const DEFAULT_TTL = 3600;
const LONGEST_TTL = 90 * 24 * 3600;
const LONGEST_KEY = 512;
const LONGEST_DESCRIPTION = 1024;
const LONGEST_NONCE = 256;

const POOL = 'Id or name of the pool.';
const KEY =
  'Your idempotency name within the pool, 1 to 512 characters: the same request under it gives the same allocation for ever. ' +
  'Without one, a repeated call may give a second CIDR.';

const REQUEST =
  'With "cidr" and "key", where the key is to answer to another request than the CIDR: "default", or the length of the CIDR as "/24".';

@InputType({ isAbstract: true })
abstract class DescribedInput {
  @Field(() => HolderInput, { nullable: true, description: 'What the CIDR is for.' })
  readonly holder?: HolderInput | null;

  @Field(() => [TagInput], { defaultValue: [], description: 'At most 50; the pool may require some.' })
  readonly tags!: TagInput[];

  @Field(() => String, { defaultValue: '', description: 'At most 1,024 characters.' })
  readonly description!: string;
}

@InputType({
  description:
    'Space to allocate. "prefixLength" and "cidr" exclude each other; neither takes the default length of the pool.',
})
export class AllocateInput extends DescribedInput {
  @Field(() => ID, { description: POOL })
  readonly pool!: string;

  @Field(() => Int, { nullable: true, description: 'Length of the CIDR to give, as 24 for a /24.' })
  readonly prefixLength?: number | null;

  @Field(() => CIDR, { nullable: true, description: 'Exactly this CIDR.' })
  readonly cidr?: Prefix | null;

  @Field(() => String, { nullable: true, description: KEY })
  readonly key?: string | null;

  @Field(() => String, { nullable: true, description: REQUEST })
  readonly request?: string | null;

  @Field(() => ID, {
    nullable: true,
    description:
      'The allocation under this key that another one is to stand in for. It keeps its CIDR, without the key, until it is released. ' +
      'Anything but an allocated or expired allocation of this key is as if not given.',
  })
  readonly replaces?: string | null;

  @Field(() => PlacementEnum, { nullable: true, description: "Overrides the pool's placement." })
  readonly placement?: Placement | null;

  @Field(() => CIDR, { nullable: true, description: 'For placement NEAR: the CIDR to be close to.' })
  readonly near?: Prefix | null;
}

@InputType({ description: 'Space to hold for a while, as for allocate.' })
export class ReserveInput extends AllocateInput {
  @Field(() => Int, {
    defaultValue: DEFAULT_TTL,
    description: `Seconds until it expires unless it is confirmed, 1 to ${LONGEST_TTL} (90 days).`,
  })
  readonly ttlSeconds!: number;
}

@InputType({ description: 'A CIDR that is in use already, to be registered as it is.' })
export class AdoptInput extends DescribedInput {
  @Field(() => ID, { description: POOL })
  readonly pool!: string;

  @Field(() => CIDR, { description: 'The CIDR that is in use.' })
  readonly cidr!: Prefix;

  @Field(() => String, { nullable: true, description: KEY })
  readonly key?: string | null;

  @Field(() => String, { nullable: true, description: REQUEST })
  readonly request?: string | null;
}

@InputType({ description: 'A reservation to confirm.' })
export class ConfirmInput {
  @Field(() => ID, { description: 'The reservation.' })
  readonly id!: string;

  @Field(() => String, {
    nullable: true,
    description:
      'Any text of yours: the same nonce again gives the same answer. Without one a repeated call is ALREADY_CONFIRMED.',
  })
  readonly nonce?: string | null;

  @Field(() => HolderInput, {
    nullable: true,
    description: 'Fields given here replace those of the reservation.',
  })
  readonly holder?: HolderInput | null;
}

@InputType({ description: 'A reservation to hold longer.' })
export class RenewInput {
  @Field(() => ID, { description: 'The reservation.' })
  readonly id!: string;

  @Field(() => Int, {
    defaultValue: DEFAULT_TTL,
    description: `Seconds from now, 1 to ${LONGEST_TTL}; an earlier end than the present one changes nothing.`,
  })
  readonly ttlSeconds!: number;
}

@InputType({ description: 'An allocation to give back.' })
export class ReleaseInput {
  @Field(() => ID, { description: 'The allocation or reservation.' })
  readonly id!: string;

  @Field(() => Boolean, {
    defaultValue: false,
    description: 'Release also what is still observed in the cloud.',
  })
  readonly force!: boolean;
}

@InputType({ description: 'An allocation to take out of quarantine.' })
export class RestoreAllocationInput {
  @Field(() => ID, { description: 'The allocation that is in quarantine.' })
  readonly id!: string;
}

@InputType({ description: 'What is to be different; what is left out stays.' })
export class UpdateAllocationInput {
  @Field(() => ID, { description: 'The allocation.' })
  readonly id!: string;

  @Field(() => Int, { description: 'The version you read.' })
  readonly version!: number;

  @Field(() => HolderInput, {
    nullable: true,
    description: 'The whole holder: fields that are left out become empty.',
  })
  readonly holder?: HolderInput | null;

  @Field(() => [TagInput], { nullable: true, description: 'All tags.' })
  readonly tags?: TagInput[] | null;

  @Field(() => String, { nullable: true, description: 'At most 1,024 characters.' })
  readonly description?: string | null;
}

@InputType({ description: 'All given conditions hold.' })
export class AllocationFilterInput {
  @Field(() => ID, { nullable: true, description: POOL })
  readonly pool?: string | null;

  @Field(() => [AllocationStatusEnum], {
    nullable: true,
    description: 'Has one of these statuses, by the clock of the database.',
  })
  readonly status?: AllocationStatus[] | null;

  @Field(() => CIDR, { nullable: true, description: 'Lies in this CIDR or is it.' })
  readonly cidrWithin?: Prefix | null;

  @Field(() => CIDR, { nullable: true, description: 'Contains this CIDR or is it.' })
  readonly cidrContaining?: Prefix | null;

  @Field(() => HolderInput, { nullable: true, description: 'Every field given is equal.' })
  readonly holder?: HolderInput | null;

  @Field(() => TagInput, { nullable: true, description: 'Has this tag with this value.' })
  readonly tag?: TagInput | null;

  @Field(() => String, { nullable: true, description: 'Was taken under exactly this key.' })
  readonly key?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'In description, key, tags or holder, in any case; 1 to 256 characters.',
  })
  readonly text?: string | null;
}

function descriptionOf(input: DescribedInput): Description {
  return {
    holder: holderOf(input.holder),
    tags: tagsFromInput(input.tags),
    description: requireText('description', input.description, LONGEST_DESCRIPTION),
  };
}

function keyOf(key: string | null | undefined): string | undefined {
  return key === null || key === undefined ? undefined : requireText('key', key, LONGEST_KEY, 1);
}

function requestOf({ request, cidr, key }: AllocateInput | AdoptInput): string | undefined {
  if (request === null || request === undefined) return undefined;
  if (!cidr || typeof key !== 'string') throw badInput('"request" goes with "cidr" and "key" only.');
  if (request !== 'default' && request !== `/${cidr.length}`)
    throw badInput(`"request" has to be "default" or "/${cidr.length}", the length of ${cidr}.`);
  return request;
}

function spaceOf(input: AllocateInput): SpaceRequest {
  if (input.cidr && typeof input.prefixLength === 'number')
    throw badInput('Give "prefixLength" or "cidr", not both.');
  // an id that names nothing is as if not given
  const replaces = input.replaces ? (numberOfId('allocation', input.replaces) ?? undefined) : undefined;
  return {
    prefixLength: input.prefixLength ?? undefined,
    cidr: input.cidr ?? undefined,
    key: keyOf(input.key),
    request: requestOf(input),
    replaces,
    placement: input.placement ?? undefined,
    near: input.near ?? undefined,
  };
}

/** Throws BAD_USER_INPUT for a time out of range. */
export function requireTtl(seconds: number): number {
  if (seconds < 1 || seconds > LONGEST_TTL)
    throw badInput(`"ttlSeconds" has to be from 1 to ${LONGEST_TTL}, not ${seconds}.`);
  return seconds;
}

export function nonceOf(nonce: string | null | undefined): string | undefined {
  return nonce === null || nonce === undefined ? undefined : requireText('nonce', nonce, LONGEST_NONCE, 1);
}

export function allocateCommand(input: AllocateInput): AllocateCommand {
  return { kind: 'allocate', ...spaceOf(input), ...descriptionOf(input) };
}

export function reserveCommand(input: ReserveInput): ReserveCommand {
  return {
    kind: 'reserve',
    ttlSeconds: requireTtl(input.ttlSeconds),
    ...spaceOf(input),
    ...descriptionOf(input),
  };
}

export function adoptCommand(input: AdoptInput): AdoptCommand {
  return {
    kind: 'adopt',
    cidr: input.cidr,
    key: keyOf(input.key),
    request: requestOf(input),
    ...descriptionOf(input),
  };
}

/** What is to change, checked. */
export function changesOfAllocation(input: UpdateAllocationInput): Partial<Description> {
  const { holder, tags, description } = input;
  return {
    ...(holder ? { holder: holderOf(holder) } : {}),
    ...(tags ? { tags: tagsFromInput(tags) } : {}),
    ...(typeof description === 'string'
      ? { description: requireText('description', description, LONGEST_DESCRIPTION) }
      : {}),
  };
}

/** `poolId`: what `input.pool` stands for. */
export function filterOf(input: AllocationFilterInput, poolId: number | undefined): AllocationFilter {
  return {
    poolId,
    statuses: input.status ?? undefined,
    cidrWithin: input.cidrWithin ?? undefined,
    cidrContaining: input.cidrContaining ?? undefined,
    holder: input.holder ? (holderOf(input.holder) as Record<string, string>) : undefined,
    tag: input.tag ?? undefined,
    key: input.key ?? undefined,
    text: input.text ? requireText('text', input.text, 256, 1) : undefined,
  };
}
