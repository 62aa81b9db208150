import { hash } from 'node:crypto';
import type { StoredKind } from '../domain/observed.js';

/** The first 128 bits of SHA-256 over kind and canonical body, as 22 characters of base64url. About 2 µs. */
export function digestOf(kind: StoredKind, body: string): string {
  return hash('sha256', `${kind}\n${body}`, 'buffer').toString('base64url', 0, 16);
}
