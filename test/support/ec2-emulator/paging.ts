import { createHash } from 'node:crypto';
import { AwsError } from './answer-error.js';
import type { Input, Read } from './reads.js';

/** How pages are cut, beside what the caller asks for. Each is as AWS permits itself. */
export interface Paging {
  /** No page has more, whatever MaxResults says. */
  readonly most?: number;
  /** Page size without MaxResults; default 1000. */
  readonly unasked?: number;
  /** Every so many-th page is empty though more follow: 2 makes the second, fourth … so. */
  readonly emptyEvery?: number;
}

export interface Page {
  readonly objects: readonly object[];
  readonly next: string | undefined;
}

interface Position {
  /** Objects before this page, and the last of them, which finds the place again after a change of the list. */
  readonly offset: number;
  readonly last: string | null;
  readonly page: number;
}

/** Throws AwsError on a MaxResults out of range and on a token that is not of this list. */
export function pageOf(
  action: string,
  read: Read,
  all: readonly object[],
  input: Input,
  place: string,
  paging: Paging,
): Page {
  if (!read.page) return { objects: all, next: undefined };
  const size = sizeOf(read.page, input, read, paging);
  const list = `${action} ${place} ${JSON.stringify({ ...input, NextToken: undefined, MaxResults: undefined })}`;
  const { offset, last, page } = positionOf(input['NextToken'], list);
  const start = last === null ? offset : after(all, last, offset);
  const isEmpty = paging.emptyEvery !== undefined && (page + 1) % paging.emptyEvery === 0;
  const objects = isEmpty && start < all.length ? [] : all.slice(start, start + size);
  const end = start + objects.length;
  if (end >= all.length) return { objects, next: undefined };
  const next: Position = { offset: end, last: end > 0 ? keyOf(all[end - 1]!) : null, page: page + 1 };
  return { objects, next: tokenOf(next, list) };
}

function sizeOf([least, most]: readonly [number, number], input: Input, read: Read, paging: Paging): number {
  const asked = input['MaxResults'] as number | undefined;
  if (asked !== undefined) {
    if (!Number.isInteger(asked) || asked < least || asked > most)
      throw new AwsError(
        400,
        'InvalidParameterValue',
        `Value ( ${String(asked)} ) for parameter maxResults is invalid. Expecting a value between ${least} and ${most}.`,
      );
    if (read.ids && Array.isArray(input[read.ids[0]]))
      throw new AwsError(
        400,
        'InvalidParameterCombination',
        `The parameter ${read.ids[0]} cannot be used with the parameter maxResults`,
      );
  }
  return Math.min(asked ?? paging.unasked ?? most, paging.most ?? Infinity);
}

function after(all: readonly object[], last: string, offset: number): number {
  const expected = all[offset - 1];
  if (expected && keyOf(expected) === last) return offset;
  const index = all.findIndex((object) => keyOf(object) === last);
  return index >= 0 ? index + 1 : Math.min(offset, all.length);
}

/** Objects of a list differ as a whole; if one changed meanwhile, its offset serves. */
function keyOf(object: object): string {
  return digest(JSON.stringify(object));
}

function tokenOf(position: Position, list: string): string {
  const text = JSON.stringify(position);
  return Buffer.from(`${digest(text + list)}${text}`).toString('base64url');
}

function positionOf(token: unknown, list: string): Position {
  if (token === undefined) return { offset: 0, last: null, page: 0 };
  const decoded = Buffer.from(String(token), 'base64url').toString();
  const text = decoded.slice(DIGITS);
  if (text === '' || digest(text + list) !== decoded.slice(0, DIGITS))
    throw new AwsError(400, 'InvalidNextToken', 'The specified nextToken is invalid');
  return JSON.parse(text) as Position;
}

const DIGITS = 22;

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, DIGITS);
}
