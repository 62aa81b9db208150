import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { readProcesses } from '../../bench/harness/processes.js';
import { type Demo, startDemo } from '../../demo/demo.js';
import { SAMPLE_FOLDER, samplePaths, SEED } from '../../demo/sample-folder.js';
import { sampleFiles, sampleNetwork } from '../../demo/sample-network.js';
import { Prefix, PrefixSet } from '../../src/address/index.js';
import { vpcsJson } from '../support/aws-export.js';
import { jsonOf, runCli } from '../support/cli-run.js';
import { itWhen, scratchFolder } from '../support/postgres-scratch.js';
import { found, type Program, runProgram, translateInto } from '../support/program.js';

const PATIENCE_MS = 180_000;
const REAL_AWS_PATIENCE_MS = 180_000;
// the service, the SDK and, in the same process, the emulated cloud of the company
const MOST_MIB = 500;
const silent = { isTTY: false, write: () => true };
const hasCurl = await found('curl');
const hasAws = (await found('aws')) && (await found('moto_server'));

let scratch: ReturnType<typeof scratchFolder>;
let program: string;

beforeAll(() => {
  scratch = scratchFolder();
  program = join(scratch.path, 'program');
  translateInto(program, ['src', 'migrations', 'demo', 'bench/harness', 'test/support/ec2-emulator']);
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
  const { accounts, vpcs, subnets, shared } = sampleNetwork(SEED);
  const own = vpcs.filter(({ isDefault }) => !isDefault);

  it('is a company of 75 accounts in 4 regions', () => {
    expect(new Set(accounts.map(({ id }) => id)).size).toBe(75);
    expect(new Set(vpcs.map(({ region }) => region)).size).toBe(4);
    expect([own.length, vpcs.length - own.length]).toEqual([600, 300]);
    expect(new Set([...vpcs, ...subnets].map(({ id }) => id)).size).toBe(vpcs.length + subnets.length);
    expect(vpcs.filter(({ ipv6 }) => ipv6).length).toBeGreaterThan(30);
    expect(own.filter(({ cidrs }) => cidrs.some((cidr) => cidr.startsWith('100.'))).length).toBeGreaterThan(
      50,
    );
    expect(shared.size).toBe(24);
    expect(sampleNetwork(7)).toEqual(sampleNetwork(7));
    expect(sampleNetwork(8)).not.toEqual(sampleNetwork(7));
  });

  it.each([1, 2, 3, SEED])('overlaps itself only where it is meant to, for seed %d', (seed) => {
    const leftovers = Prefix.must('10.128.0.0/9');
    const cidrs = sampleNetwork(seed)
      .vpcs.filter(({ isDefault }) => !isDefault)
      .flatMap((vpc) => vpc.cidrs.map((cidr) => Prefix.must(cidr)))
      .filter((cidr) => !leftovers.contains(cidr));
    expect(PrefixSet.of(cidrs).size()).toBe(cidrs.reduce((size, cidr) => size + cidr.size, 0n));
  });

  it('is what the files in demo/sample hold: `npm run sample` makes them again', () => {
    const files = sampleFiles(sampleNetwork(SEED));
    expect(samplePaths().map((path) => basename(path))).toEqual([...files.keys()].sort());
    for (const [name, text] of files) expect(readFileSync(join(SAMPLE_FOLDER, name), 'utf8')).toBe(text);
  });
});

describe('npm run demo', () => {
  it(
    'discovers the sample cloud, prints commands that work as they are, and leaves nothing behind',
    async () => {
      const temporary = join(scratch.path, 'whole');
      const demo = runDemo(temporary);
      await demo.printed(/Ctrl-C stops it/);
      const [, url] = /Cadastre runs on (http:\S+)/.exec(demo.stdout())!;
      const [, mebibytes] = /with (\d+) MiB/.exec(demo.stdout())!;
      expect(Number(mebibytes)).toBeLessThanOrEqual(MOST_MIB);
      expect(demo.stdout()).toMatch(/Discovered 900 VPCs in 75 accounts \(300 accounts and regions\)/);
      expect(demo.stdout()).toMatch(/300 +finding unmanaged/);
      expect(demo.stdout()).toMatch(
        /172\.31\.0\.0\/16 is the CIDR of 300 networks: one row, not 44,850 pairs/,
      );
      expect(demo.stdout()).toMatch(/eu-west-1 +10\.0\.0\.0\/11, 100\.64\.0\.0\/12 +\d{3} /);
      expect((await fetch(`${url}/explorer`)).status).toBe(200);
      expect(demo.stderr()).toBe('');

      const commands = demo.stdout().match(/^curl (?:.*\\\n)*.*$/gm)!;
      expect(commands).toHaveLength(4);
      const [allocated, again, held, overlaps, capacity] = await Promise.all(
        [commands[0]!, commands[0]!, commands[1]!, commands[2]!, commands[3]!].map(answerTo),
      );
      expect(allocated.allocate).toMatchObject({
        status: 'ALLOCATED',
        cidr: expect.stringMatching(/^10\..*\/22$/),
      });
      expect(again).toEqual(allocated);
      expect(held.checkCidrs[0]).toMatchObject({
        status: 'ALLOCATED',
        conflicts: expect.arrayContaining([
          expect.objectContaining({
            holder: expect.objectContaining({ provider: 'aws', resourceType: 'subnet' }),
          }),
        ]),
      });
      expect(overlaps.overlaps.nodes[0]).toMatchObject({
        cidr: expect.stringMatching(/^10\./),
        conflicts: { nodes: [{ via: [{ how: 'TRANSIT_GATEWAY' }] }] },
      });
      expect(BigInt(capacity.pool.capacity.total)).toBe(2n ** 21n + 2n ** 20n);

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
      const vpcs = vpcsJson({ id: 'vpc-1', cidrs: ['10.1.0.0/16'] });
      const files: Record<string, [string, RegExp]> = {
        'truncated.json': [vpcs.slice(0, -30), /truncated\.json: .*the file is cut off/],
        'empty.json': ['', /empty\.json: the file is empty/],
        'other.json': ['{ "Reservations": [] }', /other\.json: .*has neither Vpcs nor Subnets/],
      };
      for (const [name, [text, message]] of Object.entries(files)) {
        writeFileSync(join(scratch.path, name), text);
        const demo = runDemo(temporary, '--exit', '--aws', join(scratch.path, name));
        expect(await demo.ended).toEqual({ code: 2, signal: null });
        expect(demo.stderr()).toMatch(message);
        expect(leftIn(temporary)).toEqual([]);
      }

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
  let file: string;

  beforeAll(async () => {
    keep = join(scratch.path, 'kept');
    file = join(scratch.path, 'vpcs.json');
    writeFileSync(
      file,
      vpcsJson(
        {
          id: 'vpc-1',
          cidrs: ['10.0.0.0/16', '100.64.0.0/18'],
          ipv6: '2400:6500:8c5f:4a00::/56',
          tags: { Name: 'shop' },
        },
        { id: 'vpc-2', cidrs: ['10.0.128.0/17'] },
        { id: 'vpc-3', cidrs: ['172.31.0.0/16'], isDefault: true },
        { id: 'vpc-4', cidrs: ['10.1.0.0/20'], gone: ['10.2.0.0/20'] },
      ),
    );
    const options = { keep, files: [file], region: 'eu-west-1', discover: false };
    demo = await startDemo(options, { env: {}, terminal: silent });
  }, PATIENCE_MS);
  afterAll(() => demo?.stop(), PATIENCE_MS);

  it('adopts what lies in a pool, and tells of the rest', () => {
    const { counts, rows } = demo.report!;
    expect(counts).toEqual({ adopted: 4, present: 0, conflicting: 1, outside: 1, invalid: 0, skipped: 1 });
    expect(rows.conflicting).toMatchObject([
      { cidr: '10.0.128.0/17', with: [{ holder: { resourceId: 'vpc-1' } }] },
    ]);
    expect(rows.outside).toMatchObject([{ cidr: '172.31.0.0/16' }]);
    expect(rows.skipped).toMatchObject([{ cidr: '10.2.0.0/20', reason: 'its state is "disassociated"' }]);
  });

  it('hands out a CIDR that overlaps nothing in the files', () => {
    const inUse = PrefixSet.of(['10.0.0.0/16', '10.1.0.0/20'].map((cidr) => Prefix.must(cidr)));
    const { cidr, pool, avoided } = demo.handedOut!;
    expect([pool, avoided]).toEqual(['eu-west-1', 6]);
    expect(inUse.overlaps(Prefix.must(cidr))).toBe(false);
  });

  itWhen(hasAws, 'needs the commands aws and moto_server')(
    'reads what the aws command prints',
    async () => {
      const real = join(scratch.path, 'real.json');
      writeFileSync(real, await describedByAws());
      const answer = jsonOf(await runCli(demo.url, 'import', 'aws', real, '--json', '--token', demo.token));
      expect(answer.rows.adopted.map(({ cidr }: { cidr: string }) => cidr)).toEqual([
        '10.121.0.0/16',
        '10.122.0.0/20',
        expect.stringMatching(/^2400:6500:.*\/56$/),
      ]);
      expect(answer.rows.conflicting.map(({ cidr }: { cidr: string }) => cidr)).toEqual(['10.121.128.0/17']);
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
        file,
      );
      expect(await again.ended).toEqual({ code: 0, signal: null });
      const answer = JSON.parse(again.stdout()) as Pick<Demo, 'token' | 'handedOut'> & {
        import: NonNullable<Demo['report']>;
      };
      expect(answer.token).toBe(demo.token);
      expect(answer.import.counts).toEqual({ ...demo.report!.counts, adopted: 0, present: 4 });
      expect(answer.handedOut!.cidr).not.toBe(demo.handedOut!.cidr);
      expect(leftIn(temporary)).toEqual([]);
    },
    PATIENCE_MS,
  );
});

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
      '10.121.0.0/16',
      '--amazon-provided-ipv6-cidr-block',
      ...named,
      ...id,
      'Vpc.VpcId',
    );
    const associate = ['associate-vpc-cidr-block', '--vpc-id', first, '--cidr-block'];
    await ec2(...associate, '10.122.0.0/20');
    const gone = await ec2(...associate, '10.123.0.0/20', ...id, 'CidrBlockAssociation.AssociationId');
    await ec2('disassociate-vpc-cidr-block', '--association-id', gone);
    await ec2('create-vpc', '--cidr-block', '10.121.128.0/17');
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
