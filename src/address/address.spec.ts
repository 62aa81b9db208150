import { Address } from './address.js';
import { InvalidAddressError } from './parse-result.js';

const a = (text: string) => Address.must(text);

describe('Address.parse', () => {
  it.each(['0.0.0.0', '10.0.0.1', '255.255.255.255', '::', '::1', '1::', '2001:db8::1', '::ffff:10.0.0.1'])(
    'reads and prints %s',
    (text) => expect(a(text).toString()).toBe(text),
  );

  // RFC 5952 §4 and §5, and the examples of RFC 4291 §2.2.
  it.each([
    ['2001:0DB8::0001', '2001:db8::1'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:db8::1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['0:0:0:1:0:0:0:0', '0:0:0:1::'],
    ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
    ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
    ['::2:3:4:5:6:7:8', '0:2:3:4:5:6:7:8'],
    ['::FFFF:129.144.52.38', '::ffff:129.144.52.38'],
    ['0:0:0:0:0:ffff:8190:3426', '::ffff:129.144.52.38'],
    ['::13.1.68.3', '::d01:4403'],
    ['64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
    ['1:2:3:4:5:6:7.8.9.10', '1:2:3:4:5:6:708:90a'],
    ['::ffff:0:0', '::ffff:0.0.0.0'],
  ])('reads %s as %s', (text, canonical) => expect(a(text).toString()).toBe(canonical));

  it.each([
    ['', 'the address is missing', 0],
    ['1.2.3', 'an IPv4 address has four octets', 5],
    ['1', 'an IPv4 address has four octets', 1],
    ['1.2.3.4.5', 'unexpected character "."', 7],
    ['1.2.3.', 'the address ends too early', 6],
    ['1..2.3', 'unexpected character "."', 2],
    ['1.2.3.256', 'an octet is at most 255', 6],
    ['1.02.3.4', 'an octet has no leading zeros', 2],
    ['00.2.3.4', 'an octet has no leading zeros', 0],
    ['0x1.2.3.4', 'unexpected character "x"', 1],
    [' 1.2.3.4', 'whitespace is not allowed', 0],
    ['1.2.3.4\n', 'whitespace is not allowed', 7],
    ['1.2.3.4/24', 'a prefix length is not allowed here', 7],
    ['hello', 'unexpected character "h"', 0],
    ['１.2.3.4', 'unexpected character "１"', 0],
    ['fe80::1%eth0', 'zone ids are not allowed', 7],
    ['::1 ', 'whitespace is not allowed', 3],
    [':', 'unexpected character ":"', 0],
    [':::', 'unexpected character ":"', 2],
    [':1', 'unexpected character ":"', 0],
    ['1:', 'the address ends too early', 2],
    ['1::2::3', "only one '::' is allowed", 4],
    ['12345::', 'a group has at most four hexadecimal digits', 0],
    ['::12345', 'a group has at most four hexadecimal digits', 2],
    ['1:2:3:4:5:6:7', 'an IPv6 address has eight groups', 13],
    ['1:2:3:4:5:6:7:8:9', 'an IPv6 address has eight groups', 16],
    ['1:2:3:4:5:6:7::8', "'::' must stand for at least one group", 13],
    ['1:2:3:4:5:6:7:1.2.3.4', 'the dotted part must be the last 32 bits', 14],
    ['::1.2.3.4:5', 'unexpected character ":"', 9],
    ['::1.2.3', 'an IPv4 address has four octets', 7],
    ['::g', 'unexpected character "g"', 2],
    ['[::1]', 'unexpected character "["', 0],
  ])('refuses %j: %s', (input, reason, position) => {
    expect(Address.parse(input)).toEqual({ ok: false, error: { input, reason, position } });
  });

  it('throws from must with input, reason and position', () => {
    expect(() => a('1.2.3')).toThrow(InvalidAddressError);
    expect(() => a('1.2.3')).toThrow('"1.2.3": an IPv4 address has four octets (at 5)');
  });
});

describe('Address', () => {
  it('converts from and to integers, within the family', () => {
    expect(Address.of(4, 0xffffffffn)).toEqual(a('255.255.255.255'));
    expect(Address.of(6, (1n << 128n) - 1n).value).toBe((1n << 128n) - 1n);
    expect(a('2001:db8::1').value).toBe(0x20010db8000000000000000000000001n);
    expect(a('255.0.0.1').value).toBe(0xff000001n);
    for (const value of [-1n, 1n << 32n]) expect(() => Address.of(4, value)).toThrow(RangeError);
    expect(() => Address.of(6, 1n << 128n)).toThrow(RangeError);
  });

  it('orders IPv4 before IPv6, then by unsigned value', () => {
    const sorted = [
      '0.0.0.0',
      '127.255.255.255',
      '128.0.0.0',
      '255.255.255.255',
      '::',
      '::1',
      '7fff::',
      '8000::',
    ];
    expect(
      [...sorted]
        .reverse()
        .map(a)
        .sort((x, y) => x.compare(y))
        .map(String),
    ).toEqual(sorted);
    expect(a('::1').equals(a('0.0.0.1'))).toBe(false);
    expect(a('::1').compare(a('::1'))).toBe(0);
  });

  it('steps to the neighbours, with carry, and stops at the ends', () => {
    expect(a('10.0.0.255').next()).toEqual(a('10.0.1.0'));
    expect(a('10.0.1.0').previous()).toEqual(a('10.0.0.255'));
    expect(a('::ffff:ffff:ffff:ffff').next()).toEqual(a('0:0:0:1::'));
    expect(a('0:0:0:1::').previous()).toEqual(a('::ffff:ffff:ffff:ffff'));
    expect(a('255.255.255.255').next()).toBeNull();
    expect(a('0.0.0.0').previous()).toBeNull();
    expect(a('ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff').next()).toBeNull();
    expect(a('::').previous()).toBeNull();
  });

  it('keeps a v4-mapped address IPv6 until unmapped', () => {
    const mapped = a('::ffff:10.0.0.1');
    expect(mapped.family).toBe(6);
    expect(mapped.isMapped()).toBe(true);
    expect(mapped.equals(a('10.0.0.1'))).toBe(false);
    expect(mapped.unmap()).toEqual(a('10.0.0.1'));
    expect(a('10.0.0.1').unmap()).toEqual(a('10.0.0.1'));
    expect(a('::10.0.0.1').isMapped()).toBe(false);
    expect(JSON.stringify({ mapped })).toBe('{"mapped":"::ffff:10.0.0.1"}');
  });
});
