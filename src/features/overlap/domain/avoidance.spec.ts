import { Prefix } from '../../../address/index.js';
import { avoidedBy } from './avoidance.js';

const cidrs = (...texts: string[]) => texts.map(Prefix.must);

it('avoids what domains have that are reached, merged, where a pool could hand it out', () => {
  const avoided = avoidedBy(
    [{ domainId: 1, cidrs: cidrs('10.0.0.0/8') }],
    new Map([
      [2, cidrs('10.0.0.0/16', '10.1.0.0/16', '10.1.4.0/24', '192.168.0.0/16')],
      [3, cidrs('10.9.0.0/16')],
      [4, cidrs('0.0.0.0/0', 'fd00::/8')],
    ]),
    () => [2, 4],
  );
  expect(avoided.map(({ because, cidr }) => `${because} ${cidr}`)).toEqual(['2 10.0.0.0/15', '4 0.0.0.0/0']);
});
