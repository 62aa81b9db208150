/** What a token may do: a reader reads, an operator also changes allocations, an admin also changes pools and tokens. */
export const ROLES = ['reader', 'operator', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** The wall clock of this process. Never decides about validity: that is `cadastre_now()` in the database. */
export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };

/** Who asks, with which rights, and under which correlation id. The first argument of every use case. */
export interface RequestContext {
  /** `token:<name>`, or `system:<job>` for the service's own jobs. */
  readonly actor: string;
  readonly role: Role;
  /** From the header `x-correlation-id`, else generated; written to every change and log line. */
  readonly correlation: string;
  readonly clock: Clock;
}

/** The context of the service's own jobs. */
export function systemContext(job: string, clock: Clock = systemClock): RequestContext {
  return {
    actor: `system:${job}`,
    role: 'admin',
    correlation: `${job}:${clock.now().getTime().toString(36)}`,
    clock,
  };
}
