import { locate, namesOutOfOrder, objection, packageObjection } from './import-table.js';
import { importsOf, sourceFiles } from './sources.js';

const files = sourceFiles();

describe('Every import', () => {
  it('is one that the table in layers.ts allows', () => {
    const broken = files.flatMap((file) =>
      importsOf(file).flatMap(({ specifier, line, target }) => {
        const why = target === null ? packageObjection(file, specifier) : objection(file, target);
        return why ? [`${file}:${line} imports ${target ?? specifier}, but ${why}`] : [];
      }),
    );
    expect(broken).toEqual([]);
  });

  it('is between files that have a place in the order', () => {
    expect(files.filter((file) => !locate(file))).toEqual([]);
    expect(namesOutOfOrder(files)).toEqual([]);
  });
});

describe('The table', () => {
  const allowed = (file: string, target: string): boolean => objection(file, target) === null;

  it('lets arrows point down only', () => {
    expect(allowed('src/platform/graphql/a.ts', 'src/platform/auth/b.ts')).toBe(true);
    expect(allowed('src/platform/auth/a.ts', 'src/platform/graphql/b.ts')).toBe(false);
    expect(allowed('src/address/a.ts', 'src/platform/context/instant.ts')).toBe(false);
    expect(allowed('src/platform/ops/a.ts', 'src/features/access/index.ts')).toBe(false);
    expect(allowed('migrations/1-a.ts', 'src/platform/database/database.ts')).toBe(false);
    expect(allowed('src/clients/cli/a.ts', 'src/platform/context/instant.ts')).toBe(false);
    expect(allowed('src/clients/cli/a.ts', 'src/clients/terraform/install.ts')).toBe(true);
    expect(allowed('src/clients/web/a.ts', 'src/clients/terraform/install.ts')).toBe(false);
  });

  it('keeps a feature behind its index, and before those that use it', () => {
    const service = 'src/features/allocation/allocation.service.ts';
    expect(allowed(service, 'src/features/access/index.ts')).toBe(true);
    expect(allowed(service, 'src/features/access/access.service.ts')).toBe(false);
    expect(allowed(service, 'src/features/overlap/index.ts')).toBe(false);
    expect(allowed('src/features/allocation/api/a.ts', 'src/features/allocation/data/b.ts')).toBe(false);
    expect(allowed('src/features/allocation/domain/a.ts', 'src/platform/database/database.ts')).toBe(false);
    expect(packageObjection('src/features/allocation/domain/a.ts', '@nestjs/common')).toContain('node:util');
    expect(packageObjection('src/address/a.ts', 'node:fs')).toContain('ip-cidr');
  });

  it('gives tests beside the code its row and test/', () => {
    expect(allowed('src/address/a.spec.ts', 'test/golden/toy-space.ts')).toBe(true);
    expect(allowed('src/address/a.ts', 'test/golden/toy-space.ts')).toBe(false);
    expect(allowed('src/address/a.spec.ts', 'src/platform/context/instant.ts')).toBe(false);
  });

  it('names the row that an import breaks', () => {
    expect(objection('src/features/allocation/domain/a.ts', 'src/platform/database/database.ts')).toBe(
      '`src/features/X/domain/**` may import src/address, src/platform/{context}, earlier src/features/X/index.ts',
    );
  });
});
