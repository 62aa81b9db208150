import { type z } from 'zod';
import { badInput } from './errors.js';
import { isStorable } from './stored-text.js';

/** Writes and reads the opaque cursors of one list. */
export interface CursorCodec<Key> {
  encode(key: Key): string;
  /** Throws BAD_USER_INPUT for a text that is no cursor of this list. */
  decode(cursor: string): Key;
}

const LONGEST = 2000;

/**
 * Keyset cursors: the sort key of a row, ending in what makes it unique. `list` names the list and its order, so
 * that a cursor of another one is refused. `schema` checks what comes back, so bound its numbers (`z.int32()`) as
 * the columns are.
 */
export function cursorCodec<Key>(list: string, schema: z.ZodType<Key>): CursorCodec<Key> {
  return {
    encode: (key) => Buffer.from(JSON.stringify([list, key])).toString('base64url'),
    decode(cursor) {
      const given = cursor.length <= LONGEST ? parse(cursor) : undefined;
      if (Array.isArray(given) && given.length === 2 && given[0] === list) {
        const key = schema.safeParse(given[1]);
        if (key.success) return key.data;
      }
      throw badInput(
        '"after" is no cursor of this list: pass the pageInfo.endCursor of a page of the same list and order.',
      );
    },
  };
}

function parse(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString(), (_, value: unknown) => {
      if (typeof value === 'string' && !isStorable(value)) throw new Error('unstorable');
      return value;
    });
  } catch {
    return undefined;
  }
}
