import { formatInstant, parseInstant, plusSeconds } from './instant.js';

describe('Instant', () => {
  it('keeps microseconds both ways, in RFC 3339 and in the form PostgreSQL prints', () => {
    const instant = parseInstant('2026-11-20T10:11:12.123456Z');
    expect(formatInstant(instant)).toBe('2026-11-20T10:11:12.123456Z');
    expect(parseInstant('2026-11-20 10:11:12.123456+00')).toBe(instant);
    expect(parseInstant('2026-11-20T11:11:12.123456+01:00')).toBe(instant);
    expect(parseInstant('2026-11-20 10:11:12.1+00')).toBe(parseInstant('2026-11-20T10:11:12.100000Z'));
  });

  it('formats instants before 1970', () => {
    expect(formatInstant(-1)).toBe('1969-12-31T23:59:59.999999Z');
  });

  it('adds seconds', () => {
    expect(formatInstant(plusSeconds(parseInstant('2026-02-28T23:59:59Z'), 1))).toBe(
      '2026-03-01T00:00:00.000000Z',
    );
  });

  it.each(['', 'now', '2026-11-20', '2026-11-20T10:11:12', '2026-13-40T10:11:12Z', 'infinity'])(
    'refuses %p',
    (text) => {
      expect(() => parseInstant(text)).toThrow(RangeError);
    },
  );
});
