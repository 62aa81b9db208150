import { canonical } from '../../domain/canonical.js';
import type { ObservedBodies, ObservedKind, ObservedObject } from '../../domain/observed.js';
import { digestOf } from '../digest.js';
import type { Draft, Place, Reader } from './reader.js';
import * as gateways from './readers-gateways.js';
import * as network from './readers-network.js';
import { type Read, scannerOf, type Shape } from './scanner.js';

export const READERS = { ...network, ...gateways };
export type ReaderName = keyof typeof READERS;

/** Rows of a page as its reader makes them; of whole objects, the sealed objects. */
export type RowOf<N extends ReaderName> =
  (typeof READERS)[N] extends Reader<infer Row> ? (Row extends Draft ? ObservedObject : Row) : never;

export interface Page<Row> {
  readonly rows: Row[];
  /** Where the list goes on; null at its end. */
  readonly next: string | null;
  /** Of a search that gives no next page: there is more. */
  readonly more: boolean;
}

/** The answer is whole XML, but the list that must be in it is not. */
export class NoListError extends Error {
  override name = 'NoListError';
}

type Decode = (bytes: Uint8Array, place: Place) => Page<unknown>;

const decoders = new Map<ReaderName, Decode>();

/**
 * Reads, makes canonical and hashes one page; about 12 ms for 1,000 network interfaces. Pure. Throws NotWellFormedError,
 * NoListError, IncompleteItemError, NotCanonicalError: all mean that the page says nothing.
 */
export function decodePage<N extends ReaderName>(name: N, bytes: Uint8Array, place: Place): Page<RowOf<N>> {
  let decode = decoders.get(name);
  if (!decode) decoders.set(name, (decode = decoderOf(READERS[name] as unknown as Reader)));
  return decode(bytes, place) as Page<RowOf<N>>;
}

function decoderOf(reader: Reader): Decode {
  const scan = scannerOf({
    ...Object.fromEntries(reader.lists.map((list) => [list, [reader.item] as const])),
    nextToken: 'text',
    additionalRoutesAvailable: 'text',
  } as { readonly [element: string]: Shape });
  return (bytes, place) => {
    const document = scan(bytes) as Read<{ nextToken: 'text'; additionalRoutesAvailable: 'text' }>;
    const rows: unknown[] = [];
    let lists = 0;
    for (const list of reader.lists) {
      const items = (document as Record<string, unknown>)[list] as never[] | undefined;
      if (items === undefined) continue;
      lists++;
      for (const item of items) {
        const row = reader.read(item, place);
        if (row === null) continue;
        rows.push(reader.seals === null ? row : sealed(reader.seals, row as Draft));
      }
    }
    if (lists === 0) throw new NoListError(`no <${reader.lists.join('> or <')}> in the answer`);
    return {
      rows,
      next: document.nextToken || null,
      more: document.additionalRoutesAvailable === 'true',
    };
  };
}

/** The observed object of a draft. Throws NotCanonicalError. */
export function sealed<K extends ObservedKind>(kind: K, draft: Draft<K>): ObservedObject {
  const { body, prefixes } = canonical(kind, draft.body as ObservedBodies[K]);
  return {
    id: draft.id,
    vpcId: draft.vpcId,
    name: draft.name,
    prefixes,
    body,
    hash: digestOf(kind, body),
  };
}
