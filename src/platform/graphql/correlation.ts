import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

export const CORRELATION_HEADER = 'x-correlation-id';

/** What is taken over from a caller: it goes into log lines and rows as it is. */
const SAFE = /^[A-Za-z0-9._:-]{1,64}$/;

/** Differs between processes; what follows it differs within one. */
const prefix = randomBytes(6).toString('base64url');
let drawn = 0;

/** The caller's id if it is safe, else a new one. */
export function correlationOf(request: Pick<IncomingMessage, 'headers'>): string {
  const given = request.headers[CORRELATION_HEADER];
  return typeof given === 'string' && SAFE.test(given) ? given : `${prefix}-${(++drawn).toString(36)}`;
}
