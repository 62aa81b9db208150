import { Address } from './address.js';
import { Prefix } from './prefix.js';
import { InvalidAddressError } from './parse-result.js';

const p = (text: string) => Prefix.must(text);

describe('Prefix.parse', () => {
  it.each([
    '0.0.0.0/0',
    '10.0.0.0/8',
    '255.255.255.255/32',
    '::/0',
    '2001:db8::/32',
    '::ffff:1.2.3.4/128',
    'fe80::1/128',
  ])('reads and prints %s', (text) => {
    expect(p(text).toString()).toBe(text);
    expect(JSON.stringify(p(text))).toBe(`"${text}"`);
  });

  it('reads what PostgreSQL prints for IPv4-compatible addresses', () => {
    expect(p('::1.2.3.4/128').toString()).toBe('::102:304/128');
  });

  it.each([
    ['10.0.0.0', "a prefix needs a length, such as '/24'", 8],
    ['10.0.0.0/', "a prefix needs a length, such as '/24'", 9],
    ['10.0.0.0/33', 'the prefix length is larger than the address is wide', 9],
    ['::/129', 'the prefix length is larger than the address is wide', 3],
    ['10.0.0.0/08', 'a prefix length has no leading zeros', 9],
    ['10.0.0.0/+8', 'unexpected character "+"', 9],
    ['10.0.0.0/8 ', 'whitespace is not allowed', 10],
    ['10.0.0/8', 'an IPv4 address has four octets', 6],
    ['10.0.0.0/255.0.0.0', 'the prefix length is larger than the address is wide', 9],
    ['/8', 'the address is missing', 0],
    ['10.0.0./8', 'the address ends too early', 7],
    ['1:2:3:4:5:6:7:/8', 'the address ends too early', 14],
    ['10.0.0.0/8/8', 'a prefix length is not allowed here', 8],
    ['', 'the address is missing', 0],
  ])('refuses %j: %s', (input, reason, position) => {
    expect(Prefix.parse(input)).toEqual({ ok: false, error: { input, reason, position } });
  });

  it.each([
    ['10.0.0.1/24', '10.0.0.0/24'],
    ['2001:db8::1/32', '2001:db8::/32'],
    ['1.2.3.4/0', '0.0.0.0/0'],
  ])('refuses host bits in %s and names %s', (input, canonical) => {
    expect(Prefix.parse(input)).toMatchObject({ ok: false, error: { input, position: 0, canonical } });
    expect(() => p(input)).toThrow(InvalidAddressError);
  });
});

describe('Prefix', () => {
  it('masks host bits in of', () => {
    expect(Prefix.of(Address.must('10.1.2.3'), 8)).toEqual(p('10.0.0.0/8'));
    expect(Prefix.of(Address.must('::ffff'), 120).toString()).toBe('::ff00/120');
    expect(() => Prefix.of(Address.must('10.1.2.3'), 33)).toThrow(RangeError);
    expect(() => Prefix.of(Address.must('10.1.2.3'), 1.5)).toThrow(RangeError);
  });

  it('knows its extent', () => {
    expect(p('10.0.0.0/22').size).toBe(1024n);
    expect(p('::/0').size).toBe(1n << 128n);
    expect(p('10.0.0.0/22').last.toString()).toBe('10.0.3.255');
    expect(p('::/0').last.toString()).toBe('ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff');
  });

  it('contains and overlaps within one family only', () => {
    expect(p('0.0.0.0/0').contains(p('::/0'))).toBe(false);
    expect(p('::/0').contains(Address.must('10.0.0.1'))).toBe(false);
    expect(p('::/96').contains(Address.must('::10.0.0.1'))).toBe(true);
    expect(p('10.0.0.0/8').contains(p('10.0.0.0/8'))).toBe(true);
    expect(p('10.0.0.0/9').contains(p('10.0.0.0/8'))).toBe(false);
    expect(p('10.0.0.0/9').overlaps(p('10.0.0.0/8'))).toBe(true);
    expect(p('10.0.0.0/9').overlaps(p('10.128.0.0/9'))).toBe(false);
  });

  it('orders families, addresses, and a supernet before its subnets', () => {
    const sorted = ['10.0.0.0/8', '10.0.0.0/9', '10.128.0.0/9', '192.0.2.0/24', '::/0', '8000::/1'];
    expect(
      [...sorted]
        .reverse()
        .map(p)
        .sort((a, b) => a.compare(b))
        .map(String),
    ).toEqual(sorted);
  });

  it('finds parent, buddy, halves and supernet', () => {
    expect(p('10.0.1.0/24').parent()).toEqual(p('10.0.0.0/23'));
    expect(p('10.0.1.0/24').buddy()).toEqual(p('10.0.0.0/24'));
    expect(p('::/1').buddy()).toEqual(p('8000::/1'));
    expect(p('0.0.0.0/0').buddy()).toBeNull();
    expect(p('0.0.0.0/0').parent()).toBeNull();
    expect(p('10.0.0.0/32').halves()).toBeNull();
    expect(p('10.0.0.0/23').halves()?.map(String)).toEqual(['10.0.0.0/24', '10.0.1.0/24']);
    expect(p('10.0.1.0/24').supernet(8)).toEqual(p('10.0.0.0/8'));
    expect(() => p('10.0.1.0/24').supernet(25)).toThrow(RangeError);
  });

  it('lists subnets lazily, up to the end of the space', () => {
    expect([...p('255.255.255.0/24').subnets(26)].map(String)).toEqual([
      '255.255.255.0/26',
      '255.255.255.64/26',
      '255.255.255.128/26',
      '255.255.255.192/26',
    ]);
    expect(p('::/0').subnets(128)[Symbol.iterator]().next().value).toEqual(p('::/128'));
    expect(() => p('10.0.0.0/8').subnets(7)).toThrow(RangeError);
  });

  it('subtracts', () => {
    expect(p('10.0.0.0/22').subtract(p('10.0.1.0/24')).map(String)).toEqual(['10.0.0.0/24', '10.0.2.0/23']);
    expect(p('10.0.0.0/22').subtract(p('10.0.0.0/8'))).toEqual([]);
    expect(p('10.0.0.0/22').subtract(p('11.0.0.0/8'))).toEqual([p('10.0.0.0/22')]);
  });

  it('finds the common supernet', () => {
    expect(Prefix.commonSupernet(p('10.4.0.0/16'), p('10.5.0.0/16'))).toEqual(p('10.4.0.0/15'));
    expect(Prefix.commonSupernet(p('10.0.0.0/8'), p('10.5.0.0/16'))).toEqual(p('10.0.0.0/8'));
    expect(Prefix.commonSupernet(p('0.0.0.0/32'), p('255.0.0.0/8'))).toEqual(p('0.0.0.0/0'));
    expect(() => Prefix.commonSupernet(p('::/0'), p('0.0.0.0/0'))).toThrow(RangeError);
  });
});
