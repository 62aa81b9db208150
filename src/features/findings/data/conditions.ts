import { type FindingFilter, SEVERITIES } from '../domain/finding.js';

/** A WHERE clause over findings `f` and its parameters; what is not given is no condition. */
export function conditionsOf(filter: FindingFilter): { where: string; values: unknown[] } {
  const values: unknown[] = [];
  const parts = ['true'];
  const add = (value: unknown, condition: (parameter: string) => string): void => {
    if (value === undefined) return;
    values.push(value);
    parts.push(condition(`$${values.length}`));
  };
  add(filter.kinds, (p) => `f.kind = ANY (${p}::text[])`);
  add(filter.severities, (p) => `f.severity = ANY (${p}::text[])`);
  add(filter.subject, (p) => `f.subject = ${p}`);
  add(filter.account, (p) => `(f.detail->>'account' = ${p} OR f.detail->'accounts' ? ${p})`);
  add(filter.region, (p) => `(f.detail->>'region' = ${p} OR f.detail->'regions' ? ${p})`);
  add(
    filter.text === undefined ? undefined : `%${filter.text.replace(/[\\%_]/g, '\\$&')}%`,
    (p) => `(f.subject ILIKE ${p} OR f.message ILIKE ${p} OR f.detail::text ILIKE ${p})`,
  );
  if (filter.open !== undefined) parts.push(`f.ended_at IS ${filter.open ? '' : 'NOT '}NULL`);
  if (filter.waived !== undefined)
    parts.push(`coalesce(f.waived_until > (SELECT cadastre_now()), false) = ${filter.waived}`);
  return { where: parts.join(' AND '), values };
}

/** The place of a severity in the order of lists: 1 is the worst. */
export const RANK = `array_position(ARRAY[${SEVERITIES.map((severity) => `'${severity}'`).join(', ')}], f.severity)`;
