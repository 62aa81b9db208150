import { lstatSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandLine, type RunOptions } from '../support/cli.js';
import { ADMIN_TOKEN, bootService, type TestService } from '../support/service.js';

let service: TestService;
let cli: Awaited<ReturnType<typeof commandLine>>;
beforeAll(async () => {
  service = await bootService();
  cli = await commandLine({ CADASTRE_URL: service.url, CADASTRE_TOKEN: ADMIN_TOKEN });
}, 120_000);
afterAll(async () => {
  await service.stop();
  cli.remove();
});

// eslint-disable-next-line @typescript-eslint/no-explicit-any
async function json(args: readonly string[], code = 0, options?: RunOptions): Promise<any> {
  const run = await cli.run([...args, '--json'], options);
  expect({ args, code: run.code }).toEqual({ args, code });
  return JSON.parse(run.stdout);
}

async function failure(args: readonly string[], code: number): Promise<Record<string, unknown>> {
  const run = await cli.run([...args, '--json']);
  expect({ args, code: run.code, stdout: run.stdout }).toEqual({ args, code, stdout: '' });
  return (JSON.parse(run.stderr) as { error: Record<string, unknown> }).error;
}

it('goes through the life of pools and allocations', async () => {
  const made = await json([
    'pool',
    'create',
    'life',
    '--cidr',
    '172.16.0.0/16',
    '--quarantine',
    '1h',
    '--tag',
    'a=b',
  ]);
  expect(made).toMatchObject({ name: 'life', cidrs: ['172.16.0.0/16'], rules: { quarantineSeconds: 3600 } });
  expect(await json(['preview', 'life', '--prefix-length', '24'])).toMatchObject({ cidr: '172.16.0.0/24' });
  const taking = [
    'allocate',
    'life',
    '--prefix-length',
    '/24',
    '--key',
    'k',
    '--tag',
    'env=prod',
    '--account',
    '42',
  ];
  const taken = await json(taking);
  expect(taken).toMatchObject({ cidr: '172.16.0.0/24', key: 'k', holder: { account: '42' }, request: '/24' });
  expect(await json(taking)).toMatchObject({ id: taken.id });
  const held = await json(['reserve', 'life', '--cidr', '172.16.1.0/24', '--ttl', '90s']);
  expect(Date.parse(held.expiresAt) - Date.parse(held.createdAt)).toBe(90_000);
  expect(await json(['renew', held.id, '--ttl', '7d'])).toMatchObject({ status: 'RESERVED' });
  expect(await json(['confirm', held.id, '--resource-id', 'vpc-1'])).toMatchObject({ status: 'ALLOCATED' });
  const adopted = await json(['adopt', 'life', '172.16.2.0/24', '--description', 'old']);
  const released = await json(['release', held.id, adopted.id]);
  expect(released.map(({ status }: { status: string }) => status)).toEqual(['QUARANTINED', 'QUARANTINED']);
  expect(await json(['restore', held.id])).toMatchObject({ status: 'ALLOCATED' });
  const child = await json(['pool', 'create', 'life-child', '--from', taken.id]);
  expect(child).toMatchObject({ parent: { name: 'life' }, depth: 1, uniqueness: null });
  expect(await json(['pool', 'provision', 'life-child', '--from', held.id])).toMatchObject({
    cidrs: ['172.16.0.0/24', '172.16.1.0/24'],
  });
  expect(await json(['pool', 'deprovision', 'life-child', '172.16.1.0/24'])).toMatchObject({
    cidrs: ['172.16.0.0/24'],
  });
  expect(
    await json(['pool', 'update', 'life-child', '--name', 'life-kid', '--exclude', '172.16.0.0/28']),
  ).toMatchObject({
    name: 'life-kid',
    rules: { excluded: ['172.16.0.0/28'] },
  });
  const children = await json(['pool', 'list', '--parent', 'life']);
  expect(children.nodes.map(({ name }: { name: string }) => name)).toEqual(['life-kid']);
  expect(await json(['show', '172.16.0.17'])).toMatchObject({
    matches: [
      {
        kind: 'cidr',
        places: [
          {
            chain: [
              { pool: { name: 'life' }, cidr: '172.16.0.0/16', source: null },
              { pool: { name: 'life-kid' }, cidr: '172.16.0.0/24', source: taken.id },
            ],
            before: { cidr: '172.16.0.0/28', state: 'BLOCKED' },
            blocks: [{ cidr: '172.16.0.16/28', state: 'FREE' }],
          },
        ],
      },
    ],
  });
  expect(await json(['pool', 'delete', 'life-kid'])).toMatchObject({ name: 'life-kid' });
  expect(await json(['pool', 'show', 'life', '--tree'])).toMatchObject({ capacity: { total: '65536' } });
});

it('says everything in tables too, with nothing on stderr', async () => {
  const pool = await service.pool({ cidrs: ['10.0.0.0/24'] });
  const { id } = await service.allocation({ pool: pool.id, prefixLength: 26, key: 'tab/le' });
  await service.call('createToken', { input: { name: 'tabled', role: 'READER' } });
  for (const [args, text] of [
    [['pool', 'list', '--all'], pool.name],
    [['pool', 'show', pool.name], '10.0.0.0/24'],
    [['domain', 'list', '--all'], 'domain'],
    [['token', 'list'], 'tabled'],
    [['show', 'tab/le'], id],
    [['show', id], 'History'],
    [['show', pool.id], 'allocated'],
    [['show', pool.routingDomain.name], 'routing domain'],
    [['changes', '--of', id], 'allocation.allocated'],
    [['changes', '--pool', pool.name], 'pool.created'],
    [['preview', pool.name, '--prefix-length', '26'], '10.0.0.64/26'],
    [['release', id], 'QUARANTINED'],
    [['restore', id], 'ALLOCATED'],
    [['completion', 'zsh'], '#compdef cadastre'],
    [['completion', 'fish'], 'complete -c cadastre'],
    [['check', '192.0.2.0/24'], 'FREE'],
  ] as const) {
    const run = await cli.run(args);
    expect({ args, ...run }).toMatchObject({ args, code: 0, stderr: '' });
    expect(run.stdout).toContain(text);
  }
});

it('names an allocation by its pool and key, wherever an id will do', async () => {
  const words = (line: string): string[] => line.split(' ');
  await json(words('pool create keyed --cidr 172.17.0.0/16'));
  const { id } = await json(words('reserve keyed --prefix-length 24 --key a:b/c'));
  expect(await json(words('renew keyed:a:b/c --ttl 2h'))).toMatchObject({ id });
  expect(await json(words('confirm keyed:a:b/c --nonce n'))).toMatchObject({ id, status: 'ALLOCATED' });
  expect(await json(words('show keyed:a:b/c'))).toMatchObject({
    matches: [{ kind: 'allocation', allocation: { id } }],
  });
  expect(await json(words('pool create keyed-child --from keyed:a:b/c'))).toMatchObject({
    sources: [{ allocation: { id } }],
  });
  expect((await cli.run(words('changes --of keyed:a:b/c'))).stdout).toContain('allocation.confirmed');
  expect(await failure(words('release keyed:a:b/c'), 18)).toMatchObject({ code: 'HAS_DEPENDENTS' });
  expect(await failure(words('confirm keyed:nothing'), 22)).toMatchObject({ code: 'NOT_FOUND' });
  expect(await failure(words('release nobody:nothing'), 22)).toMatchObject({ code: 'NOT_FOUND' });
});

it('changes what describes an allocation, and leaves the rest of it', async () => {
  const words = (line: string): string[] => line.split(' ');
  await json(words('pool create described --cidr 172.18.0.0/16'));
  await json(words('allocate described --prefix-length 24 --key k --account 42 --tag a=b --description old'));
  expect(await json(words('update described:k --resource-type vpc --resource-id vpc-1'))).toMatchObject({
    holder: { account: '42', resourceType: 'vpc', resourceId: 'vpc-1' },
    tags: [{ key: 'a', value: 'b' }],
    description: 'old',
  });
  expect(await json(words('update described:k --clear-tags --description new'))).toMatchObject({
    holder: { account: '42' },
    tags: [],
    description: 'new',
    version: 3,
  });
  expect(await failure(words('update described:k'), 2)).toMatchObject({ code: 'USAGE' });
  expect(await failure(words('update alloc_999999 --description x'), 22)).toMatchObject({
    code: 'NOT_FOUND',
  });
});

it('exports through a link and into what is no file, and leaves both what they are', async () => {
  const [target, link] = [join(cli.folder, 'register.jsonl'), join(cli.folder, 'link.jsonl')];
  writeFileSync(target, 'before');
  symlinkSync(target, link);
  await json(['export', link]);
  expect(lstatSync(link).isSymbolicLink()).toBe(true);
  expect(readFileSync(target, 'utf8')).toContain('"format":"cadastre-register"');
  await json(['export', '/dev/null']);
  expect(lstatSync('/dev/null').isCharacterDevice()).toBe(true);
});

it('keeps routing domains, links and tokens', async () => {
  const a = await json(['domain', 'create', 'cli-a', '--tag', 'x=y']);
  await json(['domain', 'create', 'cli-b']);
  const link = await json(['domain', 'connect', 'cli-a', 'cli-b', '--via', 'vpn 1']);
  expect(await json(['domain', 'connect', 'cli-b', 'cli-a', '--via', 'vpn 1'])).toMatchObject({
    id: link.id,
  });
  expect(await json(['show', link.id])).toMatchObject({
    matches: [{ kind: 'link', link: { via: 'vpn 1' } }],
  });
  expect(await failure(['domain', 'delete', 'cli-a'], 18)).toMatchObject({ code: 'HAS_DEPENDENTS' });
  await json(['domain', 'disconnect', 'cli-a', 'cli-b', '--via', 'vpn 1']);
  expect(await json(['domain', 'update', a.id, '--name', 'cli-c', '--clear-tags'])).toMatchObject({
    name: 'cli-c',
    tags: [],
  });
  await json(['domain', 'delete', 'cli-c']);
  expect(await json(['show', a.id])).toMatchObject({ matches: [{ kind: 'gone' }] });
  expect(await failure(['domain', 'show', 'cli-c'], 22)).toMatchObject({ code: 'NOT_FOUND' });
  const { stdout } = await cli.run(['token', 'create', 'cli-token', '--role', 'reader', '--expires', '1h']);
  const options = { env: { CADASTRE_TOKEN: stdout.trim() } };
  expect((await cli.run(['pool', 'list'], options)).code).toBe(0);
  expect((await cli.run(['token', 'list'], options)).code).toBe(31);
  expect(await json(['token', 'revoke', 'cli-token'])).toMatchObject({ name: 'cli-token' });
});

it('has an exit code for every refusal', async () => {
  const pool = await service.pool({
    cidrs: ['10.0.0.0/24'],
    rules: { requiredTags: [], maxPrefixLength: 28 },
  });
  const held = await service.reservation({ pool: pool.id, prefixLength: 26, key: 'k' });
  const done = await service.allocation({ pool: pool.id, prefixLength: 26 });
  const refusals: [string[], number, string][] = [
    [['allocate', pool.name, '--prefix-length', '24'], 10, 'NO_SPACE'],
    [['allocate', pool.name, '--cidr', '10.0.0.0/25'], 11, 'CIDR_CONFLICT'],
    [['allocate', pool.name, '--cidr', '10.9.0.0/25'], 12, 'OUTSIDE_POOL'],
    [['allocate', pool.name, '--prefix-length', '30'], 13, 'RULE_VIOLATION'],
    [['reserve', pool.name, '--prefix-length', '28', '--key', 'k'], 14, 'KEY_CONFLICT'],
    [['confirm', done.id], 15, 'ALREADY_CONFIRMED'],
    [['restore', done.id], 16, 'INVALID_TRANSITION'],
    [['pool', 'deprovision', pool.name, '10.0.0.0/24'], 18, 'HAS_DEPENDENTS'],
    [['pool', 'update', pool.name, '--name', 'x', '--if-version', '99'], 19, 'VERSION_CONFLICT'],
    [['pool', 'create', pool.name, '--cidr', '192.168.0.0/24'], 20, 'NAME_TAKEN'],
    [['release', held.id, 'alloc_999999'], 21, 'BATCH_REJECTED'],
    [['release', 'alloc_999999'], 22, 'NOT_FOUND'],
    [['allocate', pool.name, '--cidr', '10.0.0.1/24'], 2, 'INVALID_CIDR'],
    [['pool', 'list', '--token', 'wrong'], 30, 'UNAUTHENTICATED'],
    [['show', 'no-such-thing'], 22, 'NOT_FOUND'],
    [['show', '10.0.0.1/24'], 2, 'USAGE'],
  ];
  for (const [args, code, name] of refusals) expect(await failure(args, code)).toMatchObject({ code: name });
  const told = await cli.run(['allocate', pool.name, '--prefix-length', '24']);
  expect(told).toMatchObject({ code: 10, stdout: '' });
  expect(told.stderr).toContain('largest free block: 10.0.0.128/25');
});

it('expects usage to be right, and says what is', async () => {
  for (const [args, advice] of [
    [['chek'], 'check'],
    [['check'], 'cidr'],
    [['check', '-'], 'one per line'],
    [['reserve', 'p', '--ttl', '5'], '90s'],
    [['allocate', 'p', '--tag', '=x'], 'key=value'],
    [['allocate', 'p', '--prefix-length', '24', '--cidr', '10.0.0.0/24'], 'cannot be used'],
    [['allocate', 'p', '--placement', 'near'], '--near'],
    [['pool', 'create', 'x'], '--from'],
    [['pool', 'update', 'x'], '--help'],
    [['changes'], '--of'],
    [['changes', '--of', 'alloc_1', '--follow'], '--follow'],
    [['pool', 'list', '--url', 'ftp://x'], 'http'],
    [['pool', 'list', '--url', 'http://x', '--context', 'y'], 'exclude'],
    [['pool', 'list', '--context', 'y'], 'context list'],
  ] as const) {
    const run = await cli.run(args);
    expect({ args, code: run.code, stdout: run.stdout }).toEqual({ args, code: 2, stdout: '' });
    expect(run.stderr).toContain(advice);
    const told = await cli.run([...args, '--json']);
    expect({ args, code: told.code, stdout: told.stdout }).toEqual({ args, code: 2, stdout: '' });
    expect(JSON.parse(told.stderr)).toEqual({ error: { code: 'USAGE', message: expect.any(String) } });
  }
});

it('checks CIDRs from the command line and from stdin', async () => {
  const { name } = await service.pool({ cidrs: ['198.18.0.0/24'], uniqueness: 'GLOBAL' });
  const checks = await json(['check', '-', '203.0.113.0/24'], 3, { stdin: '198.18.0.0/24\n bad ' });
  expect(checks.map(({ status }: { status: string }) => status)).toEqual([
    expect.anything(),
    'INVALID',
    'FREE',
  ]);
  expect(checks[0].pool?.name ?? name).toBe(name);
});

it('never lets what it shows command the terminal', async () => {
  const key = 'a\u001b[31mb\u0007\u202ec\u009bd';
  const { id, pool } = await service.allocation({ key, description: 'x\ny\u001b]0;title\u0007' });
  for (const args of [
    ['show', id],
    ['changes', '--of', id],
    ['show', pool.name],
    ['release', id],
  ]) {
    const { stdout, stderr } = await cli.run(args);
    // eslint-disable-next-line no-control-regex
    expect(stdout + stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
  }
  expect(await json(['show', id])).toMatchObject({ matches: [{ allocation: { key } }] });
});
