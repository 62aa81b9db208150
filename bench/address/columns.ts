import {
  type Family,
  InvalidAddressError,
  parseColumns,
  type PrefixColumns,
} from '../../src/address/index.js';

/** Columns of texts that are all of one family. */
export function columnsIn(family: Family, texts: readonly string[]): PrefixColumns {
  const parsed = parseColumns(texts);
  if (!parsed.ok) throw new InvalidAddressError(parsed.error);
  return family === 4 ? parsed.value.v4 : parsed.value.v6;
}
