/**
 * A point in time in microseconds since 1970-01-01T00:00:00Z, PostgreSQL's own resolution.
 * An integer, exact as a double until the year 2255. `-Infinity` stands for PostgreSQL's `-infinity`.
 */
export type Instant = number;

const MICROS_PER_SECOND = 1_000_000;

export function plusSeconds(instant: Instant, seconds: number): Instant {
  return instant + seconds * MICROS_PER_SECOND;
}

/** RFC 3339 in UTC with six fractional digits: what GraphQL's DateTime shows and PostgreSQL reads. */
export function formatInstant(instant: Instant): string {
  const micros = ((instant % 1000) + 1000) % 1000;
  const milliseconds = (instant - micros) / 1000;
  return `${new Date(milliseconds).toISOString().slice(0, -1)}${String(micros).padStart(3, '0')}Z`;
}

const PATTERN = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d{1,6})\d*)?(Z|[+-]\d\d(?::?\d\d)?)$/;

/** Reads RFC 3339 and PostgreSQL's output of timestamptz. Throws RangeError for anything else. */
export function parseInstant(text: string): Instant {
  if (text === '-infinity') return -Infinity;
  const match = PATTERN.exec(text);
  if (!match) throw new RangeError(`not a timestamp with a time zone: ${text}`);
  const [, date, time, fraction = '', zone = 'Z'] = match;
  const offset = /^[+-]\d\d$/.test(zone) ? `${zone}:00` : zone;
  const milliseconds = Date.parse(`${date}T${time}${offset}`);
  if (Number.isNaN(milliseconds)) throw new RangeError(`not a timestamp with a time zone: ${text}`);
  return milliseconds * 1000 + Number(fraction.padEnd(6, '0'));
}
