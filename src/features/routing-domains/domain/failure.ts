/** Why routing domains and their links stay as they are. */
export type RoutingDomainFailure =
  | { readonly code: 'NAME_TAKEN'; readonly message: string; readonly name: string; readonly takenBy: string }
  | { readonly code: 'NOT_FOUND'; readonly message: string; readonly id: string }
  | {
      readonly code: 'RULE_VIOLATION';
      readonly message: string;
      readonly rule: string;
      readonly value: string;
      readonly allowed: string;
    }
  | { readonly code: 'HAS_DEPENDENTS'; readonly message: string; readonly dependents: readonly string[] }
  | {
      readonly code: 'VERSION_CONFLICT';
      readonly message: string;
      readonly version: number;
      readonly changedBy: string;
    };

/** What happened, or why nothing did. */
export type Outcome<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly failure: RoutingDomainFailure };

export function refused(failure: RoutingDomainFailure): Outcome<never> {
  return { ok: false, failure };
}

export function notFound(idOrName: string): RoutingDomainFailure {
  const message = `There is no routing domain ${JSON.stringify(idOrName)}.`;
  return { code: 'NOT_FOUND', message, id: idOrName };
}
