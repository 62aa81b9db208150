/** Why a waiver stays as it is. */
export type FindingFailure =
  | { readonly code: 'NOT_FOUND'; readonly message: string; readonly id: string }
  | {
      readonly code: 'RULE_VIOLATION';
      readonly message: string;
      readonly rule: string;
      readonly value: string;
      readonly allowed: string;
    };

/** What happened, or why nothing did. */
export type Outcome<Value> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly failure: FindingFailure };

export function refused(failure: FindingFailure): Outcome<never> {
  return { ok: false, failure };
}

export function notFound(id: string): FindingFailure {
  return { code: 'NOT_FOUND', message: `There is no finding ${JSON.stringify(id)}.`, id };
}
