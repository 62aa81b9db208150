import { type IdKind, numberOfId, publicId } from './public-id.js';

it.each<[IdKind, string, number | null]>([
  ['pool', 'pool_1', 1],
  ['pool', 'pool_2147483647', 2147483647],
  ['pool', 'pool_2147483648', null],
  ['routingDomain', 'dom_2147483648', null],
  ['domainLink', 'link_2147483647', 2147483647],
  ['finding', 'find_12', 12],
  ['allocation', 'alloc_2147483648', 2147483648],
  ['allocation', 'alloc_9999999999999999', null],
  ['allocation', 'pool_1', null],
  ['pool', 'pool_0', null],
  ['pool', 'pool_01', null],
  ['pool', 'pool_-1', null],
  ['pool', 'pool_1 ', null],
  ['pool', 'pool_', null],
])('reads %s in %j as %p', (kind, id, number) => {
  expect(numberOfId(kind, id)).toBe(number);
  if (number !== null) expect(publicId(kind, number)).toBe(id);
});
