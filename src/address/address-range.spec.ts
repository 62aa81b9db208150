import { Address } from './address.js';
import { AddressRange } from './address-range.js';
import { Prefix } from './prefix.js';

describe('AddressRange', () => {
  it('reads, prints and measures', () => {
    const parsed = AddressRange.parse('10.0.0.1-10.0.0.9');
    expect(parsed.ok && parsed.value.toString()).toBe('10.0.0.1-10.0.0.9');
    expect(parsed.ok && parsed.value.size).toBe(9n);
    expect(parsed.ok && parsed.value.toPrefixes().map(String)).toEqual([
      '10.0.0.1/32',
      '10.0.0.2/31',
      '10.0.0.4/30',
      '10.0.0.8/31',
    ]);
    expect(parsed.ok && parsed.value.contains(Address.must('10.0.0.10'))).toBe(false);
    expect(parsed.ok && parsed.value.contains(Address.must('::a00:5'))).toBe(false);
  });

  it.each([
    ['10.0.0.1', "a range is written as 'first-last'", 8],
    ['10.0.0.1-', 'the address is missing', 9],
    ['10.0.0.1 - 10.0.0.2', 'whitespace is not allowed', 8],
    ['10.0.0.1-10.0.0.256', 'an octet is at most 255', 16],
    ['10.0.0.1-::1', 'a range is of one family', 9],
    ['10.0.0.2-10.0.0.1', 'the range ends before it begins', 9],
  ])('refuses %j: %s', (input, reason, position) => {
    expect(AddressRange.parse(input)).toEqual({ ok: false, error: { input, reason, position } });
  });

  it('throws for ends that make no range', () => {
    expect(() => AddressRange.of(Address.must('10.0.0.2'), Address.must('10.0.0.1'))).toThrow(RangeError);
    expect(() => AddressRange.of(Address.must('10.0.0.2'), Address.must('::'))).toThrow(RangeError);
  });

  it.each(['0.0.0.0/0', '::/0', '10.0.0.0/8', '255.255.255.255/32'])(
    'is %s again when made from it',
    (text) => {
      expect(AddressRange.ofPrefix(Prefix.must(text)).toPrefixes().map(String)).toEqual([text]);
    },
  );
});
