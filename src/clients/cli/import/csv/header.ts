/** The columns of a file by name: small letters, `_` for what is between words. */
export type Columns = ReadonlyMap<string, number>;

/** `Scope Type (ID)` → `scope_type_id`; `tag:Cost Centre` stays as it is but for spaces around it. */
export function columnName(title: string): string {
  const name = title.trim();
  if (/^tag:/i.test(name)) return `tag:${name.slice(4).trim()}`;
  return name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '');
}

/** Null, with what is wrong, for a header that names a column twice. */
export function columnsOf(header: readonly string[]): Columns | string {
  const columns = new Map<string, number>();
  for (const [index, title] of header.entries()) {
    const name = columnName(title);
    if (name === '' && header.length > 1 && index === header.length - 1) continue;
    if (columns.has(name)) return `the column ${JSON.stringify(title)} is there twice`;
    columns.set(name, index);
  }
  return columns;
}
