/** Address mathematics for IPv4 and IPv6. Knows nothing of the rest of Cadastre and runs in a browser. */
export { Address } from './address.js';
export { AddressRange } from './address-range.js';
export { columnsOf, formatColumns, parseColumns, prefixAt, type PrefixColumns } from './columns.js';
export { parseAddressAtEdge, parsePrefixAtEdge } from './edge.js';
export { type Family, widthOf } from './family.js';
export { mergeColumns, mergeColumns4, mergeColumns6, mergePrefixes } from './merge.js';
export { InvalidAddressError, type ParseError, type ParseResult } from './parse-result.js';
export { Prefix } from './prefix.js';
export { OverlapSweep, type OverlapVisitor } from './overlap-sweep.js';
export { type PrefixEntry, PrefixMap } from './prefix-map.js';
export { PrefixSet } from './prefix-set.js';
