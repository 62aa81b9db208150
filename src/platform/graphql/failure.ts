import { Field, ID, Int, InterfaceType, ObjectType } from '@nestjs/graphql';

/**
 * An expected reason why a mutation changed nothing; member of the mutation's result union. The types that
 * implement it carry the facts to act on.
 */
@InterfaceType({
  description: 'Why a mutation changed nothing. The types that implement it carry the facts to act on.',
  resolveType: (failure: object) => failure.constructor.name,
})
export abstract class Failure {
  @Field(() => String, { description: 'Stable name of the reason, for programs.' })
  readonly code!: string;

  @Field(() => String, { description: 'The reason in a sentence, for people; its wording may change.' })
  readonly message!: string;
}

/** Also the answer for what is there and not the caller's. */
@ObjectType({
  implements: () => Failure,
  description: 'NOT_FOUND: there is nothing with this id, or it is not yours.',
})
export class NotFound extends Failure {
  @Field(() => ID, { description: 'The id or name that was given.' })
  readonly id!: string;
}

@ObjectType({ implements: () => Failure, description: 'NAME_TAKEN: something else has this name.' })
export class NameTaken extends Failure {
  @Field(() => String, { description: 'The name that was asked for.' })
  readonly name!: string;

  @Field(() => String, { description: 'What has it.' })
  readonly takenBy!: string;
}

@ObjectType({ implements: () => Failure, description: 'RULE_VIOLATION: a rule forbids this value.' })
export class RuleViolation extends Failure {
  @Field(() => String, { description: 'Name of the rule, or of the argument.' })
  readonly rule!: string;

  @Field(() => String, { description: 'What the request has.' })
  readonly value!: string;

  @Field(() => String, { description: 'What would be allowed.' })
  readonly allowed!: string;
}

@ObjectType({ implements: () => Failure, description: 'HAS_DEPENDENTS: something else stands on it.' })
export class HasDependents extends Failure {
  @Field(() => [String], { description: 'What stands on it.' })
  readonly dependents!: readonly string[];
}

@ObjectType({
  implements: () => Failure,
  description: 'VERSION_CONFLICT: somebody changed it since it was read.',
})
export class VersionConflict extends Failure {
  @Field(() => Int, { description: 'The version now.' })
  readonly version!: number;

  @Field(() => String, { description: 'Who changed it last.' })
  readonly changedBy!: string;
}

/** An instance of a failure's GraphQL class, from the facts; unions and interfaces tell their members by class. */
export function failureOf<Kind extends Failure>(kind: new () => Kind, facts: Kind): Kind {
  return Object.assign(new kind(), facts);
}
