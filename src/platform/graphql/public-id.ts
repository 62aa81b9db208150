import { badInput } from './errors.js';

/** What ids begin with; names never do, so that an argument may be either. */
export const ID_PREFIXES = {
  pool: 'pool_',
  allocation: 'alloc_',
  routingDomain: 'dom_',
  domainLink: 'link_',
  finding: 'find_',
} as const;
export type IdKind = keyof typeof ID_PREFIXES;

const NUMBER = /^[1-9]\d{0,14}$/;
/** Above these there is no row, and PostgreSQL would refuse the number: int4 and, within what is exact, int8. */
const LARGEST: Record<IdKind, number> = {
  pool: 2 ** 31 - 1,
  allocation: Number.MAX_SAFE_INTEGER,
  routingDomain: 2 ** 31 - 1,
  domainLink: 2 ** 31 - 1,
  finding: Number.MAX_SAFE_INTEGER,
};

/** `pool_12`: what clients see of a row's number. */
export function publicId(kind: IdKind, id: number): string {
  return `${ID_PREFIXES[kind]}${id}`;
}

/** The number in an id of this kind; null for any other text. */
export function numberOfId(kind: IdKind, id: string): number | null {
  const prefix = ID_PREFIXES[kind];
  const digits = id.startsWith(prefix) ? id.slice(prefix.length) : '';
  return NUMBER.test(digits) && Number(digits) <= LARGEST[kind] ? Number(digits) : null;
}

/** True for text that a name may not be, since it reads as an id. */
export function looksLikeId(text: string): boolean {
  return Object.values(ID_PREFIXES).some((prefix) => text.startsWith(prefix));
}

const LONGEST_NAME = 255;

/** Throws BAD_USER_INPUT where `name` cannot be the name of a thing. */
export function requireName(name: string): string {
  if (name.trim() === '' || name.length > LONGEST_NAME)
    throw badInput(`A name has 1 to ${LONGEST_NAME} characters and is not blank.`);
  if (looksLikeId(name))
    throw badInput(
      `A name does not begin with ${Object.values(ID_PREFIXES).join(', ')}: that is how ids begin.`,
    );
  return name;
}
