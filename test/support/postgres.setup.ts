import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import Module from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

type ResolveFilename = (request: string, parent: unknown, ...rest: unknown[]) => string;

/**
 * Jest loads this file outside its module system: through `require`, transformed to CommonJS, without moduleNameMapper.
 * So imports of ours that end in `.js` are led to their `.ts` source here; hence also the dynamic imports below, which
 * run after it. (Type imports vanish and need none of this.) The registered hooks do the same for real `import()`.
 */
function resolveTypeScriptImports(): void {
  Module.register('./postgres-typescript.mjs', import.meta.url);
  const loader = Module as unknown as { _resolveFilename: ResolveFilename };
  const resolve = loader._resolveFilename;
  loader._resolveFilename = (request, parent, ...rest) => {
    try {
      return resolve.call(Module, request, parent, ...rest);
    } catch (error) {
      if (!/^\.{1,2}\/.*\.js$/.test(request)) throw error;
      return resolve.call(Module, request.replace(/\.js$/, '.ts'), parent, ...rest);
    }
  };
}

/** Starts PostgreSQL once per run, or takes the server in CADASTRE_TEST_DATABASE_URL, and prepares the templates. */
export default async function setup({ maxWorkers }: { maxWorkers: number }): Promise<void> {
  resolveTypeScriptImports();
  const { ADMIN_URL_VARIABLE, prepareTemplates } = await import('./postgres.js');
  const given = process.env.CADASTRE_TEST_DATABASE_URL;
  const server = given ? { url: given, stop: async () => undefined } : await startScratchServer();
  process.env[ADMIN_URL_VARIABLE] = server.url;
  const templates = await prepareTemplates(maxWorkers).catch(async (error: unknown) => {
    await server.stop();
    throw error;
  });
  globalThis.stopTestPostgres = async () => {
    if (given) await templates.drop();
    await server.stop();
  };
}

async function startScratchServer(): Promise<{ url: string; stop(): Promise<void> }> {
  const { startEmbeddedPostgres } = await import('../../src/platform/database/embedded/embedded-postgres.js');
  removeLeftovers();
  const scratch = mkdtempSync(join(tmpdir(), `cadastre-test-${process.pid}-`));
  // As root the server runs as nobody, who has to get in.
  chmodSync(scratch, 0o711);
  const server = await startEmbeddedPostgres({
    dataFolder: join(scratch, 'postgres'),
    syncInitdb: false,
    settings: {
      fsync: 'off',
      synchronous_commit: 'off',
      full_page_writes: 'off',
      max_connections: '200',
      // Databases come and go by the dozen: no checkpoint is worth waiting for.
      max_wal_size: '4GB',
    },
  });
  return {
    url: server.url,
    async stop() {
      await server.stop('immediate');
      rmSync(scratch, { recursive: true, force: true });
    },
  };
}

/** Of runs that were killed: their server has ended by itself, their folder is still there. */
function removeLeftovers(): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = Number(/^cadastre-test-(\d+)-/.exec(name)?.[1]);
    if (pid > 0 && !exists(pid)) rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
}

function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

declare global {
  var stopTestPostgres: (() => Promise<void>) | undefined;
}
