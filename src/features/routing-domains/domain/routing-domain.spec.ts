import { differences } from './routing-domain.js';

const BEFORE = { name: 'dc', description: 'racks', tags: { site: 'a', owner: 'net' } };

it('tells old and new of every field that differs', () => {
  expect(differences(BEFORE, { ...BEFORE, name: 'dc1', tags: { site: 'b' } })).toEqual({
    name: ['dc', 'dc1'],
    tags: [BEFORE.tags, { site: 'b' }],
  });
});

it('sees no difference in the order of tags', () => {
  expect(differences(BEFORE, { ...BEFORE, tags: { owner: 'net', site: 'a' } })).toEqual({});
});
