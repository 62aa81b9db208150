import { correlationOf } from './correlation.js';

const given = (id?: string | string[]) => correlationOf({ headers: { 'x-correlation-id': id } });

it.each(['deploy-7', 'a.b:c_d', 'x'.repeat(64)])('takes %j over', (id) => {
  expect(given(id)).toBe(id);
});

it.each([undefined, '', 'a b', 'ä', 'x'.repeat(65), "'; DROP", 'a\nb', ['a', 'b'].join(', ')])(
  'replaces %j',
  (id) => {
    expect(given(id)).toMatch(/^[A-Za-z0-9_-]+$/);
    expect(given(id)).not.toBe(given(id));
  },
);
