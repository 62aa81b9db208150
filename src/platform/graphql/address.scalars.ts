import { GraphQLScalarType, Kind, type ValueNode } from 'graphql';
import { parseAddressAtEdge, parsePrefixAtEdge } from '../../address/edge.js';
import type { Address, ParseResult, Prefix } from '../../address/index.js';
import { CodedError } from './errors.js';

/** No address or prefix is longer; more of the input need not be echoed. */
const ECHOED = 128;

function reader<Value>(what: string, parse: (text: string) => ParseResult<Value>): (given: unknown) => Value {
  return (given) => {
    const result = typeof given === 'string' ? parse(given) : notText<Value>(given);
    if (result.ok) return result.value;
    const { input, reason, position, canonical } = result.error;
    const shown = input.slice(0, ECHOED);
    throw new CodedError('INVALID_CIDR', `${JSON.stringify(shown)} is not ${what}: ${reason}.`, {
      input: shown,
      reason,
      position,
      canonical: canonical ?? null,
    });
  };
}

function notText<Value>(given: unknown): ParseResult<Value> {
  const input = String(JSON.stringify(given));
  return { ok: false, error: { input, reason: 'it has to be a string', position: 0 } };
}

function addressScalar<Value>(name: string, description: string, read: (given: unknown) => Value) {
  return new GraphQLScalarType<Value, string>({
    name,
    description,
    serialize: String,
    parseValue: read,
    parseLiteral: (node: ValueNode) =>
      read(node.kind === Kind.STRING ? node.value : 'value' in node ? node.value : null),
  });
}

/** In services: Prefix. */
export const CIDR = addressScalar<Prefix>(
  'CIDR',
  'An IPv4 or IPv6 network in CIDR notation, such as "10.0.0.0/16" or "2001:db8::/32"; host bits must be zero. ' +
    'Anything else is the error INVALID_CIDR with input, reason, position and, where host bits are set, canonical.',
  reader('a CIDR', parsePrefixAtEdge),
);

/** In services: Address. */
export const IPAddress = addressScalar<Address>(
  'IPAddress',
  'An IPv4 or IPv6 address, such as "10.0.0.1" or "2001:db8::1". Anything else is the error INVALID_CIDR.',
  reader('an IP address', parseAddressAtEdge),
);
