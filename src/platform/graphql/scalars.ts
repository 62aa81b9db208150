import { GraphQLScalarType, Kind, type ValueNode } from 'graphql';
import { formatInstant, type Instant, parseInstant } from '../context/instant.js';
import { badInput } from './errors.js';

export { CIDR, IPAddress } from './address.scalars.js';

/** The text of a literal that may stand for a scalar; null for objects, lists, booleans and the like. */
function literalText(node: ValueNode): string | null {
  return node.kind === Kind.STRING || node.kind === Kind.INT ? node.value : null;
}

const INTEGER = /^-?\d{1,39}$/;

function readBigInt(given: unknown): bigint {
  const text = typeof given === 'number' && Number.isSafeInteger(given) ? String(given) : given;
  if (typeof text === 'string' && INTEGER.test(text)) return BigInt(text);
  throw badInput('A BigInt has to be a whole number of at most 39 digits, best given as a string.');
}

/** In services: bigint. A count of addresses overflows Int and double from a /64 on. */
export const BigIntScalar = new GraphQLScalarType<bigint, string>({
  name: 'BigInt',
  description: 'A whole number of any size, as a string of decimal digits.',
  serialize: (value) => String(value),
  parseValue: readBigInt,
  parseLiteral: (node) => readBigInt(literalText(node)),
});

const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
/** Microseconds are exact between these. */
const EARLIEST = parseInstant('1700-01-01T00:00:00Z');
const LATEST = parseInstant('2255-01-01T00:00:00Z');

function readDateTime(given: unknown): Instant {
  if (typeof given === 'string' && given.length <= 40 && RFC_3339.test(given)) {
    const instant = instantOrNull(given);
    if (instant !== null && instant >= EARLIEST && instant < LATEST) return instant;
  }
  throw badInput(
    'A DateTime has to be RFC 3339 with a time zone, such as "2026-11-20T10:11:12Z", from 1700 to 2254.',
  );
}

function instantOrNull(text: string): Instant | null {
  try {
    return isDay(text.slice(0, 10)) ? parseInstant(text) : null;
  } catch {
    return null;
  }
}

/** Date.parse takes 30 February for 2 March. */
function isDay(date: string): boolean {
  const milliseconds = Date.parse(`${date}T00:00:00Z`);
  return !Number.isNaN(milliseconds) && new Date(milliseconds).toISOString().startsWith(date);
}

/** In services: Instant (microseconds). */
export const DateTime = new GraphQLScalarType<Instant, string>({
  name: 'DateTime',
  description:
    'A point in time, RFC 3339; answers are in UTC with six fractional digits: "2026-11-20T10:11:12.123456Z".',
  serialize: (value) => formatInstant(value as Instant),
  parseValue: readDateTime,
  parseLiteral: (node) => readDateTime(node.kind === Kind.STRING ? node.value : null),
});
