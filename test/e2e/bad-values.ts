/** Values that cannot be right where they stand, by the GraphQL type that is asked for there. */
import fc from 'fast-check';
import {
  getNamedType,
  getNullableType,
  type GraphQLInputType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
} from 'graphql';

export type Json =
  string | number | boolean | null | undefined | readonly Json[] | { readonly [key: string]: Json };

/** A place within the variables, and what is expected there. */
export interface Place {
  readonly path: readonly (string | number)[];
  readonly type: GraphQLInputType;
}

/** Every place within `value`, from the outside in. */
export function placesIn(type: GraphQLInputType, value: Json, path: Place['path']): Place[] {
  const here: Place = { path, type };
  const inner = getNullableType(type);
  if (isListType(inner) && Array.isArray(value)) {
    return [here, ...value.flatMap((item, index) => placesIn(inner.ofType, item as Json, [...path, index]))];
  }
  if (isInputObjectType(inner) && typeof value === 'object' && value !== null) {
    const fields = Object.values(inner.getFields());
    const given = value as Record<string, Json>;
    return [
      here,
      ...fields.flatMap((field) => placesIn(field.type, given[field.name], [...path, field.name])),
    ];
  }
  return [here];
}

/** `value` with something else at one place. */
export function replaced(value: Json, [step, ...rest]: Place['path'], by: Json): Json {
  if (step === undefined) return by;
  if (Array.isArray(value))
    return value.map((item, index) => (index === step ? replaced(item as Json, rest, by) : (item as Json)));
  const object = (value ?? {}) as Record<string, Json>;
  return { ...object, [step]: replaced(object[step], rest, by) };
}

const MALFORMED_CIDRS = [
  '',
  ' ',
  '/',
  '10.0.0.0',
  '10.0.0.0/',
  '10.0.0.0/33',
  '10.0.0.0/-1',
  '10.0.0.0/08',
  '10.0.0.0/8 ',
  ' 10.0.0.0/8',
  '10.0.0.0/8/8',
  '10.0.0.1/8',
  '010.0.0.0/8',
  '10.0.0/8',
  '10/8',
  '0x0a.0.0.0/8',
  '256.0.0.0/8',
  '1e1.0.0.0/8',
  '10.0.0.0/8\n',
  '10.0.0.0/8;--',
  "10.0.0.0/8' OR '1'='1",
  '::/129',
  ':::/32',
  '2001:db8::1/32',
  '2001:db8::g/64',
  '1:2:3:4:5:6:7:8:9/64',
  'fe80::%eth0/64',
  '::ffff:10.0.0.0/104x',
  '１０.0.0.0/8',
  '10.0.0.0∕8',
];

const UNSTORABLE = ['\0', 'a\0b', '\ud800', 'x\udfff', '\udc00\ud800'];
const TOO_LONG = 'x'.repeat(2_000);

const notText: fc.Arbitrary<Json> = fc.constantFrom<Json>(
  5,
  -0.5,
  1e300,
  true,
  [],
  ['a', 'b'],
  {},
  { a: 1 },
  [[]],
  [null],
);
const anyJson: fc.Arbitrary<Json> = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>;

/** Malformed in every way that somebody may think of; never a CIDR. */
const malformedCidr = fc.oneof(
  fc.constantFrom(...MALFORMED_CIDRS),
  fc
    .tuple(fc.nat(999), fc.nat(999), fc.nat(999), fc.integer({ min: 33, max: 1e6 }))
    .map((n) => `${n[0]}.${n[1]}.${n[2]}.0/${n[3]}`),
  fc.string({ unit: 'binary', maxLength: 40 }).map((text) => `${text}!`),
  fc.string({ maxLength: 400, minLength: 300 }),
);

const SCALARS: Record<string, fc.Arbitrary<Json>> = {
  CIDR: fc.oneof(malformedCidr, fc.constantFrom(...UNSTORABLE), notText),
  String: fc.oneof(
    fc.constantFrom(...UNSTORABLE, TOO_LONG),
    notText.filter((value) => !Array.isArray(value) || value.length > 1),
  ),
  ID: fc.oneof(
    fc.constantFrom(
      ...UNSTORABLE,
      'pool_0',
      'pool_99999999',
      'pool_2147483648',
      'alloc_9007199254740993',
      'token_x',
      'dom_-1',
      TOO_LONG,
    ),
    fc.constantFrom<Json>(-0.5, 1e300, true, {}, ['a', 'b']),
    fc.string({ minLength: 1, maxLength: 30 }).map((text) => `nobody ${text}`),
  ),
  Int: fc.constantFrom<Json>(
    -1,
    -2147483648,
    2147483647,
    2147483648,
    -2147483649,
    1.5,
    1e300,
    '5',
    '',
    true,
    {},
    ['a'],
    [[]],
  ),
  Boolean: fc.constantFrom<Json>('true', 0, 1, '', {}, ['a']),
  BigInt: fc.constantFrom<Json>('x', '', ' 1', '1.5', 1.5, 1e300, '9'.repeat(40), '-', '0x10', true, {}, [
    'a',
  ]),
  DateTime: fc.constantFrom<Json>(
    'now',
    '',
    '2026-02-30T00:00:00Z',
    '2026-01-01',
    '2026-01-01T00:00:00',
    '1600-01-01T00:00:00Z',
    '9999-01-01T00:00:00Z',
    'infinity',
    5,
    true,
    {},
    ['a'],
  ),
};

const LISTS = [
  'pools',
  'routingDomains',
  'tokens',
  'changesOf',
  'allocations by CIDR',
  'allocations by CREATED',
  'x',
];
const KEYS: readonly Json[] = [
  null,
  5,
  -1,
  1e300,
  0.5,
  'x\0',
  {},
  { cidr: '10.0.0.1/8', id: 1 },
  { cidr: '2001:db8::1/32', id: 1 },
  { cidr: '10.0.0.0/33', id: 1 },
  { cidr: 'x', id: 1 },
  { cidr: '10.0.0.0/8', id: 2 ** 53 },
  { cidr: '10.0.0.0/8', id: 0.5 },
  { cidr: ['10.0.0.0/8'], id: 1 },
];

/** Cursors that look like ours and were never given. */
const forgedCursor = fc
  .tuple(fc.constantFrom(...LISTS), fc.constantFrom(...KEYS))
  .map((parts) => Buffer.from(JSON.stringify(parts)).toString('base64url'));

const badObject = fc.oneof(
  fc.constantFrom<Json>(5, 'x', true, [], [[]], ['x']),
  fc
    .constantFrom('constructor', 'toString', 'nothing', 'id; DROP TABLE pool', '')
    .map((key) => ({ [key]: 1 })),
);

/** Something that the type at a place cannot take. */
export function badValueFor({ type, path }: Place): fc.Arbitrary<Json> {
  const ways: fc.Arbitrary<Json>[] = isNonNullType(type) ? [fc.constant(null)] : [];
  const inner = getNullableType(type);
  if (isListType(inner))
    return fc.oneof(
      ...ways,
      badValueFor({ type: inner.ofType, path }).map((bad) => [bad]),
    );
  const named = getNamedType(inner);
  if (isInputObjectType(named)) return fc.oneof(...ways, badObject);
  if (isEnumType(named))
    return fc.oneof(...ways, fc.constantFrom<Json>('NOPE', '', 5, true, {}, ['x'], '__proto__'));
  if (path.at(-1) === 'after') ways.push(forgedCursor, forgedCursor);
  return fc.oneof(...ways, SCALARS[named.name] ?? anyJson);
}
