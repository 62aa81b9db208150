/** Why accounts and sweeps stay as they are. */
export type DiscoveryFailure =
  | { readonly code: 'NOT_FOUND'; readonly message: string; readonly id: string }
  | {
      readonly code: 'RULE_VIOLATION';
      readonly message: string;
      readonly rule: string;
      readonly value: string;
      readonly allowed: string;
    };

/** What happened, or why nothing did. */
export type DiscoveryOutcome<Value> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly failure: DiscoveryFailure };

export function refusedFor(failure: DiscoveryFailure): DiscoveryOutcome<never> {
  return { ok: false, failure };
}

export function violation(rule: string, value: string, allowed: string): DiscoveryFailure {
  const message = `${rule} is ${JSON.stringify(value)}; it has to be ${allowed}.`;
  return { code: 'RULE_VIOLATION', message, rule, value, allowed };
}

export function missing(kind: string, id: string): DiscoveryFailure {
  return { code: 'NOT_FOUND', message: `There is no ${kind} ${JSON.stringify(id)}.`, id };
}
