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

/** Whole objects field by field: an array of strings crosses between threads for half of what objects cost. */
interface Columns {
  readonly ids: string[];
  readonly vpcIds: (string | null)[];
  readonly names: (string | null)[];
  /** Joined by blanks. */
  readonly prefixes: string[];
  readonly bodies: string[];
  readonly hashes: string[];
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

function columnsOf(objects: readonly ObservedObject[]): Columns {
  return {
    ids: objects.map(({ id }) => id),
    vpcIds: objects.map(({ vpcId }) => vpcId),
    names: objects.map(({ name }) => name),
    prefixes: objects.map(({ prefixes }) => prefixes.join(' ')),
    bodies: objects.map(({ body }) => body),
    hashes: objects.map(({ hash }) => hash),
  };
}

function objectsOf({ ids, vpcIds, names, prefixes, bodies, hashes }: Columns): ObservedObject[] {
  return ids.map((id, i) => ({
    id,
    vpcId: vpcIds[i]!,
    name: names[i]!,
    prefixes: prefixes[i] === '' ? [] : prefixes[i]!.split(' '),
    body: bodies[i]!,
    hash: hashes[i]!,
  }));
}
