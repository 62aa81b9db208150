import { closeSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { subnetsJson, vpcElement, vpcsJson } from '../support/aws-export.js';
import { type CliRun, jsonOf, runCli } from '../support/cli-run.js';
import { scratchFolder } from '../support/postgres-scratch.js';
import { bootService, type TestService } from '../support/service.js';

const MEGABYTE = 1_000_000;
/** A million rows on a busy machine. */
const MANY_ROWS_MS = 180_000;

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
function file(content: string | Buffer): string {
  const path = join(scratch.path, `hostile-${++files}`);
  writeFileSync(path, content);
  return path;
}

/** Much of the same, written piece by piece. */
function large(start: string, piece: string, times: number, end = ''): string {
  const path = join(scratch.path, `large-${++files}`);
  const handle = openSync(path, 'w');
  writeSync(handle, start);
  for (let i = 0; i < times; i++) writeSync(handle, piece);
  writeSync(handle, end);
  closeSync(handle);
  return path;
}

const run = (...args: string[]): Promise<CliRun> => runCli(service.url, 'import', ...args);
const allocations = async (): Promise<number> =>
  (await service.query('{ allocations(first: 1) { totalCount } }')).allocations.totalCount;

const vpcs = vpcsJson({ id: 'vpc-1', cidrs: ['10.0.0.0/16'] });

describe('a file that cannot be imported', () => {
  const aws: [string, () => string, RegExp][] = [
    ['is cut off', () => file(vpcs.slice(0, -40)), /the file is cut off/],
    ['is cut off in a text', () => file(vpcs.slice(0, vpcs.indexOf('default'))), /describe-subnets.*:/],
    ['is empty', () => file(''), /the file is empty/],
    ['is missing', () => join(scratch.path, 'missing.json'), /cannot be read: ENOENT/],
    ['is a folder', () => scratch.path, /is a folder/],
    ['is UTF-16', () => file(Buffer.from(`\ufeff${vpcs}`, 'utf16le')), /is UTF-16 text: save it as UTF-8/],
    ['is UTF-16 without a mark', () => file(Buffer.from(vpcs, 'utf16le')), /is UTF-16 text/],
    [
      'is Latin-1',
      () => file(Buffer.from(vpcs.replace('default', 'défaut'), 'latin1')),
      /line \d+ is no UTF-8/,
    ],
    ['has NUL bytes', () => file(`${vpcs}\0\0\0`), /has a NUL character/],
    ['is an array', () => file(`[${vpcs}]`), /does not begin with "\{"; was it made with --query/],
    ['is something else', () => file('{"Reservations":[]}'), /has neither Vpcs nor Subnets/],
    ['has an object for an array', () => file('{"Vpcs":{"a":{"VpcId":"vpc-1"}}}'), /Vpcs is no array/],
    ['is deep', () => large('{"Vpcs":', '['.repeat(1000), 1000), /nested more than 32 deep/],
    [
      'has a line of 100 MB',
      () => large('{"Vpcs":[{"VpcId":"', 'x'.repeat(MEGABYTE), 100, '"}]}'),
      /no VPC or subnet ends within 4,194,304 bytes/,
    ],
    ['is a table', () => file('VPCS\tdefault\n'), /describe-vpcs/],
  ];
  it.each(aws)('aws: %s', async (_, make, message) => {
    const before = await allocations();
    const { exit, stdout, stderr } = await run('aws', file(vpcs), make());
    expect([exit, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
    expect(stderr.length).toBeLessThan(1000);
    expect(await allocations()).toBe(before);
  });

  const csv: [string, () => string, RegExp][] = [
    [
      'has a quote that is never closed',
      () => file('cidr,key\n10.0.0.0/24,"a\n10.0.1.0/24,b\n'),
      /line 2: a quote is opened and never closed/,
    ],
    [
      'has a line of 100 MB',
      () => large('cidr\n', 'x'.repeat(MEGABYTE), 100),
      /line 2 has more than 1,048,576 bytes/,
    ],
    [
      'has no column cidr',
      () => file('network,mask\n10.0.0.0,24\n'),
      /has no column "cidr"; it has "network", "mask"/,
    ],
    [
      'has an unknown column',
      () => file('cidr,colour\n10.0.0.0/24,red\n'),
      /nothing is known of the column "colour": take it out, or call it tag:colour/,
    ],
    ['has a column twice', () => file('cidr,key,KEY\n10.0.0.0/24,a,b\n'), /the column "KEY" is there twice/],
    ['is UTF-16', () => file(Buffer.from('\ufeffcidr\n10.0.0.0/24\n', 'utf16le')), /is UTF-16/],
    ['has NUL bytes', () => file('cidr\n10.0.0.0/24\n\0\0'), /line 3 has a NUL character/],
  ];
  it.each(csv)('csv: %s', async (_, make, message) => {
    const before = await allocations();
    const { exit, stdout, stderr } = await run('csv', make());
    expect([exit, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
    expect(await allocations()).toBe(before);
  });
});

describe('rows that cannot be imported', () => {
  it('are told with what to write in their place, and the others are imported', async () => {
    const { name } = await service.pool({ cidrs: ['10.0.0.0/8'] });
    const rows = [
      ['10.0.0.0/24', 'good'],
      ['10.0.0.5/24', 'host bits'],
      ['10.0.0.0/33', 'too long'],
      ['10.1.0.0/255.255.255.0', 'mask'],
      ['10.2.0.0 - 10.2.0.255', 'range'],
      ['10.3.0.1', 'address'],
      ['167772160', 'number'],
      ['', 'nothing'],
      ['11.0.0.0/24', 'outside'],
      ['10.0.0.128/25', 'inside'],
      ['10.0.0.0/24', 'good'],
      ['10.4.0.0/24', 'x'.repeat(600)],
      ['=cmd|calc!A1', 'formula'],
    ];
    const text = [
      'pool,cidr,key,description',
      ...rows.map(([cidr, key]) => `${name},${cidr},${key},=cmd|' /C calc'!A1`),
    ];
    const report = join(scratch.path, 'rows.ndjson');
    const answer = jsonOf(await run('csv', '--json', file(text.join('\n')), '--report', report));
    expect(answer.counts).toEqual({
      adopted: 1,
      present: 0,
      conflicting: 1,
      outside: 1,
      invalid: 9,
      skipped: 0,
    });
    expect(answer.repeated).toBe(1);
    const told = readFileSync(report, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(told.filter(({ fate }) => fate === 'invalid').map(({ at, todo }) => [at, todo])).toEqual([
      ['line 3', 'Write 10.0.0.0/24.'],
      ['line 4', expect.stringContaining('10.0.0.0/24 or')],
      ['line 5', 'Write 10.1.0.0/24.'],
      ['line 6', 'Write 10.2.0.0/24.'],
      ['line 7', 'Write 10.3.0.1/32.'],
      ['line 8', expect.stringContaining('10.0.0.0/24 or')],
      ['line 9', expect.stringContaining('10.0.0.0/24 or')],
      ['line 13', 'Shorten or mend it.'],
      ['line 14', expect.stringContaining('10.0.0.0/24 or')],
    ]);
    const { allocations } = await service.query(
      'query ($pool: ID!) { allocations(filter: { pool: $pool }) { nodes { cidr key description } } }',
      { pool: name },
    );
    expect(allocations.nodes).toEqual([
      { cidr: '10.0.0.0/24', key: 'good', description: "=cmd|' /C calc'!A1" },
    ]);
  });

  it('are told of an AWS export, and the others are imported', async () => {
    const { domain } = await scope('10.0.0.0/8');
    const good = vpcElement({ id: 'vpc-a1', cidrs: ['10.0.0.0/16'] });
    const elements = [
      good,
      { ...good, VpcId: 7 },
      { ...good, VpcId: 'vpc-a2', OwnerId: 'me' },
      { ...good, VpcId: 'vpc-a3', CidrBlockAssociationSet: [{ CidrBlock: '10.1.5.5/16' }] },
      { ...good, VpcId: 'vpc-a4', Tags: 'none' },
      { ...vpcElement({ id: 'vpc-a5', cidrs: ['10.5.0.0/16'] }), OwnerId: 12345678901 },
      'vpc',
      null,
    ];
    const subnets = subnetsJson(
      { id: 'subnet-a1', vpc: 'vpc-a3', cidr: '10.1.0.0/24' },
      { id: 'subnet-a2', vpc: 'vpc-a1', cidr: '10.9.0.0/24' },
    );
    const text = `${JSON.stringify({ Vpcs: elements })}${subnets}`;
    const answer = jsonOf(await run('aws', '--json', '--routing-domain', domain, file(`\ufeff${text}`)));
    expect(answer.counts).toMatchObject({ adopted: 2, conflicting: 0, outside: 0, invalid: 8 });
    expect(
      answer.rows.invalid.map(
        ({ place, reason }: { place: { at: string }; reason: string }) => `${place.at}: ${reason}`,
      ),
    ).toEqual([
      expect.stringMatching(/^Vpcs\[1\]: VpcId is "7"/),
      expect.stringMatching(/^Vpcs\[2\]: OwnerId is "me"/),
      expect.stringMatching(/^Vpcs\[3\]: "10\.1\.5\.5\/16" is no CIDR: .*10\.1\.0\.0\/16/),
      'Vpcs[4]: Tags is no array',
      'Vpcs[6]: is no object',
      'Vpcs[7]: is no object',
      'Subnets[0]: its VPC vpc-a3 cannot be imported',
      expect.stringMatching(/^Subnets\[1\]: it lies in no CIDR of its VPC vpc-a1/),
    ]);
    const { allocations } = await service.query(
      '{ allocations(filter: { holder: { resourceId: "vpc-a5" } }) { nodes { holder { account } } } }',
    );
    expect(allocations.nodes).toEqual([{ holder: { account: '012345678901' } }]);
  });

  it(
    'are counted, however many there are, in bounded memory',
    async () => {
      const before = process.memoryUsage().rss;
      const many = large('cidr,key\n', '10.0.0.300/24,bad\n'.repeat(10_000), 100);
      const { exit, stdout } = await run('csv', '--json', many);
      const answer = JSON.parse(stdout);
      expect([exit, answer.counts.invalid, answer.rows.invalid.length]).toEqual([3, 1_000_000, 20]);
      expect(process.memoryUsage().rss - before).toBeLessThan(200 * MEGABYTE);
    },
    MANY_ROWS_MS,
  );

  it('reports what copies of one resource say against each other, and cuts tags to their limits', async () => {
    const { domain } = await scope('10.0.0.0/8');
    const tags = Object.fromEntries(
      Array.from({ length: 60 }, (_, index) => [`key ${index}`, 'v'.repeat(300)]),
    );
    const first = vpcsJson(
      { id: 'vpc-b1', cidrs: ['10.0.0.0/16'] },
      { id: 'vpc-b2', cidrs: ['10.1.0.0/16'], tags },
    );
    const second = vpcsJson(
      { id: 'vpc-b1', cidrs: ['10.7.0.0/16'] },
      { id: 'vpc-b2', cidrs: ['10.1.0.0/16'] },
    );
    const answer = jsonOf(await run('aws', '--json', '--routing-domain', domain, file(first), file(second)));
    expect(answer.counts).toMatchObject({ adopted: 1, invalid: 1 });
    expect(answer.rows.invalid[0]).toMatchObject({
      what: 'vpc-b1',
      reason: expect.stringContaining('different things'),
    });
    expect([answer.repeated, answer.warningCount]).toEqual([2, 60]);
    expect(answer.warnings[0]).toContain('vpc-b2: the value of the tag "key 0" was cut');
  });

  it('says what pools the file needs where there is none', async () => {
    const own = await bootService();
    try {
      const path = file(vpcsJson({ id: 'vpc-1', cidrs: ['10.0.0.0/17', '10.0.128.0/17'] }));
      const answer = await runCli(own.url, 'import', 'aws', path);
      expect(answer.exit).toBe(3);
      expect(answer.stdout).toMatch(/10\.0\.0\.0\/16/);
      expect(answer.stdout).toMatch(/cadastre pool create NAME --cidr/);
    } finally {
      await own.stop();
    }
  });
});

async function scope(cidr: string): Promise<{ domain: string }> {
  const domain = (await service.routingDomain()).name as string;
  await service.pool({ cidrs: [cidr], routingDomain: domain });
  return { domain };
}
