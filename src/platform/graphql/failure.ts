import { Field, InterfaceType } from '@nestjs/graphql';

/**
 * An expected reason why a mutation changed nothing; member of the mutation's result union. The types that
 * implement it carry the facts to act on.
 */
@InterfaceType({
  description: 'Why a mutation changed nothing. The types that implement it carry the facts to act on.',
})
export abstract class Failure {
  @Field(() => String, { description: 'Stable name of the reason, for programs.' })
  readonly code!: string;

  @Field(() => String, { description: 'The reason in a sentence, for people; its wording may change.' })
  readonly message!: string;
}
