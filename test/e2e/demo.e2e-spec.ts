import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { readProcesses } from '../../bench/harness/processes.js';
import { adoptVpcs, type AdoptionReport } from '../../demo/aws/adopt.js';
import { readInventory } from '../../demo/aws/describe-vpcs.js';
import { describeAdoption } from '../../demo/aws/report.js';
import { Client } from '../../demo/client.js';
import { type Demo, startDemo } from '../../demo/demo.js';
import { Progress } from '../../src/clients/cli/output/progress.js';
import { sampleNetwork } from '../../demo/sample-network.js';
import { Prefix, PrefixSet } from '../../src/address/index.js';
import { itWhen, scratchFolder } from '../support/postgres-scratch.js';
import { found, type Program, runProgram, translateInto } from '../support/program.js';

const PATIENCE_MS = 60_000;
const REAL_AWS_PATIENCE_MS = 180_000;
const MOST_MIB = 250;
const SAMPLES = ['demo/sample/describe-vpcs.json', 'demo/sample/describe-vpcs-us-east-1.json'];
const silent = { isTTY: false, write: () => true };
const hasCurl = await found('curl');
const hasAws = (await found('aws')) && (await found('moto_server'));

let scratch: ReturnType<typeof scratchFolder>;
let program: string;

beforeAll(() => {
  scratch = scratchFolder();
  program = join(scratch.path, 'program');
  translateInto(program, ['src', 'migrations', 'demo', 'bench/harness']);
}, PATIENCE_MS);
afterAll(() => scratch.remove());

/** With temporary files in a folder of its own, so that one sees what it leaves there. */
function runDemo(temporary: string, ...args: string[]): Program {
  mkdirSync(temporary, { recursive: true });
  const env = { TMPDIR: temporary, CADASTRE_PORT: '' };
  return runProgram(process.execPath, [...nodeOptions(), join(program, 'demo/main.js'), ...args], { env });
}

/** Those that `npm run demo` gives to Node. */
function nodeOptions(): string[] {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: { demo: string } };
  return /node ((?:--\S+ )*)dist\/demo\/main\.js/.exec(scripts.demo)![1]!.split(' ').filter(Boolean);
}

/** Copies of the PostgreSQL binaries are for later starts too. */
function leftIn(temporary: string): string[] {
  return readdirSync(temporary).filter((name) => !name.startsWith('cadastre-postgres-'));
}

function processesThatName(text: string): number[] {
  if (!existsSync('/proc/self/cmdline')) return [];
  return [...readProcesses().keys()].filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(text);
    } catch {
      return false;
    }
  });
}

describe('the sample network', () => {
  const { accounts, allocations } = sampleNetwork(7);

  it('is a company of 75 accounts in 4 regions', () => {
    expect(accounts).toHaveLength(75);
    expect(new Set(accounts.map(({ id }) => id)).size).toBe(75);
    expect(new Set(accounts.flatMap(({ regions }) => regions)).size).toBe(4);
    expect(allocations.length).toBeGreaterThan(300);
    expect(new Set(allocations.map(({ key }) => key)).size).toBe(allocations.length);
    expect(sampleNetwork(7)).toEqual({ accounts, allocations });
    expect(sampleNetwork(8)).not.toEqual({ accounts, allocations });
  });

  it.each([1, 2, 3, 42, 1000])('fits, without an overlap, for seed %d', (seed) => {
    const cidrs = sampleNetwork(seed).allocations.map(({ cidr }) => Prefix.must(cidr));
    const sum = cidrs.reduce((size, cidr) => size + cidr.size, 0n);
    expect(PrefixSet.of(cidrs).size()).toBe(sum);
    const global = cidrs.filter((cidr) => Prefix.must('100.64.0.0/10').contains(cidr));
    expect(global.length).toBeGreaterThan(300);
    expect(global.every(({ length }) => length >= 16 && length <= 24)).toBe(true);
  });
});

describe('npm run demo', () => {
  it(
    'prints where it is and three commands that work as they are, and leaves nothing behind',
    async () => {
      const temporary = join(scratch.path, 'whole');
      const demo = runDemo(temporary);
      await demo.printed(/Ctrl-C stops it/);
      const [, url] = /Cadastre runs on (http:\S+)/.exec(demo.stdout())!;
      const [, mebibytes] = /with (\d+) MiB/.exec(demo.stdout())!;
      expect(Number(mebibytes)).toBeLessThanOrEqual(MOST_MIB);
      expect(demo.stdout()).toMatch(/global +100\.64\.0\.0\/10 +\d{3} +\d{2} +\d{2} /);
      expect((await fetch(`${url}/explorer`)).status).toBe(200);
      expect(demo.stderr()).toBe('');

      const commands = demo.stdout().match(/^curl (?:.*\\\n)*.*$/gm)!;
      expect(commands).toHaveLength(3);
      const [allocated, again, held, capacity] = await Promise.all(
        [commands[0]!, commands[0]!, commands[1]!, commands[2]!].map(answerTo),
      );
      expect(allocated.allocate).toMatchObject({
        status: 'ALLOCATED',
        cidr: expect.stringMatching(/^100\..*\/22$/),
      });
      expect(again).toEqual(allocated);
      expect(held.checkCidrs[0]).toMatchObject({
        status: 'ALLOCATED',
        pool: { name: 'global' },
        conflicts: [{ holder: { provider: 'aws', account: expect.stringMatching(/^\d{12}$/) } }],
      });
      expect(capacity.pool.capacity.total).toBe('4194304');

      demo.child.kill('SIGTERM');
      expect(await demo.ended).toEqual({ code: 0, signal: null });
      expect(leftIn(temporary)).toEqual([]);
      expect(processesThatName(temporary)).toEqual([]);
    },
    PATIENCE_MS,
  );

  it(
    'can be stopped while it starts',
    async () => {
      const temporary = join(scratch.path, 'stopped');
      const demo = runDemo(temporary);
      while (leftIn(temporary).length === 0) await delay(5);
      demo.child.kill('SIGINT');
      expect(await demo.ended).toEqual({ code: 0, signal: null });
      expect(demo.stdout()).toBe('');
      expect(leftIn(temporary)).toEqual([]);
      expect(processesThatName(temporary)).toEqual([]);
    },
    PATIENCE_MS,
  );

  it(
    'tells what is wrong with its arguments and files, and starts nothing',
    async () => {
      const temporary = join(scratch.path, 'bad');
      mkdirSync(temporary);
      const [first] = SAMPLES.map((file) => readFileSync(file, 'utf8'));
      const vpc = (JSON.parse(first!) as { Vpcs: Record<string, unknown>[] }).Vpcs[1]!;
      const set = (CidrBlock: string) => [{ CidrBlock, CidrBlockState: { State: 'associated' } }];
      const files: Record<string, string> = {
        'truncated.json': first!.slice(0, 1500),
        'empty.json': '',
        'subnets.json': '{ "Subnets": [] }',
        'rows.json': JSON.stringify({
          Vpcs: [
            vpc,
            { ...vpc, CidrBlockAssociationSet: set('10.1.2.3/16') },
            { ...vpc, CidrBlockAssociationSet: set('10.0.0.0/33') },
            { ...vpc, OwnerId: undefined },
            'vpc',
          ],
        }),
      };
      for (const [name, text] of Object.entries(files)) writeFileSync(join(scratch.path, name), text);
      const names = [...Object.keys(files), 'missing.json'].map((name) => join(scratch.path, name));

      const demo = runDemo(temporary, '--exit', '--aws', ...names);
      expect(await demo.ended).toEqual({ code: 2, signal: null });
      const lines = demo.stderr().trimEnd().split('\n');
      expect(lines.map((line) => line.replace(`${scratch.path}/`, ''))).toEqual([
        expect.stringMatching(/^truncated\.json: no JSON, or only a part of it/),
        'empty.json: cannot be read: the file is empty',
        expect.stringMatching(/^subnets\.json: not what `aws ec2 describe-vpcs` prints: Vpcs: /),
        expect.stringMatching(
          /^rows\.json: Vpcs\[1\] \(vpc-\w+\): "10\.1\.2\.3\/16" is no CIDR: .*10\.1\.0\.0\/16/,
        ),
        expect.stringMatching(/^rows\.json: Vpcs\[2\] \(vpc-\w+\): "10\.0\.0\.0\/33" is no CIDR/),
        expect.stringMatching(/^rows\.json: Vpcs\[3\] \(vpc-\w+\): OwnerId: /),
        expect.stringMatching(/^rows\.json: Vpcs\[4\]: /),
        expect.stringMatching(/^missing\.json: cannot be read: ENOENT/),
      ]);
      expect(leftIn(temporary)).toEqual([]);

      for (const args of [['--port', 'x'], ['--nothing'], ['stray'], ['--region', 'eu-west-1'], ['--aws']]) {
        expect((await runDemo(temporary, ...args).ended).code).toBe(2);
      }
      const help = runDemo(temporary, '--help');
      expect((await help.ended).code).toBe(0);
      expect(help.stdout()).toContain('--aws FILE...');
    },
    PATIENCE_MS,
  );
});

describe('npm run demo -- --aws', () => {
  let demo: Demo;
  let keep: string;

  beforeAll(async () => {
    keep = join(scratch.path, 'kept');
    const inventory = readInventory(SAMPLES, 'eu-west-1');
    demo = await startDemo({ keep, sample: false, inventory }, { env: {}, terminal: silent });
  }, PATIENCE_MS);
  afterAll(() => demo?.stop(), PATIENCE_MS);

  const adopt = (files: string[]): Promise<AdoptionReport> =>
    adoptVpcs(new Client(demo.url, demo.token), readInventory(files, null), new Progress(silent));

  it('adopts what lies in a pool, and tells of the rest', () => {
    const { adopted, present, conflicting, outside, refused, leftOut, warnings } = demo.adoption!;
    expect(adopted.map(({ cidr, region, pool }) => `${cidr} ${region} ${pool}`)).toEqual([
      '100.64.0.0/16 eu-west-1 global',
      '100.70.0.0/18 eu-west-1 global',
      '10.20.0.0/16 eu-west-1 legacy',
      '100.72.0.0/20 eu-west-1 global',
      '2400:6500:6ee7:b300::/56 eu-west-1 amazon-ipv6',
      '10.16.0.0/16 us-east-1 legacy',
      '100.96.0.0/16 us-east-1 global',
      '100.112.0.0/20 us-east-1 global',
      '2400:6500:8c5f:4a00::/56 us-east-1 amazon-ipv6',
    ]);
    expect(
      conflicting.map((row) => [row.cidr, row.name, row.with[0]!.cidr, row.with[0]!.holder!['account']]),
    ).toEqual([
      ['100.64.128.0/17', 'shop-staging', '100.64.0.0/16', '111122223333'],
      ['10.20.192.0/20', 'analytics', '10.20.0.0/16', '111122223333'],
    ]);
    expect(outside.map(({ cidr }) => cidr)).toEqual(['172.31.0.0/16', '192.168.40.0/22', '172.31.0.0/16']);
    expect(leftOut.map(({ cidr, why }) => [cidr, why])).toEqual([
      ['100.73.0.0/20', 'its state is "disassociated"'],
    ]);
    expect([present, refused, warnings]).toEqual([[], [], []]);
  });

  it('registers them with holder, tags and key', async () => {
    const { id, allocation } = await find('aws/111122223333/vpc-1e2a8a3c0ed16bfe1/100.70.0.0/18');
    expect(id).toBe(demo.adoption!.adopted[1]!.allocation);
    expect(allocation).toMatchObject({
      cidr: '100.70.0.0/18',
      status: 'ALLOCATED',
      description: 'shop-prod',
      holder: {
        provider: 'aws',
        account: '111122223333',
        region: 'eu-west-1',
        resourceType: 'vpc',
        resourceId: 'vpc-1e2a8a3c0ed16bfe1',
      },
      tags: [
        { key: 'Name', value: 'shop-prod' },
        { key: 'environment', value: 'prod' },
        { key: 'team', value: 'shop' },
      ],
    });
  });

  it('hands out a CIDR that overlaps nothing in the files, and says so', () => {
    const inUse = PrefixSet.of(readInventory(SAMPLES, null).cidrs.map(({ cidr }) => cidr));
    const { cidr } = demo.adoption!.handedOut!;
    expect(inUse.overlaps(Prefix.must(cidr))).toBe(false);
    const text = describeAdoption(demo.adoption!);
    expect(text).toContain(`New: ${cidr} of the pool global is yours`);
    expect(text).toContain('overlaps none of the 14 CIDRs');
    expect(text).toMatch(
      /In conflict, not adopted \(2\)\n.*\n +100\.64\.128\.0\/17 .* 100\.64\.0\.0\/16 \(111122223333 eu-west-1 vpc-1e2a8a3c0ed16bfe1\)/,
    );
  });

  it('avoids also what it could not adopt', async () => {
    const file = join(scratch.path, 'half-known.json');
    // around what is registered, so that most of it stays free in the pool
    writeFileSync(file, describeVpcs({ 'vpc-1': '100.64.0.0/11', 'vpc-2': '100.96.0.0/12' }));
    const { adopted, conflicting, handedOut } = await adopt([file]);
    expect([adopted.length, conflicting.length]).toEqual([0, 2]);
    expect(Prefix.must('100.112.0.0/12').contains(Prefix.must(handedOut!.cidr))).toBe(true);
  });

  it('refuses a row that the service cannot take, and goes on', async () => {
    const file = join(scratch.path, 'long.json');
    const vpcs = JSON.parse(describeVpcs({ 'vpc-3': '100.120.0.0/24', 'vpc-4': '100.120.1.0/24' })) as {
      Vpcs: object[];
    };
    Object.assign(vpcs.Vpcs[0]!, { Tags: [{ Key: 'Name', Value: 'x'.repeat(5000) }] });
    writeFileSync(file, JSON.stringify({ ...vpcs, NextToken: 'more' }));
    const { adopted, refused, warnings } = await adopt([file]);
    expect(refused).toMatchObject([
      { vpc: 'vpc-3', why: expect.stringContaining('"Name" has more than 256') },
    ]);
    expect(adopted).toMatchObject([{ vpc: 'vpc-4' }]);
    expect(warnings).toEqual([expect.stringContaining('NextToken')]);
  });

  itWhen(hasAws, 'needs the commands aws and moto_server')(
    'reads what the aws command prints',
    async () => {
      const file = join(scratch.path, 'real.json');
      writeFileSync(file, await describedByAws());
      const report = await adopt([file]);
      expect(report.adopted.map(({ cidr, name, pool }) => [cidr, name, pool])).toEqual([
        ['100.121.0.0/16', 'first', 'global'],
        ['100.122.0.0/20', 'first', 'global'],
        [expect.stringMatching(/^2400:6500:.*\/56$/), 'first', 'amazon-ipv6'],
      ]);
      expect(report.conflicting.map(({ cidr }) => cidr)).toEqual(['100.121.128.0/17']);
      expect(report.outside.map(({ cidr }) => cidr)).toEqual(['172.31.0.0/16']);
      expect(report.leftOut.map(({ cidr }) => cidr)).toEqual(['100.123.0.0/20']);
    },
    REAL_AWS_PATIENCE_MS,
  );

  it(
    'goes on with a folder that was kept',
    async () => {
      await demo.stop();
      const temporary = join(scratch.path, 'second');
      const again = runDemo(
        temporary,
        '--json',
        '--exit',
        '--keep',
        keep,
        '--region',
        'eu-west-1',
        '--aws',
        ...SAMPLES,
      );
      expect(await again.ended).toEqual({ code: 0, signal: null });
      const answer = JSON.parse(again.stdout()) as {
        token: string;
        allocations: number;
        aws: AdoptionReport;
      };
      expect(answer.token).toBe(demo.token);
      expect(answer.allocations).toBeGreaterThan(9);
      expect(answer.aws.adopted).toEqual([]);
      expect(answer.aws.present.map(({ cidr }) => cidr)).toEqual(
        demo.adoption!.adopted.map(({ cidr }) => cidr),
      );
      expect(answer.aws.handedOut!.cidr).not.toBe(demo.adoption!.handedOut!.cidr);
      expect(leftIn(temporary)).toEqual([]);
    },
    PATIENCE_MS,
  );

  async function find(key: string) {
    const { allocation } = await new Client(demo.url, demo.token).ask<{ allocation: { id: string } }>(
      `query Find($key: String!) { allocation(pool: "global", key: $key) {
        id cidr status description tags { key value } holder { provider account region resourceType resourceId } } }`,
      { key },
    );
    return { id: allocation.id, allocation };
  }
});

function describeVpcs(cidrs: Record<string, string>): string {
  const Vpcs = Object.entries(cidrs).map(([VpcId, CidrBlock]) => ({
    VpcId,
    OwnerId: '777788889999',
    CidrBlockAssociationSet: [{ CidrBlock, CidrBlockState: { State: 'associated' } }],
  }));
  return JSON.stringify({ Vpcs });
}

/** Through the shell, as a person would. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
async function answerTo(command: string): Promise<any> {
  let text: string;
  if (hasCurl) {
    const run = runProgram('sh', ['-c', command]);
    await run.ended;
    text = run.stdout();
  } else {
    process.stderr.write('\n!!! NOT TESTED HERE (needs curl): the commands of the demo in a shell\n');
    const [, url] = /^curl -s (\S+)/.exec(command)!;
    const headers = [...command.matchAll(/-H '([^:]+): ([^']+)'/g)].map(([, name, value]) => [name!, value!]);
    const body = /-d '([^']+)'/.exec(command)![1];
    text = await (await fetch(url!, { method: 'POST', headers: Object.fromEntries(headers), body })).text();
  }
  const { data, errors } = JSON.parse(text) as { data: unknown; errors?: unknown };
  expect(errors).toBeUndefined();
  return data;
}

/** A few VPCs in a mock of AWS, as the real command prints them. */
async function describedByAws(): Promise<string> {
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const server = runProgram('moto_server', ['-H', '127.0.0.1', '-p', String(port)], {
    env: { MOTO_EC2_LOAD_DEFAULT_AMIS: 'false' },
    detached: true,
  });
  try {
    while (!(await fetch(`${endpoint}/moto-api/`).catch(() => null))) {
      if (server.child.exitCode !== null) throw new Error(server.stderr());
      await delay(100);
    }
    const env = {
      AWS_ACCESS_KEY_ID: 'testing',
      AWS_SECRET_ACCESS_KEY: 'testing',
      AWS_DEFAULT_REGION: 'eu-west-1',
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      AWS_PAGER: '',
    };
    const ec2 = async (...args: string[]): Promise<string> => {
      const run = runProgram('aws', ['--endpoint-url', endpoint, 'ec2', ...args], { env });
      if ((await run.ended).code !== 0) throw new Error(run.stderr());
      return run.stdout().trim();
    };
    const named = ['--tag-specifications', 'ResourceType=vpc,Tags=[{Key=Name,Value=first}]'];
    const id = ['--output', 'text', '--query'];
    const first = await ec2(
      'create-vpc',
      '--cidr-block',
      '100.121.0.0/16',
      '--amazon-provided-ipv6-cidr-block',
      ...named,
      ...id,
      'Vpc.VpcId',
    );
    const associate = ['associate-vpc-cidr-block', '--vpc-id', first, '--cidr-block'];
    await ec2(...associate, '100.122.0.0/20');
    const gone = await ec2(...associate, '100.123.0.0/20', ...id, 'CidrBlockAssociation.AssociationId');
    await ec2('disassociate-vpc-cidr-block', '--association-id', gone);
    await ec2('create-vpc', '--cidr-block', '100.121.128.0/17');
    return await ec2('describe-vpcs');
  } finally {
    process.kill(-server.child.pid!, 'SIGTERM');
    await server.ended;
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
