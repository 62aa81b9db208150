import { Field, InputType, ObjectType } from '@nestjs/graphql';
import { badInput } from './errors.js';

@ObjectType({ description: 'A name and a value that people attach to a thing.' })
export class Tag {
  @Field(() => String, { description: 'Unique among the tags of a thing.' })
  readonly key!: string;

  @Field(() => String, { description: 'May be empty.' })
  readonly value!: string;
}

@InputType({ description: 'A name and a value to attach.' })
export class TagInput {
  @Field(() => String, { description: '1 to 128 characters, unique among the tags of a thing.' })
  readonly key!: string;

  @Field(() => String, { description: 'At most 256 characters; may be empty.' })
  readonly value!: string;
}

const MOST_TAGS = 50;
const LONGEST_KEY = 128;
const LONGEST_VALUE = 256;

/** In order of their keys. */
export function tagsToList(tags: Readonly<Record<string, string>>): Tag[] {
  return Object.keys(tags)
    .sort()
    .map((key) => ({ key, value: tags[key]! }));
}

/** Throws BAD_USER_INPUT for too many, too long or repeated tags. */
export function tagsFromInput(given: readonly TagInput[]): Record<string, string> {
  if (given.length > MOST_TAGS) throw badInput(`At most ${MOST_TAGS} tags, not ${given.length}.`);
  const tags = new Map<string, string>();
  for (const { key, value } of given) {
    if (key === '' || key.length > LONGEST_KEY)
      throw badInput(`The key of a tag has 1 to ${LONGEST_KEY} characters.`);
    if (value.length > LONGEST_VALUE)
      throw badInput(
        `The value of the tag ${JSON.stringify(key)} has more than ${LONGEST_VALUE} characters.`,
      );
    if (tags.has(key)) throw badInput(`The tag ${JSON.stringify(key)} is given twice.`);
    tags.set(key, value);
  }
  return Object.fromEntries(tags);
}

/** Throws BAD_USER_INPUT for text that is longer than `longest` or shorter than `shortest` characters. */
export function requireText(what: string, text: string, longest: number, shortest = 0): string {
  if (text.length < shortest || text.length > longest)
    throw badInput(`"${what}" has ${shortest} to ${longest} characters, not ${text.length}.`);
  return text;
}
