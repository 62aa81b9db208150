import type { ListStatus } from './inventory-list.js';
import { brokenRule, byRegion, differencesOf, summaryOf } from './discovery-account.js';

const GOOD = {
  account: '111122223333',
  name: 'shop',
  roleArn: 'arn:aws:iam::111122223333:role/discovery',
  externalId: 'cadastre-1',
  regions: ['eu-west-1', 'us-gov-east-1', 'ap-southeast-4'],
  enabled: true,
};

it('takes what AWS takes', () => {
  expect(brokenRule(GOOD)).toBeNull();
  expect(brokenRule({ ...GOOD, roleArn: null, externalId: null })).toBeNull();
});

it.each([
  ['account', { account: '11112222333' }],
  ['account', { account: '１１１１２２２２３３３３' }],
  ['name', { name: 'x'.repeat(256) }],
  ['roleArn', { roleArn: 'arn:aws:iam::111122223333:user/me' }],
  ['roleArn', { roleArn: 'arn:aws:iam::999922223333:role/discovery' }],
  ['externalId', { externalId: 'a b' }],
  ['externalId', { roleArn: null }],
  ['regions', { regions: [] }],
  ['regions', { regions: ['eu-west-1', 'Europe'] }],
  ['regions', { regions: ['eu-west-1a'] }],
])('names the rule %s that is broken', (rule, change) => {
  expect(brokenRule({ ...GOOD, ...change }, 'accounts[2].')).toMatchObject({
    code: 'RULE_VIOLATION',
    rule: `accounts[2].${rule}`,
  });
});

it('says what is different', () => {
  expect(differencesOf(GOOD, GOOD)).toEqual({});
  expect(differencesOf(GOOD, { ...GOOD, enabled: false, regions: ['eu-west-1'] })).toEqual({
    enabled: [true, false],
    regions: [GOOD.regions, ['eu-west-1']],
  });
});

it('is as old as its oldest list, and as stale as its first stale one', () => {
  const list: ListStatus = {
    ...{ scopeId: 1, provider: 'aws', account: GOOD.account, region: 'r' },
    ...{ objects: 2, missing: 1, coveredSince: 1, lastGoodAt: 1, lastTriedAt: 9, suspicious: 0 },
    ...{ kind: 'vpc', staleSince: null, staleReason: null, dropAccepted: false },
  };
  expect(summaryOf({ region: 'r', lists: [] })).toMatchObject({ lastGoodAt: null, objects: 0 });
  expect(
    summaryOf({
      region: 'r',
      lists: [
        { ...list, lastGoodAt: 5, staleSince: 8, staleReason: 'second' },
        { ...list, lastGoodAt: 3, staleSince: 7, staleReason: 'first' },
      ],
    }),
  ).toEqual({ lastGoodAt: 3, staleSince: 7, staleReason: 'first', objects: 4, missing: 2 });
  const halfRead = [
    { ...list, lastGoodAt: null },
    { ...list, lastGoodAt: 3 },
  ];
  expect(summaryOf({ region: 'r', lists: halfRead }).lastGoodAt).toBeNull();
  expect(
    byRegion([...halfRead, { ...list, region: 's', lastGoodAt: 4 }]).map(({ lists }) => lists.length),
  ).toEqual([2, 1]);
});
