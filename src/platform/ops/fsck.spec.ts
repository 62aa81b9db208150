import type { Database } from '../database/database.js';
import { type FsckCheck, FsckRegistry } from './fsck.js';

const database = {} as Database;

function check(name: string, wrong: string[], repair = false): FsckCheck {
  return {
    name,
    describe: 'Things are in order.',
    async *run() {
      for (const subject of wrong) yield { subject, message: 'is out of order', repairable: repair };
    },
    ...(repair && { repair: () => Promise.resolve(wrong.splice(0).length) }),
  };
}

async function all(registry: FsckRegistry, options = {}) {
  const reports = [];
  for await (const report of registry.run(database, options)) reports.push(report);
  return reports;
}

it('runs the checks in order and repairs only when told to', async () => {
  const registry = new FsckRegistry();
  registry.register(check('a.truth', ['x']));
  registry.register(check('b.derived', ['y', 'z'], true));
  expect(await all(registry)).toMatchObject([
    { check: 'a.truth', findings: [{ subject: 'x' }], repaired: null },
    { check: 'b.derived', findings: [{ subject: 'y' }, { subject: 'z' }], repaired: null },
  ]);
  expect(await all(registry, { repair: true })).toMatchObject([
    { check: 'a.truth', findings: [{ subject: 'x' }], repaired: null },
    { check: 'b.derived', findings: [], repaired: 2 },
  ]);
});

it('keeps a bounded number of findings and counts the rest', async () => {
  const registry = new FsckRegistry();
  registry.register(
    check(
      'many',
      Array.from({ length: 250 }, (_, i) => String(i)),
    ),
  );
  const [report] = await all(registry);
  expect([report!.findings.length, report!.more]).toEqual([100, 150]);
});

it('refuses two checks of one name', () => {
  const registry = new FsckRegistry();
  registry.register(check('a', []));
  expect(() => registry.register(check('a', []))).toThrow('called a');
});
