import { isTokenName } from './token-name.js';

it.each(['a', 'ci', 'terraform-prod.eu_1', '7', 'x'.repeat(63)])('%j is a name', (name) => {
  expect(isTokenName(name)).toBe(true);
});

it.each(['', ' ', 'a b', '-a', '.a', 'a:b', 'a\n', 'ä', 'x'.repeat(64)])('%j is none', (name) => {
  expect(isTokenName(name)).toBe(false);
});
