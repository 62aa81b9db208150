import { type GraphQLError, parseValue } from 'graphql';
import { Prefix } from '../../address/index.js';
import { parseInstant } from '../context/instant.js';
import { BigIntScalar, CIDR, DateTime, IPAddress } from './scalars.js';

function errorOf(run: () => unknown): GraphQLError {
  try {
    run();
  } catch (error) {
    return error as GraphQLError;
  }
  throw new Error('expected an error');
}

describe('CIDR', () => {
  it('is a Prefix inside and text outside', () => {
    const prefix = CIDR.parseValue('10.0.0.0/16');
    expect(prefix).toBeInstanceOf(Prefix);
    expect(CIDR.serialize(prefix)).toBe('10.0.0.0/16');
    expect(String(CIDR.parseLiteral(parseValue('"2001:db8::/32"')))).toBe('2001:db8::/32');
  });

  it('says what is wrong, where, and what was probably meant', () => {
    expect(errorOf(() => CIDR.parseValue('10.0.0.1/16')).extensions).toMatchObject({
      code: 'INVALID_CIDR',
      input: '10.0.0.1/16',
      canonical: '10.0.0.0/16',
    });
    expect(errorOf(() => CIDR.parseValue('10.0.0.256/16')).extensions).toMatchObject({
      code: 'INVALID_CIDR',
      reason: expect.any(String),
      position: 7,
      canonical: null,
    });
  });

  it.each([null, 7, {}, [], true, ''])('refuses %j', (value) => {
    expect(errorOf(() => CIDR.parseValue(value)).extensions.code).toBe('INVALID_CIDR');
  });

  it.each(['7', 'ten', '{a: 1}', '[1]', 'null'])('refuses the literal %s', (literal) => {
    expect(errorOf(() => CIDR.parseLiteral(parseValue(literal))).extensions.code).toBe('INVALID_CIDR');
  });

  it('does not echo megabytes', () => {
    const error = errorOf(() => CIDR.parseValue('1'.repeat(1_000_000)));
    expect(JSON.stringify(error.toJSON()).length).toBeLessThan(1000);
  });
});

it('IPAddress reads addresses, not CIDRs', () => {
  expect(IPAddress.serialize(IPAddress.parseValue('2001:DB8::0001'))).toBe('2001:db8::1');
  expect(errorOf(() => IPAddress.parseValue('10.0.0.0/8')).extensions.code).toBe('INVALID_CIDR');
});

describe('BigInt', () => {
  it('is exact', () => {
    const text = String(2n ** 128n);
    expect(BigIntScalar.parseValue(text)).toBe(2n ** 128n);
    expect(BigIntScalar.serialize(2n ** 128n)).toBe(text);
    expect(BigIntScalar.parseValue(-3)).toBe(-3n);
    expect(BigIntScalar.parseLiteral(parseValue('12345678901234567890'))).toBe(12345678901234567890n);
  });

  it.each(['', '1.5', '0x1', ' 1', '1e3', '9'.repeat(40), 1.5, 2 ** 53, null, {}, true])(
    'refuses %p',
    (value) => {
      expect(errorOf(() => BigIntScalar.parseValue(value)).extensions.code).toBe('BAD_USER_INPUT');
    },
  );
});

describe('DateTime', () => {
  it('keeps microseconds', () => {
    expect(DateTime.parseValue('2026-11-20T11:11:12.123456+01:00')).toBe(
      parseInstant('2026-11-20T10:11:12.123456Z'),
    );
    expect(DateTime.serialize(parseInstant('2026-11-20T10:11:12Z'))).toBe('2026-11-20T10:11:12.000000Z');
  });

  it.each([
    '',
    '-infinity',
    'infinity',
    '2026-11-20',
    '2026-11-20 10:11:12Z',
    '2026-11-20T10:11:12',
    '2026-02-30T10:11:12Z',
    '2026-11-20T25:11:12Z',
    '2026-11-20T10:11:12+99:99',
    '9999-01-01T00:00:00Z',
    '0001-01-01T00:00:00Z',
    5,
    null,
  ])('refuses %p', (value) => {
    expect(errorOf(() => DateTime.parseValue(value)).extensions.code).toBe('BAD_USER_INPUT');
  });
});
