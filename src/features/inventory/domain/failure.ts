/** Why something declared stays as it is. */
export type InventoryFailure =
  | { readonly code: 'NOT_FOUND'; readonly message: string; readonly id: string }
  | {
      readonly code: 'VERSION_CONFLICT';
      readonly message: string;
      readonly version: number;
      readonly changedBy: string;
    }
  | {
      readonly code: 'RULE_VIOLATION';
      readonly message: string;
      readonly rule: string;
      readonly value: string;
      readonly allowed: string;
    };

/** What happened, or why nothing did. */
export type Outcome<Value> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly failure: InventoryFailure };

export function refused(failure: InventoryFailure): Outcome<never> {
  return { ok: false, failure };
}
