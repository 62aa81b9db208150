import { hash, randomBytes } from 'node:crypto';

/** A new bearer token: `cad_` and 32 random bytes in base64url. Shown once, never stored. */
export function newSecret(): string {
  return `cad_${randomBytes(32).toString('base64url')}`;
}

/** What is stored of a secret: its SHA-256. No salt is needed, since the secrets cannot be guessed. */
export function hashOf(secret: string): Buffer {
  return hash('sha256', secret, 'buffer');
}

/** The secret in `Authorization: Bearer <secret>`; null where the header is something else. */
export function bearerOf(header: string): string | null {
  return /^Bearer +([A-Za-z0-9\-._~+/]{1,512}=*)$/i.exec(header)?.[1] ?? null;
}
