import { InvalidArgumentError } from 'commander';

const SECONDS = { s: 1, m: 60, h: 3600, d: 24 * 3600 } as const;

/** Seconds in `90s`, `15m`, `1h` or `7d`. */
export function duration(text: string): number {
  const match = /^(\d{1,9})([smhd])$/.exec(text);
  if (!match) throw new InvalidArgumentError('Give a whole number and a unit: 90s, 15m, 1h or 7d.');
  return Number(match[1]) * SECONDS[match[2] as keyof typeof SECONDS];
}

/** As `duration`, from one second on. */
export function positiveDuration(text: string): number {
  const seconds = duration(text);
  if (seconds === 0) throw new InvalidArgumentError('It has to be longer than nothing.');
  return seconds;
}

export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const number = /^\d{1,15}$/.test(text) ? Number(text) : NaN;
    if (!(number >= least && number <= most))
      throw new InvalidArgumentError(`Give a whole number from ${least} to ${most}.`);
    return number;
  };
}

/** `24` or `/24`. */
export function prefixLength(text: string): number {
  return wholeNumber(0, 128)(text.replace(/^\//, ''));
}

export interface TagValue {
  readonly key: string;
  readonly value: string;
}

/** `k=v`, collected over repeated options; `k` alone has an empty value. */
export function tag(text: string, before: readonly TagValue[] = []): TagValue[] {
  const [, key, value = ''] = /^([^=]+)(?:=([^]*))?$/.exec(text) ?? [];
  if (!key) throw new InvalidArgumentError('Give a tag as key=value.');
  if (before.some((other) => other.key === key))
    throw new InvalidArgumentError(`The tag ${key} is there twice.`);
  return [...before, { key, value }];
}

/** Repeated options collect; each may also hold several, with commas between. */
export function list(text: string, before: readonly string[] = []): string[] {
  return [
    ...before,
    ...text
      .split(',')
      .map((part) => part.trim())
      .filter(Boolean),
  ];
}

/** One of the names of an enum of the API, written `best-fit` or `BEST_FIT`. */
export function oneOf<const Name extends string>(...names: readonly Name[]): (text: string) => Name {
  return (text) => {
    const wanted = text.toUpperCase().replaceAll('-', '_');
    const found = names.find((name) => name === wanted);
    const written = names.map((name) => name.toLowerCase().replaceAll('_', '-'));
    if (!found) throw new InvalidArgumentError(`Give one of ${written.join(', ')}.`);
    return found;
  };
}

/** RFC 3339, as the API takes it, of `2026-11-20T10:00:00Z`, `2026-11-20` (its first instant in UTC), or a time ago: `7d`. */
export function instant(text: string): string {
  if (/^\d+[smhd]$/.test(text)) return new Date(Date.now() - duration(text) * 1000).toISOString();
  if (/^\d{4}-\d\d-\d\d$/.test(text)) return `${text}T00:00:00Z`;
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(text)) return text;
  throw new InvalidArgumentError(
    'Give an instant with a time zone, as 2026-11-20T10:00:00Z, a day, as 2026-11-20, or a time ago, as 7d.',
  );
}

/** Names of an enum as `oneOf` reads one; repeated options collect, and each may hold several with commas between. */
export function someOf<const Name extends string>(...names: readonly Name[]) {
  const read = oneOf(...names);
  return (text: string, before: readonly Name[] = []): Name[] => [...before, ...list(text).map(read)];
}
