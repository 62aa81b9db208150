import { NotCanonicalError } from '../../domain/canonical.js';
import type { ObservedObject } from '../../domain/observed.js';
import { decodePage, NoListError, type Page, type ReaderName, READERS } from './decode-page.js';
import { IncompleteItemError, type Place } from './reader.js';
import { NotWellFormedError } from './scanner.js';

export interface Job {
  readonly id: number;
  readonly reader: ReaderName;
  readonly bytes: Uint8Array;
  readonly place: Place;
}

/**
 * Whole objects field by field, each field one text of a line per object: it crosses between threads as a block of memory,
 * and the lines are cut out of it without being copied.
 */
interface Columns {
  readonly count: number;
  readonly ids: string;
  /** An empty line: none. */
  readonly vpcIds: string;
  readonly names: (string | null)[];
  /** Joined by blanks. */
  readonly prefixes: string;
  readonly bodies: string;
  readonly hashes: string;
}

export type Answer =
  | { readonly id: number; readonly failure: { readonly name: string; readonly message: string } }
  | {
      readonly id: number;
      readonly failure: null;
      readonly page: Omit<Page<unknown>, 'rows'>;
      readonly rows: unknown[] | null;
      readonly columns: Columns | null;
    };

const ERRORS = { NotWellFormedError, NoListError, IncompleteItemError, NotCanonicalError };

/** Worker side: does the job. Never throws. */
export function answer({ id, reader, bytes, place }: Job): Answer {
  try {
    const { rows, ...page } = decodePage(reader, bytes, place) as Page<unknown>;
    return READERS[reader].seals === null
      ? { id, failure: null, page, rows, columns: null }
      : { id, failure: null, page, rows: null, columns: columnsOf(rows as ObservedObject[]) };
  } catch (error) {
    const { name, message } = error as Error;
    return { id, failure: { name, message } };
  }
}

/** The other side: the page, or the error thrown again as what it was. */
export function pageOf(done: Answer): Page<unknown> {
  if (done.failure) {
    const { name, message } = done.failure;
    const Type = ERRORS[name as keyof typeof ERRORS];
    throw Type ? new Type(message) : new Error(`decoding failed: ${name}: ${message}`);
  }
  return { ...done.page, rows: done.columns ? objectsOf(done.columns) : done.rows! };
}

/** No id of the provider has it; JSON writes it otherwise. */
const LINE = '\n';

function columnsOf(objects: readonly ObservedObject[]): Columns {
  const lines = (lineOf: (object: ObservedObject) => string): string => objects.map(lineOf).join(LINE);
  return {
    count: objects.length,
    ids: lines(({ id }) => id),
    vpcIds: lines(({ vpcId }) => vpcId ?? ''),
    names: objects.map(({ name }) => name),
    prefixes: lines(({ prefixes }) => prefixes.join(' ')),
    bodies: lines(({ body }) => body),
    hashes: lines(({ hash }) => hash),
  };
}

function objectsOf({ count, names, ...columns }: Columns): ObservedObject[] {
  if (count === 0) return [];
  const [ids, vpcIds, prefixes, bodies, hashes] = (
    ['ids', 'vpcIds', 'prefixes', 'bodies', 'hashes'] as const
  ).map((name) => {
    const lines = columns[name].split(LINE);
    if (lines.length !== count) throw new IncompleteItemError(`a line break in one of the ${name}`);
    return lines;
  }) as [string[], string[], string[], string[], string[]];
  return ids.map((id, i) => ({
    id,
    vpcId: vpcIds[i]! || null,
    name: names[i]!,
    prefixes: prefixes[i] === '' ? [] : prefixes[i]!.split(' '),
    body: bodies[i]!,
    hash: hashes[i]!,
  }));
}
