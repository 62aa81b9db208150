import { Field, ID, ObjectType } from '@nestjs/graphql';
import type { Hit, MatchedBy } from '../domain/search.js';
import { MatchedByEnum } from './enums.js';

@ObjectType('SearchHit', { description: 'A thing that is allocated, observed or declared.' })
export class SearchHit implements Hit {
  @Field(() => MatchedByEnum, { description: 'What of it was found.' })
  readonly by!: MatchedBy;

  @Field(() => String, {
    description:
      '"allocation", "pool", "routing_domain", or what it is observed as: "vpc", "subnet", "external_network" and others.',
  })
  readonly kind!: string;

  @Field(() => ID, { description: 'Its id here, or in the world of its provider.' })
  readonly id!: string;

  @Field(() => String, { nullable: true, description: 'Its name or key.' })
  readonly name!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Its CIDR or address that was found, or its first one.',
  })
  readonly cidr!: string | null;

  @Field(() => [String], { description: 'Where it is, the outermost first: pool or account, region, VPC.' })
  readonly chain!: readonly string[];

  @Field(() => String, { description: 'What else is said of it; may be empty.' })
  readonly note!: string;
}

@ObjectType({ description: 'What a search has found.' })
export class SearchAnswer {
  @Field(() => [SearchHit], { description: 'The best first; of an address the innermost first.' })
  readonly hits!: readonly SearchHit[];

  @Field(() => Boolean, { description: 'There is more, which a narrower text would find.' })
  readonly more!: boolean;
}
