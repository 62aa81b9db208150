import { type Hit, rankHits } from './search.js';

const hit = (by: Hit['by'], id: string, cidr: string | null = null): Hit => ({
  by,
  kind: 'vpc',
  id,
  name: null,
  cidr,
  chain: [],
  note: '',
});
const ids = (...hits: Hit[]) => rankHits(hits).map(({ by, id }) => `${by} ${id}`);

it('ranks by what was found, and addresses from the inside out', () => {
  expect(
    ids(
      hit('TEXT', 'd'),
      hit('ADDRESS', 'outer', '10.0.0.0/8'),
      hit('NAME', 'b'),
      hit('ADDRESS', 'inner', '10.0.0.1/32'),
      hit('TAG', 'c'),
      hit('ID', 'a'),
    ),
  ).toEqual(['ID a', 'ADDRESS inner', 'ADDRESS outer', 'NAME b', 'TAG c', 'TEXT d']);
});

it('lists a thing once, by its best rank, and keeps the order within one', () => {
  expect(ids(hit('NAME', 'b'), hit('NAME', 'a'), hit('ID', 'a'), hit('TEXT', 'b'))).toEqual([
    'ID a',
    'NAME b',
  ]);
});
