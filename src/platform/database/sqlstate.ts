/** SQLSTATE codes that somebody decides by. Match these and constraint names, never message text. */
export const SQLSTATE = {
  uniqueViolation: '23505',
  exclusionViolation: '23P01',
  foreignKeyViolation: '23503',
  checkViolation: '23514',
  serializationFailure: '40001',
  deadlockDetected: '40P01',
  lockNotAvailable: '55P03',
  queryCanceled: '57014',
  adminShutdown: '57P01',
  crashShutdown: '57P02',
  cannotConnectNow: '57P03',
  tooManyConnections: '53300',
} as const;

interface DatabaseError {
  readonly code: string;
  readonly constraint?: string;
}

/** No SQLSTATE begins with E; EPIPE, which Node reports, would be one by its form. */
const SQLSTATE_FORM = /^(?!E)[0-9A-Z]{5}$/;

/** The error PostgreSQL reported, also from below TypeORM's wrapper; null for anything else. */
export function databaseError(error: unknown): DatabaseError | null {
  const candidate = (error as { driverError?: unknown })?.driverError ?? error;
  const code = (candidate as { code?: unknown })?.code;
  return typeof code === 'string' && SQLSTATE_FORM.test(code) ? (candidate as DatabaseError) : null;
}

/** True where `constraint` refused the row. */
export function violates(error: unknown, constraint: string): boolean {
  return databaseError(error)?.constraint === constraint;
}

/** The whole transaction may be tried again: it lost against another one and wrote nothing. */
export function isRetryable(error: unknown): boolean {
  const code = databaseError(error)?.code;
  return code === SQLSTATE.serializationFailure || code === SQLSTATE.deadlockDetected;
}

/** Somebody else was in the way for too long. Nothing was written, and the same request may well succeed later. */
export function isBusy(error: unknown): boolean {
  const code = databaseError(error)?.code;
  return isRetryable(error) || code === SQLSTATE.lockNotAvailable || code === SQLSTATE.queryCanceled;
}

/** The server is not there, or not now: connection errors, shutdown, recovery, no connection left. */
export function isUnavailable(error: unknown): boolean {
  const found = databaseError(error);
  if (found)
    return (
      found.code.startsWith('08') ||
      found.code.startsWith('57P') ||
      found.code === SQLSTATE.tooManyConnections
    );
  const candidate = (error as { driverError?: unknown })?.driverError ?? error;
  if (!(candidate instanceof Error)) return false;
  const code = (candidate as NodeJS.ErrnoException).code;
  return (
    ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ENOENT', 'ETIMEDOUT'].includes(code ?? '') ||
    // pg gives these no code
    /^(Connection terminated|Client has encountered a connection error|timeout exceeded when trying to connect)/.test(
      candidate.message,
    )
  );
}
