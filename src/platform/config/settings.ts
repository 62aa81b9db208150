import type { Environment, Variable } from './variable.js';
import { VARIABLES } from './variables.js';

type Tree = typeof VARIABLES;

/** The validated settings, in the groups of `VARIABLES`. Frozen; read once at boot and passed to who needs them. */
export type Settings = {
  readonly [Group in keyof Tree]: {
    readonly [Key in keyof Tree[Group]]: Tree[Group][Key] extends Variable<infer Value> ? Value : never;
  };
};

/** Injection token of the `Settings` of this process. */
export const SETTINGS = Symbol('settings');

/** Ends the boot. Names every wrong variable with its rule, never a value. */
export class InvalidSettingsError extends Error {
  override readonly name = 'InvalidSettingsError';

  constructor(readonly problems: readonly string[]) {
    super(
      `The environment has settings that cannot be used:\n${problems.map((problem) => `  ${problem}`).join('\n')}`,
    );
  }
}

/** Reads and checks all settings. An empty variable counts as unset. Throws InvalidSettingsError. */
export function loadSettings(env: Environment): Settings {
  const problems: string[] = [];
  const read = (variable: Variable<unknown>): unknown => {
    const result = variable.schema.safeParse(env[variable.name] || fallbackOf(variable, env));
    if (!result.success) problems.push(`${variable.name} must be ${variable.rule}.`);
    return result.data;
  };
  const groups = Object.entries(VARIABLES).map(([group, variables]) => {
    const values = Object.entries<Variable<unknown>>(variables).map(([key, variable]) => [
      key,
      read(variable),
    ]);
    return [group, Object.freeze(Object.fromEntries(values))];
  });
  if (problems.length > 0) throw new InvalidSettingsError(problems);
  return Object.freeze(Object.fromEntries(groups)) as Settings;
}

function fallbackOf(variable: Variable<unknown>, env: Environment): string | undefined {
  return typeof variable.fallback === 'function' ? variable.fallback(env) : variable.fallback;
}

/** Read by the command line only, which may well run in the same environment. */
const OF_CLIENTS = ['CADASTRE_URL', 'CADASTRE_TOKEN', 'CADASTRE_CONFIG'];

/** Names that begin with CADASTRE_ and mean nothing, most likely a typing error: warn about each. */
export function unknownVariables(env: Environment): string[] {
  const known = new Set([
    ...Object.values(VARIABLES).flatMap((group) => Object.values(group).map(({ name }) => name as string)),
    ...OF_CLIENTS,
  ]);
  return Object.keys(env)
    .filter((name) => name.startsWith('CADASTRE_') && !known.has(name))
    .sort();
}
