import fc from 'fast-check';
import IPCIDR from 'ip-cidr';
import { anyAddress, anyPrefix } from '../../test/golden/toy-space.js';
import { parseAddressAtEdge, parsePrefixAtEdge } from './edge.js';
import { Address } from './address.js';
import { Prefix } from './prefix.js';

describe('the edge where people type', () => {
  it.each([
    '10.0.0.0/8',
    '0.0.0.0/0',
    '::/0',
    '2001:DB8::/32',
    '::ffff:1.2.3.4/128',
    '::1.2.3.4/128',
    '::ffff:0:0/96',
  ])('accepts the prefix %s', (text) => expect(parsePrefixAtEdge(text)).toEqual(Prefix.parse(text)));

  it.each(['10.0.0.1', '::', '::ffff:1.2.3.4', '64:ff9b::192.0.2.33', '1:2:3:4:5:6:7::'])(
    'accepts the address %s',
    (text) => expect(parseAddressAtEdge(text)).toEqual(Address.parse(text)),
  );

  it.each(['10.0.0.1/8', '10.0.0.0', '010.0.0.0/8', 'x'])('refuses %s as the parser does', (text) => {
    expect(parsePrefixAtEdge(text)).toEqual(Prefix.parse(text));
    expect(parsePrefixAtEdge(text).ok).toBe(false);
  });

  it('agrees with ip-cidr on everything we print', () => {
    fc.assert(
      fc.property(anyPrefix(), anyAddress(), (prefix, address) => {
        expect(parsePrefixAtEdge(prefix.toString())).toEqual({ ok: true, value: prefix });
        expect(parseAddressAtEdge(address.toString())).toEqual({ ok: true, value: address });
      }),
      { numRuns: 500, seed: 12 },
    );
  });

  it('throws when the two disagree, naming both', () => {
    const create = IPCIDR.createAddress;
    IPCIDR.createAddress = () => create('10.0.0.2');
    try {
      expect(() => parseAddressAtEdge('10.0.0.1')).toThrow(
        '"10.0.0.1" is 10.0.0.1 to Cadastre and 10.0.0.2 to ip-cidr',
      );
    } finally {
      IPCIDR.createAddress = create;
    }
  });
});
