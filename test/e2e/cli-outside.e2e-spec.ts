import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { commandLine } from '../support/cli.js';
import { runProgram } from '../support/program.js';
import { ADMIN_TOKEN, bootService, type TestService } from '../support/service.js';
import { until } from '../support/until.js';

let service: TestService;
let cli: Awaited<ReturnType<typeof commandLine>>;
beforeAll(async () => {
  service = await bootService();
  cli = await commandLine();
}, 120_000);
afterAll(async () => {
  await service.stop();
  cli.remove();
});

const connected = () => ({ env: { CADASTRE_URL: service.url, CADASTRE_TOKEN: ADMIN_TOKEN } });

/** A server that answers as `handle` says, while `work` runs. */
async function beside(server: Server, work: (url: string) => Promise<void>): Promise<void> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

describe('contexts', () => {
  it('keep services by name, with a token that nobody else reads and no list shows', async () => {
    const set = ['context', 'set', 'prod', '--url', service.url, '--token', '-'];
    expect(await cli.run(set, { stdin: `${ADMIN_TOKEN}\n` })).toMatchObject({ code: 0 });
    const file = join(cli.folder, 'cadastre/config.json');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const listed = await cli.run(['context', 'list']);
    expect(listed.stdout).toContain('prod');
    expect(listed.stdout + listed.stderr).not.toContain(ADMIN_TOKEN);
    expect((await cli.run(['pool', 'list'])).code).toBe(0);
    expect((await cli.run(['pool', 'list', '--context', 'prod'])).code).toBe(0);
    expect((await cli.run(['pool', 'list', '--url', service.url])).code).toBe(30);
    await cli.run(['context', 'set', 'other', '--url', 'http://127.0.0.1:9']);
    expect((await cli.run(['context', 'use', 'other'])).code).toBe(0);
    expect((await cli.run(['pool', 'list'])).code).toBe(32);
    expect((await cli.run(['context', 'remove', 'other'])).code).toBe(0);
    expect((await cli.run(['context', 'use', 'other'])).code).toBe(2);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
      contexts: { prod: { url: service.url } },
    });
  });

  it('name a file that cannot be used', async () => {
    const file = join(cli.folder, 'broken.json');
    writeFileSync(file, '{"contexts":[');
    chmodSync(file, 0o600);
    const run = await cli.run(['pool', 'list'], { env: { CADASTRE_CONFIG: file } });
    expect(run.code).toBe(2);
    expect(run.stderr).toContain(file);
  });
});

describe('without a service', () => {
  it('says so where nobody listens', async () => {
    const run = await cli.run(['pool', 'list'], { env: { CADASTRE_URL: 'http://127.0.0.1:1' } });
    expect(run.code).toBe(32);
    expect(run.stderr).toContain('Nobody listens at http://127.0.0.1:1');
    expect(run.stderr).toContain('cadastre serve');
  });

  it('waits no longer than it is told to', async () => {
    await beside(
      createServer(() => undefined),
      async (url) => {
        const run = await cli.run(['pool', 'list', '--url', url, '--timeout', '1s']);
        expect(run.code).toBe(32);
        expect(run.stderr).toContain('within 1 s');
      },
    );
  });

  it('tells another service from Cadastre, and asks again only what is harmless', async () => {
    let asked = 0;
    const busy = createServer((_, response) => {
      asked++;
      response.writeHead(503).end('<html>');
    });
    await beside(busy, async (url) => {
      expect((await cli.run(['pool', 'list', '--url', url])).code).toBe(32);
      expect(asked).toBe(3);
      expect((await cli.run(['allocate', 'p', '--url', url])).code).toBe(32);
      expect(asked).toBe(4);
      expect((await cli.run(['allocate', 'p', '--key', 'k', '--url', url])).code).toBe(32);
      expect(asked).toBe(7);
    });
    await beside(
      createServer((_, response) => response.end('{"hello":"world"}')),
      async (url) =>
        expect((await cli.run(['pool', 'list', '--url', url])).stderr).toContain('not as Cadastre does'),
    );
  });
});

it('follows changes, from a place and as they happen', async () => {
  const pool = await service.pool();
  const following = cli.start(
    ['changes', '--follow', '--pool', pool.id, '--since-sequence', '0', '--json'],
    connected(),
  );
  await until('what was there', () => following.stdout().includes('pool.created'));
  const { id } = await service.allocation({ pool: pool.id });
  await until('what happens', () => following.stdout().includes(id));
  following.child.kill();
  const { stdout } = await following.ended;
  const lines = stdout.trimEnd().split('\n');
  const sequences = lines.map((line) => Number((JSON.parse(line) as { sequence: string }).sequence));
  expect(sequences).toEqual(sequences.map((_, index) => index + 1));
}, 60_000);

it('loads nothing of the service, nor anything that a look-up does not need', async () => {
  const hooks = `import { writeSync } from 'node:fs'; export function load(url, context, next) { writeSync(2, 'LOADED ' + url + '\\n'); return next(url, context); }`;
  const asUrl = (code: string): string => `data:text/javascript,${encodeURIComponent(code)}`;
  const register = `import { register } from 'node:module'; register(${JSON.stringify(asUrl(hooks))});`;
  const { code, stderr } = await cli.run(['show', '10.0.0.0/24'], {
    ...connected(),
    node: ['--import', asUrl(register)],
  });
  expect(code).toBe(0);
  const loaded = [...stderr.matchAll(/^LOADED (\S+)$/gm)].map(([, url]) => url!);
  expect(loaded.some((url) => url.endsWith('/clients/cli/show/find.js'))).toBe(true);
  const packages = loaded.flatMap((url) => /\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1] ?? []);
  expect([...new Set(packages)]).toEqual(['commander']);
  expect(loaded.filter((url) => /\/dist\/src\/(?!bin\.js|clients\/|address\/)/.test(url))).toEqual([]);
});

it('completes commands and options in bash', async () => {
  const { stdout } = await cli.run(['completion', 'bash']);
  const script = join(cli.folder, 'completion.bash');
  const words = [
    '"cadastre" "po"',
    '"cadastre" "pool" "cr"',
    '"cadastre" "--json" "pool" "create" "x" "--pla"',
  ];
  writeFileSync(
    script,
    `${stdout}\ncomplete -p cadastre\n${words
      .map(
        (line) =>
          `COMP_WORDS=(${line}); COMP_CWORD=$((\${#COMP_WORDS[@]}-1)); _cadastre; echo "\${COMPREPLY[*]}"`,
      )
      .join('\n')}`,
  );
  const bash = runProgram('bash', [script]);
  expect(await bash.ended).toMatchObject({ code: 0 });
  expect(bash.stdout().trimEnd().split('\n')).toEqual([
    'complete -F _cadastre cadastre',
    'pool',
    'create',
    '--placement',
  ]);
});
