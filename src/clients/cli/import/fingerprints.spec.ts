import { Fingerprints } from './fingerprints.js';

describe('Fingerprints', () => {
  it('keeps what a Map keeps, over many growths', () => {
    const table = new Fingerprints();
    const map = new Map<string, number>();
    for (let i = 0; i < 50_000; i++) {
      const text = `subnet-${(i * 7919) % 30_000}`;
      const before = map.get(text);
      expect(table.keep(text, i)).toBe(before);
      if (before === undefined) map.set(text, i);
    }
    expect(table.size).toBe(map.size);
    for (const [text, value] of map) expect(table.get(text)).toBe(value);
    expect(table.get('nothing')).toBeUndefined();
  });

  it('replaces a number', () => {
    const table = new Fingerprints();
    table.keep('a', 1);
    table.replace('a', -1);
    expect([table.get('a'), table.size]).toEqual([-1, 1]);
  });
});
