import { expectCommitted } from '../support/committed.js';
import { withPicture } from './picture.js';
import { read } from './sources.js';

it('docs/architecture.md shows who may import whom as the test enforces it', () => {
  const path = 'docs/architecture.md';
  expectCommitted(path, withPicture(read(path)));
});
