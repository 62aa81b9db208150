import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { subnetsJson, vpcsJson } from '../support/aws-export.js';
import { type CliRun, jsonOf, runCli } from '../support/cli-run.js';
import { scratchFolder } from '../support/postgres-scratch.js';
import { bootService, type TestService } from '../support/service.js';

let service: TestService;
let scratch: ReturnType<typeof scratchFolder>;

beforeAll(async () => {
  service = await bootService();
  scratch = scratchFolder();
});
afterAll(async () => {
  await service?.stop();
  scratch?.remove();
});

let files = 0;
function file(text: string | Buffer): string {
  const path = join(scratch.path, `export-${++files}.json`);
  writeFileSync(path, text);
  return path;
}

/** A root of its own, so that tests do not meet. */
async function root(cidr: string, input: object = {}): Promise<{ id: string; name: string }> {
  const domain = (await service.routingDomain()).name as string;
  const pool = await service.pool({ cidrs: [cidr], routingDomain: domain, ...input });
  return { ...pool, domain } as { id: string; name: string };
}

function importAws(domain: string, ...args: string[]): Promise<CliRun> {
  return runCli(service.url, 'import', 'aws', '--json', '--routing-domain', domain, ...args);
}

async function poolNamed(name: string) {
  return service
    .query(
      `query ($name: String!) { pool(name: $name) { id name cidrs parent { name } rules { autoAdopt } family
      allocations(first: 100) { nodes { cidr key description holder { provider account region resourceType resourceId } tags { key value } } } } }`,
      { name },
    )
    .then(({ pool }) => pool);
}

describe('cadastre import aws', () => {
  it('registers VPCs with their subnets, in any order of files, and a repetition changes nothing', async () => {
    const { domain } = (await root('10.0.0.0/8')) as never as { domain: string };
    await service.pool({ cidrs: ['fd00::/32'], routingDomain: domain });
    const subnets = file(
      subnetsJson(
        {
          id: 'subnet-01',
          vpc: 'vpc-01',
          cidr: '10.1.0.0/24',
          ipv6: 'fd00:0:0:1::/64',
          tags: { Name: 'web-a', tier: 'web' },
        },
        { id: 'subnet-02', vpc: 'vpc-01', cidr: '10.2.7.0/24' },
        { id: 'subnet-03', vpc: 'vpc-02', cidr: '10.1.128.0/24' },
        { id: 'subnet-04', vpc: 'vpc-03', cidr: '172.31.0.0/20', region: 'us-east-1' },
        { id: 'subnet-05', vpc: 'vpc-99', cidr: '10.9.0.0/24' },
      ),
    );
    const vpcs = file(
      vpcsJson(
        {
          id: 'vpc-01',
          cidrs: ['10.1.0.0/16', '10.2.0.0/20'],
          ipv6: 'fd00::/56',
          tags: { Name: 'shop' },
          gone: ['10.3.0.0/20'],
        },
        { id: 'vpc-02', cidrs: ['10.1.128.0/17'], account: '444455556666' },
        { id: 'vpc-03', cidrs: ['172.31.0.0/16'], isDefault: true },
      ),
    );
    const dry = jsonOf(await importAws(domain, '--dry-run', subnets, vpcs));
    const run = await importAws(domain, subnets, vpcs, '--report', join(scratch.path, 'left.ndjson'));
    const report = jsonOf(run);
    expect(run.exit).toBe(3);
    expect(report.counts).toEqual({
      adopted: 6,
      present: 0,
      conflicting: 2,
      outside: 3,
      invalid: 0,
      skipped: 1,
    });
    expect(dry.counts).toEqual(report.counts);
    expect(report.rows.conflicting).toMatchObject([
      {
        what: 'vpc-02',
        cidr: '10.1.128.0/17',
        with: [{ cidr: '10.1.0.0/16', holder: { resourceId: 'vpc-01' } }],
      },
      { what: 'subnet-03', cidr: '10.1.128.0/24', reason: expect.stringContaining('vpc-02') },
    ]);
    expect(report).toMatchObject({ vpcs: 3, subnets: 5, regionUnknown: 0, poolsNeeded: null });
    const left = readFileSync(join(scratch.path, 'left.ndjson'), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(left.map(({ fate }) => fate).sort()).toEqual([
      'conflicting',
      'conflicting',
      'outside',
      'outside',
      'outside',
      'skipped',
    ]);

    const pool = await poolNamed('vpc-01');
    expect(pool).toMatchObject({ cidrs: ['10.1.0.0/16', '10.2.0.0/20'], rules: { autoAdopt: true } });
    expect(pool.allocations.nodes).toMatchObject([
      {
        cidr: '10.1.0.0/24',
        key: 'aws/111122223333/subnet-01/10.1.0.0/24',
        description: 'web-a',
        holder: {
          provider: 'aws',
          account: '111122223333',
          region: 'eu-west-1',
          resourceType: 'subnet',
          resourceId: 'subnet-01',
        },
        tags: [
          { key: 'Name', value: 'web-a' },
          { key: 'tier', value: 'web' },
        ],
      },
      { cidr: '10.2.7.0/24' },
    ]);
    expect((await poolNamed('vpc-01-ipv6')).allocations.nodes).toMatchObject([{ cidr: 'fd00:0:0:1::/64' }]);

    const again = jsonOf(await importAws(domain, subnets, vpcs));
    expect(again.counts).toEqual({ ...report.counts, adopted: 0, present: 6 });
    expect(jsonOf(await importAws(domain, '--dry-run', subnets, vpcs)).counts).toEqual(again.counts);

    // without the subnets nobody says the region; the VPCs are the same ones all the same
    const alone = jsonOf(await importAws(domain, vpcs));
    expect(alone.counts.adopted).toBe(0);
    expect(alone.counts.present).toBeGreaterThan(0);
    expect(jsonOf(await importAws(domain, '--dry-run', vpcs)).counts).toEqual(alone.counts);
  });
});
