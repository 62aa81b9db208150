import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jsonOf, runCli } from '../support/cli-run.js';
import { scratchFolder } from '../support/postgres-scratch.js';
import { bootService, expectType, type TestService } from '../support/service.js';

let full: TestService;
let empty: TestService;
let scratch: ReturnType<typeof scratchFolder>;
const path = (name: string): string => join(scratch.path, name);

beforeAll(async () => {
  scratch = scratchFolder();
  [full, empty] = await Promise.all([bootService(), bootService()]);
  await fill(full);
});
afterAll(async () => {
  await full?.stop();
  await empty?.stop();
  scratch?.remove();
});

const tags = [
  { key: 'z', value: '1' },
  { key: 'a', value: '=cmd|calc!A1' },
];
const holder = { provider: 'aws', account: '1', resourceType: 'vpc', resourceId: 'vpc-1', contact: 'a@b' };

/** All that an export keeps. */
async function fill(service: TestService): Promise<void> {
  const call = async (field: string, type: string, input: object) =>
    expectType(type, await service.call(field, { input }));
  const allocate = (input: object) => call('allocate', 'Allocation', { tags, ...input });
  const reserve = (input: object) => call('reserve', 'Allocation', { tags, ttlSeconds: 3600, ...input });
  await call('createRoutingDomain', 'RoutingDomain', { name: 'b', description: 'second', tags });
  await call('createRoutingDomain', 'RoutingDomain', { name: 'a' });
  for (const via of ['pcx-2', 'pcx-1'])
    await call('connectRoutingDomains', 'DomainLink', { a: 'b', b: 'a', via });

  const rules = {
    minPrefixLength: 12,
    requiredTags: ['a'],
    placement: 'SPARSE',
    excluded: ['10.255.0.0/16'],
  };
  await call('createPool', 'Pool', {
    name: 'root',
    cidrs: ['10.0.0.0/8', '100.64.0.0/10'],
    rules,
    tags,
    description: 'all "of" it\nand more',
  });
  for (const routingDomain of ['b', 'a'])
    await call('createPool', 'Pool', {
      name: `site ${routingDomain}`,
      cidrs: ['192.168.0.0/16'],
      routingDomain,
    });
  await call('createPool', 'Pool', { name: 'six', cidrs: ['fd00::/32'] });

  const region = await allocate({ pool: 'root', prefixLength: 12, key: 'region' });
  const other = await allocate({ pool: 'root', cidr: '100.64.0.0/12', holder });
  await call('createPool', 'Pool', { name: 'a region', fromAllocations: [other.id, region.id] });
  const vpc = await allocate({
    pool: 'a region',
    cidr: '100.64.0.0/16',
    key: 'vpc',
    holder,
    description: 'a VPC',
  });
  await call('createPool', 'Pool', { name: 'A vpc', fromAllocations: [vpc.id], rules: { autoAdopt: true } });

  for (const pool of ['site a', 'site b'])
    await allocate({ pool, cidr: '192.168.7.0/24', key: `in ${pool}` });
  await allocate({ pool: 'A vpc', prefixLength: 24, key: 'by length', holder });
  await allocate({ pool: 'six', prefixLength: 56, key: 'six' });
  await reserve({ pool: 'A vpc', prefixLength: 26, key: 'held' });
  const gone = await allocate({ pool: 'A vpc', prefixLength: 26, key: 'moved', description: 'was here' });
  await call('release', 'Allocation', { id: gone.id });
  await allocate({ pool: 'A vpc', cidr: '100.64.200.0/24', key: 'moved' });
  const old = await allocate({ pool: 'A vpc', prefixLength: 25, key: 'replaced' });
  await reserve({ pool: 'A vpc', prefixLength: 24, key: 'replaced', replaces: old.id });
}

describe('cadastre export and import register', () => {
  it('writes the same lines again after they went through an empty database', async () => {
    const first = path('first.ndjson');
    const exported = await runCli(full.url, 'export', '--json', first);
    expect(jsonOf(exported)).toMatchObject({ routingDomains: 2, links: 2, pools: 6, allocations: 9 });
    const text = readFileSync(first, 'utf8');
    expect(await runCli(full.url, 'export')).toEqual({ exit: 0, stdout: text, stderr: '' });

    const imported = await runCli(empty.url, 'import', 'register', '--json', first);
    const report = jsonOf(imported);
    expect(report.rows).toMatchObject({ conflicting: [], outside: [], invalid: [] });
    expect([imported.exit, report.counts.adopted, report.pools]).toEqual([0, 12, 6]);
    expect((await runCli(empty.url, 'export')).stdout).toBe(text);

    const again = await runCli(empty.url, 'import', 'register', '--json', first);
    expect(jsonOf(again).counts).toEqual({ ...report.counts, adopted: 0, present: 12 });
    expect((await runCli(empty.url, 'export')).stdout).toBe(text);
    const dry = await runCli(empty.url, 'import', 'register', '--dry-run', '--json', first);
    expect(jsonOf(dry).counts).toEqual({ ...report.counts, adopted: 0, present: 12 });
  });

  it('gives keys back what they answer to', async () => {
    const ask = async (service: TestService, input: object) =>
      (await service.call('allocate', { input })).cidr;
    const input = { pool: 'A vpc', prefixLength: 24, key: 'by length' };
    expect(await ask(empty, input)).toBe(await ask(full, input));
    const confirmed = { pool: 'root', prefixLength: 12, key: 'region' };
    expect(await ask(empty, confirmed)).toBe(await ask(full, confirmed));
  });

  it.each([
    ['an empty file', '', /the file is empty/],
    ['something else', '{"a":1}\n', /does not begin with {"format":"cadastre-register"}/],
    [
      'a newer version',
      '{"format":"cadastre-register","version":2}\n',
      /has version 2; this program reads version 1/,
    ],
    ['an array', '[1]\n', /line 1 is no object/],
    [
      'a cut line',
      '{"format":"cadastre-register","version":1}\n{"pool":{"name":"x"',
      /line 2 is no JSON; is the file cut off/,
    ],
    [
      'an unknown kind',
      '{"format":"cadastre-register","version":1}\n{"vlan":{}}',
      /line 2 has none of routingDomain, link/,
    ],
    [
      'a number for a text',
      '{"format":"cadastre-register","version":1}\n{"pool":{"name":7}}',
      /line 2: pool has no name/,
    ],
    [
      'another order',
      '{"format":"cadastre-register","version":1}\n{"pool":{"name":"x"}}\n{"routingDomain":{"name":"y"}}',
      /line 3: a routingDomain stands after the first pool/,
    ],
  ])('refuses %s and changes nothing', async (_, text, message) => {
    const before = (await runCli(empty.url, 'export')).stdout;
    writeFileSync(path('bad.ndjson'), text);
    const run = await runCli(empty.url, 'import', 'register', path('bad.ndjson'));
    expect([run.exit, run.stdout]).toEqual([2, '']);
    expect(run.stderr).toMatch(message);
    expect((await runCli(empty.url, 'export')).stdout).toBe(before);
  });
});
