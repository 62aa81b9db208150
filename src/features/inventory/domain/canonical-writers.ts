import { Address, Prefix } from '../../../address/index.js';

/** Something that has to be an address or a CIDR is none. */
export class NotCanonicalError extends Error {
  override name = 'NotCanonicalError';
}

/** The canonical JSON of a value. What the object owns of addresses is added to `own`. */
export type Writer<T> = (value: T, own: Prefix[]) => string;

export const text: Writer<string> = (value) => JSON.stringify(value);
export const flag: Writer<boolean> = (value) => (value ? 'true' : 'false');
export const number: Writer<number> = (value) => {
  if (!Number.isSafeInteger(value)) throw new NotCanonicalError(`${value} is no whole number`);
  return String(value);
};

export function nullable<T>(write: Writer<T>): Writer<T | null> {
  return (value, own) => (value === null ? 'null' : write(value, own));
}

/** Ids: a set, ascending by UTF-16 code unit. */
export const ids: Writer<readonly string[]> = (values) => joined(unique(values));

export const tags: Writer<Readonly<Record<string, string>>> = (values) => {
  const keys = Object.keys(values);
  if (keys.length === 0) return '{}';
  if (keys.length > 1) keys.sort();
  let written = '{';
  for (const key of keys) {
    written += `${written.length > 1 ? ',' : ''}${JSON.stringify(key)}:${JSON.stringify(values[key])}`;
  }
  return written + '}';
};

/** A CIDR that is somebody else's. Host bits are cleared. */
export const cidr: Writer<string> = (value) => `"${prefixOf(value)}"`;
export const cidrs: Writer<readonly string[]> = (values) => joined(texts(values.map(prefixOf)));
export const ownCidr: Writer<string> = (value, own) => {
  const prefix = prefixOf(value);
  own.push(prefix);
  return `"${prefix}"`;
};
export const ownCidrs: Writer<readonly string[]> = (values, own) => {
  if (values.length === 0) return '[]';
  const prefixes = values.map(prefixOf);
  own.push(...prefixes);
  return joined(texts(prefixes));
};

export const address: Writer<string> = (value) => `"${addressOf(value)}"`;
export const ownAddress: Writer<string> = (value, own) => {
  const parsed = addressOf(value);
  own.push(hostOf(parsed));
  return `"${parsed}"`;
};
export const ownAddresses: Writer<readonly string[]> = (values, own) => {
  if (values.length === 0) return '[]';
  const parsed = values.map(addressOf);
  for (const one of parsed) own.push(hostOf(one));
  if (parsed.length > 1) parsed.sort((a, b) => a.compare(b));
  return joined(withoutRepeats(parsed.map(String)));
};

/** A CIDR, or what is none (the id of a prefix list) as it stands. */
export const destination: Writer<string> = (value) =>
  value.includes('/') ? cidr(value, []) : text(value, []);

/** Objects in the order of their canonical text, that is, of their first field; equal ones once. */
export function set<T>(write: Writer<T>): Writer<readonly T[]> {
  return (values, own) => {
    if (values.length === 0) return '[]';
    const written = values.map((value) => write(value, own));
    if (written.length > 1) written.sort();
    return `[${withoutRepeats(written).join(',')}]`;
  };
}

/** Objects in the order of their CIDR; equal ones once. */
export function byCidr<T extends { readonly cidr: string }>(write: Writer<T>): Writer<readonly T[]> {
  return (values, own) => {
    if (values.length === 0) return '[]';
    const rows = values.map((value) => ({ prefix: prefixOf(value.cidr), json: write(value, own) }));
    rows.sort((a, b) => a.prefix.compare(b.prefix) || (a.json < b.json ? -1 : a.json > b.json ? 1 : 0));
    return `[${withoutRepeats(rows.map(({ json }) => json)).join(',')}]`;
  };
}

/** All fields in the order in which they stand here, whatever else the value has. */
export function object<T extends object>(fields: { readonly [K in keyof T]-?: Writer<T[K]> }): Writer<T> {
  const names = Object.keys(fields) as (keyof T & string)[];
  const writers = names.map((name) => fields[name] as Writer<unknown>);
  const heads = names.map((name, i) => `${i === 0 ? '{' : ','}"${name}":`);
  return (value, own) => {
    let written = '';
    for (let i = 0; i < names.length; i++) written += heads[i]! + writers[i]!(value[names[i]!], own);
    return written + '}';
  };
}

/** Ascending, IPv4 first, each once. */
export function texts(prefixes: Prefix[]): string[] {
  if (prefixes.length > 1) prefixes.sort((a, b) => a.compare(b));
  return withoutRepeats(prefixes.map(String));
}

function prefixOf(value: string): Prefix {
  const parsed = Prefix.parse(value);
  if (parsed.ok) return parsed.value;
  if (parsed.error.canonical !== undefined) return Prefix.must(parsed.error.canonical);
  throw new NotCanonicalError(`${JSON.stringify(value)} is no CIDR`);
}

function addressOf(value: string): Address {
  const parsed = Address.parse(value);
  if (parsed.ok) return parsed.value;
  throw new NotCanonicalError(`${JSON.stringify(value)} is no address`);
}

function hostOf(one: Address): Prefix {
  return Prefix.of(one, one.family === 4 ? 32 : 128);
}

function unique(values: readonly string[]): readonly string[] {
  return values.length > 1 ? withoutRepeats([...values].sort()) : values;
}

function withoutRepeats(sorted: string[]): string[] {
  return sorted.length > 1 ? sorted.filter((value, i) => i === 0 || value !== sorted[i - 1]) : sorted;
}

function joined(values: readonly string[]): string {
  if (values.length === 0) return '[]';
  let written = '[';
  for (const value of values) written += `${written.length > 1 ? ',' : ''}${JSON.stringify(value)}`;
  return written + ']';
}
