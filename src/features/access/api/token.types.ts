import { createUnionType, Field, ID, InputType, ObjectType, registerEnumType } from '@nestjs/graphql';
import type { Instant } from '../../../platform/context/instant.js';
import type { Role } from '../../../platform/context/request-context.js';
import { NameTaken, NotFound, RuleViolation } from '../../../platform/graphql/failure.js';
import { connectionOf } from '../../../platform/graphql/pagination.js';
import { DateTime } from '../../../platform/graphql/scalars.js';

export const RoleEnum = { READER: 'reader', OPERATOR: 'operator', ADMIN: 'admin' } as const satisfies Record<
  string,
  Role
>;

registerEnumType(RoleEnum, {
  name: 'Role',
  description: 'What a token may do; each role includes the ones before it.',
  valuesMap: {
    READER: { description: 'Reads everything but tokens.' },
    OPERATOR: { description: 'Also changes allocations.' },
    ADMIN: { description: 'Also changes pools and tokens.' },
  },
});

@ObjectType('Token', { description: 'A bearer token of this API, without its secret.' })
export class TokenType {
  @Field(() => ID, { description: '"token_" and a number.' })
  readonly id!: string;

  @Field(() => String, { description: 'Unique for ever; the audit trail shows "token:<name>".' })
  readonly name!: string;

  @Field(() => RoleEnum, { description: 'What it may do.' })
  readonly role!: Role;

  @Field(() => DateTime, { description: 'When it was made.' })
  readonly createdAt!: Instant;

  @Field(() => String, { description: 'Who made it.' })
  readonly createdBy!: string;

  @Field(() => DateTime, { nullable: true, description: 'From then on it is refused; null: never.' })
  readonly expiresAt!: Instant | null;

  @Field(() => DateTime, { nullable: true, description: 'When somebody revoked it; null where nobody did.' })
  readonly revokedAt!: Instant | null;
}

@ObjectType({ description: 'A page of tokens, by name.' })
export class TokenConnection extends connectionOf(TokenType, 'Token') {}

@InputType({ description: 'What createToken needs.' })
export class CreateTokenInput {
  @Field(() => String, {
    description: '1 to 63 letters, digits, dots, dashes and underscores; never given twice.',
  })
  readonly name!: string;

  @Field(() => RoleEnum, { description: 'What it may do.' })
  readonly role!: Role;

  @Field(() => DateTime, { nullable: true, description: 'Left out: good until it is revoked.' })
  readonly expiresAt?: Instant | null;
}

@InputType({ description: 'What revokeToken needs.' })
export class RevokeTokenInput {
  @Field(() => ID, { description: 'The token to end.' })
  readonly id!: string;
}

@ObjectType({ description: 'A new token with its secret.' })
export class CreatedToken {
  @Field(() => TokenType, { description: 'The token, as it will be listed.' })
  readonly token!: TokenType;

  @Field(() => String, {
    description: 'Send it as "Authorization: Bearer <secret>". Shown here only: it cannot be read again.',
  })
  readonly secret!: string;
}

export const CreateTokenResult = createUnionType({
  name: 'CreateTokenResult',
  description: 'The token, or why there is none.',
  types: () => [CreatedToken, NameTaken, RuleViolation] as const,
});

export const RevokeTokenResult = createUnionType({
  name: 'RevokeTokenResult',
  description: 'The token as it now is, or why there is none.',
  types: () => [TokenType, NotFound] as const,
});
