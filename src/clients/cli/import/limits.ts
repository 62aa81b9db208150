import { HOLDER_FIELDS, type Holder, type Tag } from './entry.js';

/** What the service takes; see the descriptions in schema.graphql. Lengths in UTF-16 units. */
const MOST_TAGS = 50;
const LONGEST_TAG_KEY = 128;
const LONGEST_TAG_VALUE = 256;
const LONGEST_DESCRIPTION = 1024;
const LONGEST_KEY = 512;
const LONGEST_HOLDER_FIELD = 256;

/** U+0000 and halves of surrogate pairs, which no database text holds. */
const UNSTORABLE = /[\0\p{Cs}]/u;
const ALL_UNSTORABLE = /[\0\p{Cs}]/gu;

interface Described {
  readonly key?: string;
  readonly holder: Holder;
  readonly tags: readonly Tag[];
  readonly description: string;
}

/** Why the service would not take it, in a clause; null where it would. */
export function limitBroken({ key, holder, tags, description }: Described): string | null {
  if (key !== undefined && (key.length > LONGEST_KEY || UNSTORABLE.test(key)))
    return `the key has more than ${LONGEST_KEY} characters, or one that no text may have`;
  if (description.length > LONGEST_DESCRIPTION)
    return `the description has more than ${LONGEST_DESCRIPTION} characters`;
  if (UNSTORABLE.test(description))
    return 'the description has a character that no text may have (NUL, half a pair)';
  for (const field of HOLDER_FIELDS) {
    const value = holder[field];
    if (value !== undefined && (value.length > LONGEST_HOLDER_FIELD || UNSTORABLE.test(value)))
      return `${field} has more than ${LONGEST_HOLDER_FIELD} characters, or one that no text may have`;
  }
  return tagsBroken(tags);
}

function tagsBroken(tags: readonly Tag[]): string | null {
  if (tags.length > MOST_TAGS) return `there are ${tags.length} tags, and at most ${MOST_TAGS} are taken`;
  const keys = new Set<string>();
  for (const { key, value } of tags) {
    if (key === '' || key.length > LONGEST_TAG_KEY)
      return `the key of a tag has 1 to ${LONGEST_TAG_KEY} characters`;
    if (value.length > LONGEST_TAG_VALUE)
      return `the value of the tag ${JSON.stringify(key)} has more than ${LONGEST_TAG_VALUE} characters`;
    if (UNSTORABLE.test(key) || UNSTORABLE.test(value)) return 'a tag has a character that no text may have';
    if (keys.has(key)) return `the tag ${JSON.stringify(key)} is given twice`;
    keys.add(key);
  }
  return null;
}

export interface Fitted {
  readonly tags: readonly Tag[];
  readonly description: string;
  /** What had to go, in clauses; empty where all fits. */
  readonly cut: readonly string[];
}

/** What somebody else's limits allowed, cut to the service's. */
export function fit(tags: readonly Tag[], description: string): Fitted {
  const cut: string[] = [];
  const shorten = (text: string, longest: number, what: string): string => {
    const short = cutText(text, longest);
    if (short !== text) cut.push(what);
    return short;
  };
  const fitted = new Map<string, string>();
  for (const tag of tags) {
    const key = shorten(
      tag.key,
      LONGEST_TAG_KEY,
      `the key of the tag ${JSON.stringify(cutText(tag.key, 40))}`,
    );
    if (key === '' || fitted.has(key)) cut.push(`a tag with the key ${JSON.stringify(key)}`);
    else if (fitted.size === MOST_TAGS) cut.push(`the tag ${JSON.stringify(key)}, one too many`);
    else
      fitted.set(key, shorten(tag.value, LONGEST_TAG_VALUE, `the value of the tag ${JSON.stringify(key)}`));
  }
  return {
    tags: [...fitted].map(([key, value]) => ({ key, value })),
    description: shorten(description, LONGEST_DESCRIPTION, 'the description'),
    cut,
  };
}

function cutText(text: string, longest: number): string {
  return text.slice(0, longest).replace(ALL_UNSTORABLE, '');
}
