/** Why tokens stay as they are. */
export type AccessFailure =
  | { readonly code: 'NAME_TAKEN'; readonly message: string; readonly name: string; readonly takenBy: string }
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
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly failure: AccessFailure };
