import { fit, limitBroken } from './limits.js';

const fine = { holder: {}, tags: [], description: '' };
const tag = (key: string, value = '') => ({ key, value });

describe('limitBroken', () => {
  it.each([
    ['nothing', fine, null],
    ['a long key', { ...fine, key: 'k'.repeat(513) }, /key has more than 512/],
    ['a long description', { ...fine, description: 'd'.repeat(1025) }, /description has more than 1024/],
    ['a NUL', { ...fine, description: 'a\0b' }, /a character that no text may have/],
    ['half a pair', { ...fine, holder: { account: '\ud800' } }, /account has/],
    ['many tags', { ...fine, tags: Array.from({ length: 51 }, (_, i) => tag(`k${i}`)) }, /there are 51 tags/],
    ['a tag twice', { ...fine, tags: [tag('a'), tag('a')] }, /"a" is given twice/],
    ['a tag without a key', { ...fine, tags: [tag('')] }, /1 to 128/],
  ])('%s', (_, entry, expected) => {
    const broken = limitBroken(entry);
    if (expected === null) expect(broken).toBeNull();
    else expect(broken).toMatch(expected);
  });
});

describe('fit', () => {
  it('cuts what is too long, never into half a character, and says so', () => {
    const { tags, description, cut } = fit([tag('k', `${'v'.repeat(255)}😀`)], 'd'.repeat(2000));
    expect(tags).toEqual([tag('k', 'v'.repeat(255))]);
    expect(description).toHaveLength(1024);
    expect(cut).toEqual(['the value of the tag "k"', 'the description']);
    expect(limitBroken({ ...fine, tags, description })).toBeNull();
  });

  it('leaves alone what fits', () => {
    const tags = [tag('a', 'b')];
    expect(fit(tags, 'x')).toEqual({ tags, description: 'x', cut: [] });
  });
});
