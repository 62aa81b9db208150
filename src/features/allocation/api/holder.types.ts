import { Field, InputType, ObjectType } from '@nestjs/graphql';
import { requireText } from '../../../platform/graphql/tags.js';
import type { Holder } from '../domain/allocation.js';

const FIELDS = {
  provider: 'As "aws".',
  account: 'Account, project or subscription.',
  region: 'As "eu-west-1".',
  resourceType: 'As "vpc" or "subnet".',
  resourceId: 'As "vpc-0a1b".',
  routingDomain: 'Where its addresses mean what they mean.',
  contact: 'Who to ask.',
} as const satisfies Record<keyof Holder, string>;

const LONGEST = 256;

@ObjectType('Holder', { description: 'What a CIDR is for, in the words of whoever took it.' })
export class HolderType implements Holder {
  @Field(() => String, { nullable: true, description: FIELDS.provider })
  readonly provider?: string;

  @Field(() => String, { nullable: true, description: FIELDS.account })
  readonly account?: string;

  @Field(() => String, { nullable: true, description: FIELDS.region })
  readonly region?: string;

  @Field(() => String, { nullable: true, description: FIELDS.resourceType })
  readonly resourceType?: string;

  @Field(() => String, { nullable: true, description: FIELDS.resourceId })
  readonly resourceId?: string;

  @Field(() => String, { nullable: true, description: FIELDS.routingDomain })
  readonly routingDomain?: string;

  @Field(() => String, { nullable: true, description: FIELDS.contact })
  readonly contact?: string;
}

@InputType({ description: `What a CIDR is for; each field at most ${LONGEST} characters.` })
export class HolderInput {
  @Field(() => String, { nullable: true, description: FIELDS.provider })
  readonly provider?: string | null;

  @Field(() => String, { nullable: true, description: FIELDS.account })
  readonly account?: string | null;

  @Field(() => String, { nullable: true, description: FIELDS.region })
  readonly region?: string | null;

  @Field(() => String, { nullable: true, description: FIELDS.resourceType })
  readonly resourceType?: string | null;

  @Field(() => String, { nullable: true, description: FIELDS.resourceId })
  readonly resourceId?: string | null;

  @Field(() => String, { nullable: true, description: FIELDS.routingDomain })
  readonly routingDomain?: string | null;

  @Field(() => String, { nullable: true, description: FIELDS.contact })
  readonly contact?: string | null;
}

/** The fields that were given. Throws BAD_USER_INPUT for one that is too long. */
export function holderOf(input: HolderInput | null | undefined): Holder {
  const holder: Holder = {};
  for (const name of Object.keys(FIELDS) as (keyof Holder)[]) {
    const value = input?.[name];
    if (value !== undefined && value !== null) holder[name] = requireText(`holder.${name}`, value, LONGEST);
  }
  return holder;
}
