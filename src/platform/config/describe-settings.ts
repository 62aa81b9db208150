import type { Settings } from './settings.js';
import type { Variable } from './variable.js';
import { VARIABLES } from './variables.js';

export interface SettingDescription {
  readonly group: string;
  readonly key: string;
  readonly variable: string;
  readonly description: string;
  /** What may stand in it, to follow "must be". */
  readonly rule: string;
  /** In words where it depends on something; null where unset has a meaning of its own. */
  readonly default: string | null;
  readonly secret: boolean;
}

/** Every setting as data, in the order of the documentation. */
export function describeSettings(): SettingDescription[] {
  return Object.entries(VARIABLES).flatMap(([group, variables]) =>
    Object.entries<Variable<unknown>>(variables).map(([key, variable]) => ({
      group,
      key,
      variable: variable.name,
      description: variable.description,
      rule: variable.rule,
      default: variable.fallbackNote ?? (typeof variable.fallback === 'string' ? variable.fallback : null),
      secret: variable.secret,
    })),
  );
}

const MASK = '********';

/** What `cadastre config` prints: every variable with its value, secrets masked. With `json` one JSON object. */
export function formatSettings(settings: Settings, options: { json?: boolean } = {}): string {
  const rows = describeSettings().map((setting) => {
    const value = (settings as Record<string, Record<string, unknown>>)[setting.group]![setting.key];
    return { ...setting, value: value === undefined ? null : setting.secret ? MASK : plain(value) };
  });
  if (options.json) {
    const entries = rows.map(({ variable, value, description, rule, secret, ...row }) => [
      variable,
      { value, default: row.default, description, rule, secret },
    ]);
    return JSON.stringify(Object.fromEntries(entries), null, 2);
  }
  return rows
    .map(
      (row) =>
        `${row.variable}=${row.value ?? ''}\n    ${row.description}\n    Must be ${row.rule}; default: ${row.default ?? 'unset'}.`,
    )
    .join('\n');
}

function plain(value: unknown): string {
  return typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value);
}

/** The table of the README, in Markdown. */
export function settingsTable(): string {
  const rows = describeSettings().map(
    (setting) =>
      `| \`${setting.variable}\` | ${setting.default === null ? '' : inCode(setting.default)} | ${setting.description}${setting.secret ? ' Secret.' : ''} |`,
  );
  return ['| variable | default | meaning |', '|---|---|---|', ...rows].join('\n');
}

function inCode(text: string): string {
  return text.includes(' ') ? text : `\`${text}\``;
}
