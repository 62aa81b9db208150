import {
  chmodSync,
  cpSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { launchInChild } from '../../../../test/support/postgres-child.js';
import { itWhen, query, scratchFolder } from '../../../../test/support/postgres-scratch.js';
import { findNativeFolder, prepareBinaries } from './binaries.js';
import { startEmbeddedPostgres } from './embedded-postgres.js';
import { canReach } from './server-user.js';

const NOBODY = { uid: 65534, gid: 65534 };
const isRoot = process.getuid?.() === 0;
const itAsRoot = itWhen(isRoot, 'needs root');
const itAsNobody = itWhen(
  isRoot && canReach(process.execPath, NOBODY) && canReach(process.cwd(), NOBODY),
  'needs root, and Node and this checkout where nobody can read them',
);
const quick = { syncInitdb: false, settings: { fsync: 'off' } };
/** Each test creates a database of its own, which takes its time on a loaded machine. */
const PATIENCE_MS = 30_000;

let scratch: ReturnType<typeof scratchFolder>;

beforeEach(() => {
  scratch = scratchFolder();
});
afterEach(() => scratch.remove());

/** The installed binaries as npm unpacks them, without what the install script adds. */
function packageWithoutLinks(folder: string): string {
  const native = join(folder, 'package', 'native');
  cpSync(findNativeFolder(), native, { recursive: true, verbatimSymlinks: true });
  cpSync(join(findNativeFolder(), '..', 'package.json'), join(native, '..', 'package.json'));
  for (const link of links(native)) rmSync(link, { force: true });
  return native;
}

function links(native: string): string[] {
  const listed = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8')) as { target: string }[];
  return listed.map(({ target }) => join(native, '..', target));
}

async function expectToRun(options: Parameters<typeof startEmbeddedPostgres>[0]): Promise<void> {
  const server = await startEmbeddedPostgres({ ...quick, ...options });
  try {
    expect(await query(server.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  } finally {
    await server.stop();
  }
}

it(
  'makes the links that a blocked install script left out',
  async () => {
    const nativeFolder = packageWithoutLinks(scratch.path);
    await expectToRun({ dataFolder: join(scratch.path, 'postgres'), nativeFolder });
    for (const link of links(nativeFolder)) expect(lstatSync(link).isSymbolicLink()).toBe(true);
  },
  PATIENCE_MS,
);

itAsRoot(
  'runs binaries and data below a folder that only root may enter',
  async () => {
    const closed = join(scratch.path, 'root-only');
    mkdirSync(closed, { mode: 0o700 });
    const nativeFolder = packageWithoutLinks(closed);
    const cacheFolder = scratch.path;
    const dataFolder = join(closed, 'postgres');
    await expectToRun({ dataFolder, nativeFolder, cacheFolder });
    await expectToRun({ dataFolder, nativeFolder, cacheFolder });
    expect(statSync(join(dataFolder, 'data')).uid).toBe(NOBODY.uid);
    expect(statSync(closed).mode & 0o777).toBe(0o700);
  },
  20_000,
);

itAsRoot(
  'renews a copy of the binaries that a cleaner of temporary files has thinned out',
  () => {
    const closed = join(scratch.path, 'root-only');
    mkdirSync(closed, { mode: 0o700 });
    const native = packageWithoutLinks(closed);
    const { postgres } = prepareBinaries(native, scratch.path, NOBODY);
    truncateSync(postgres, 10);
    expect(prepareBinaries(native, scratch.path, NOBODY).postgres).toBe(postgres);
    expect(statSync(postgres).size).toBeGreaterThan(1_000_000);
    const copy = dirname(dirname(postgres));
    expect(
      readdirSync(scratch.path).filter((name) => join(scratch.path, name).startsWith(copy)),
    ).toHaveLength(1);

    chmodSync(copy, 0o777);
    expect(() => prepareBinaries(native, scratch.path, NOBODY)).toThrow(/not a folder of ours/);
  },
  PATIENCE_MS,
);

itAsNobody(
  'runs for an ordinary user from a package folder of somebody else without links',
  async () => {
    const home = join(scratch.path, 'home');
    mkdirSync(home);
    chmodSync(home, 0o777);
    const nativeFolder = packageWithoutLinks(scratch.path);
    const dataFolder = join(home, 'postgres');
    const { child, url } = await launchInChild(
      scratch.path,
      { dataFolder, nativeFolder, cacheFolder: home },
      NOBODY,
    );
    expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(links(nativeFolder).some((link) => lstatSync(link, { throwIfNoEntry: false }))).toBe(false);
    child.kill('SIGKILL');

    // Root takes over: the server keeps running as the folder's owner.
    await expectToRun({ dataFolder });
    expect(statSync(join(dataFolder, 'data')).uid).toBe(NOBODY.uid);
  },
  20_000,
);
