import { createServer } from 'node:http';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { jsonOf, runCli } from '../support/cli-run.js';
import { scratchFolder } from '../support/postgres-scratch.js';
import { bootService, type Data, type TestService } from '../support/service.js';

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
function file(text: string): string {
  const path = join(scratch.path, `rows-${++files}.csv`);
  writeFileSync(path, text);
  return path;
}

async function importCsv(domain: string, text: string, ...args: string[]): Promise<Data> {
  return jsonOf(
    await runCli(service.url, 'import', 'csv', '--json', '--routing-domain', domain, file(text), ...args),
  );
}

/** A root of its own. */
async function root(cidr = '10.0.0.0/8'): Promise<{ id: string; name: string; domain: string }> {
  const domain = (await service.routingDomain()).name as string;
  return { ...(await service.pool({ cidrs: [cidr], routingDomain: domain })), domain };
}

async function allocationsOf(pool: string): Promise<Data[]> {
  const { allocations } = await service.query(
    `query ($pool: ID!) { allocations(filter: { pool: $pool }, first: 1000) { nodes {
      cidr status key description tags { key value }
      holder { provider account region resourceType resourceId routingDomain contact } } } }`,
    { pool },
  );
  return allocations.nodes;
}

describe('cadastre import csv', () => {
  it.each([
    [',', '\ufeff', '\n'],
    [';', '', '\r\n'],
    ['\t', '', '\n'],
    ['|', '\ufeff', '\r\n'],
  ])('reads all columns, delimited by %j', async (delimiter, start, newline) => {
    const { domain, id } = await root();
    const header =
      'CIDR,Key,Status,Description,Tags,tag:Team,provider,account,region,Resource Type,resource-id,routing_domain,contact';
    const row = [
      '10.1.0.0/24',
      'k',
      'reserved',
      `"two${newline}lines, ""quoted"""`,
      '"a=b;c=d=e;f"',
      'net',
      'aws',
      '0123',
      'eu',
      'vpc',
      'vpc-1',
      'd',
      'a@b',
    ];
    const text = start + [header.split(',').join(delimiter), row.join(delimiter), ''].join(newline);
    const answer = await importCsv(domain, text);
    expect(answer).toMatchObject({ format: 'cadastre', counts: { adopted: 1 } });
    const expected = {
      cidr: '10.1.0.0/24',
      status: 'RESERVED',
      key: 'k',
      description: `two${newline}lines, "quoted"`,
      tags: [
        { key: 'Team', value: 'net' },
        { key: 'a', value: 'b' },
        { key: 'c', value: 'd=e' },
        { key: 'f', value: '' },
      ],
      holder: {
        provider: 'aws',
        account: '0123',
        region: 'eu',
        resourceType: 'vpc',
        resourceId: 'vpc-1',
        routingDomain: 'd',
        contact: 'a@b',
      },
    };
    expect(await allocationsOf(id)).toEqual([expected]);
    expect((await importCsv(domain, text)).counts).toMatchObject({ adopted: 0, present: 1 });
    expect(await allocationsOf(id)).toEqual([expected]);
  });

  it('puts a row into the deepest pool that is larger, and what a child is made of into the pool above', async () => {
    const { domain, id, name } = await root();
    const source = await service.allocation({ pool: id, prefixLength: undefined, cidr: '10.1.0.0/16' });
    const child = await service.call('createPool', {
      input: { name: `child of ${name}`, fromAllocations: [source.id] },
    });
    const answer = await importCsv(domain, 'cidr\n10.1.2.0/24\n10.2.0.0/24\n10.1.0.0/16\n');
    expect(answer.counts).toMatchObject({ adopted: 2, present: 1 });
    expect((await allocationsOf(child.id)).map(({ cidr }) => cidr)).toEqual(['10.1.2.0/24']);
    expect((await allocationsOf(id)).map(({ cidr }) => cidr)).toEqual(['10.1.0.0/16', '10.2.0.0/24']);
  });

  it('reads what NetBox exports of prefixes, in either way', async () => {
    const { domain, id } = await root();
    const template = `id,prefix,vrf,tenant,site,vlan_group,vlan,status,role,is_pool,mark_utilized,description
1,10.0.0.0/16,,,,,,container,,False,False,All
2,10.0.1.0/24,legacy,Acme,ams,,,active,servers,False,False,Web
3,10.0.2.0/24,,,,,,reserved,,False,False,
`;
    const answer = await importCsv(domain, template);
    expect(answer).toMatchObject({ format: 'netbox', counts: { adopted: 2, skipped: 1, invalid: 0 } });
    expect(answer.rows.skipped[0]).toMatchObject({
      cidr: '10.0.0.0/16',
      reason: expect.stringContaining('container'),
    });
    expect((await allocationsOf(id))[0]).toMatchObject({
      cidr: '10.0.1.0/24',
      description: 'Web',
      holder: { resourceType: 'netbox-prefix', resourceId: '2', routingDomain: 'legacy', contact: 'Acme' },
      tags: [
        { key: 'role', value: 'servers' },
        { key: 'site', value: 'ams' },
        { key: 'status', value: 'active' },
        { key: 'tenant', value: 'Acme' },
      ],
    });
    const view =
      'Prefix,Status,Children,VRF,Utilization,Tenant,Scope,VLAN,Role,Description\n10.0.3.0/24,Active,0,—,0,—,—,—,—,—\n';
    expect((await importCsv(domain, view)).counts).toMatchObject({ adopted: 1 });
    expect((await allocationsOf(id)).at(-1)).toMatchObject({
      cidr: '10.0.3.0/24',
      description: '',
      tags: [{ key: 'status', value: 'Active' }],
    });
  });

  it('reads what NetBox exports of addresses: the address alone counts', async () => {
    const { domain, id } = await root();
    const text =
      'address,vrf,tenant,status,role,device,virtual_machine,interface,is_primary,dns_name,description\n10.0.0.5/24,,,active,,,,,False,www.example.com,\n10.0.0.300/24,,,active,,,,,False,,\n';
    const answer = await importCsv(domain, text);
    expect(answer).toMatchObject({ format: 'netbox', counts: { adopted: 1, invalid: 1 } });
    expect(await allocationsOf(id)).toMatchObject([{ cidr: '10.0.0.5/32', description: 'www.example.com' }]);
  });

  it('reads what phpIPAM exports of subnets', async () => {
    const { domain, id } = await root();
    const text = `Section,Subnet,Description,VLAN,VLAN Domain,VRF,Master Subnet,Requests,Host check,Discover
Offices,Europe (folder),Europe,,,,/,0,0,0
Offices,10.0.0.0/16,All offices,NA,default,,Europe [folder],0,0,0
Offices,10.0.1.0/24,Berlin,12,default,red,10.0.0.0/16,0,0,0
`;
    const master = text.replace(',red,', ',,');
    const answer = await importCsv(domain, master);
    expect(answer).toMatchObject({ format: 'phpipam', counts: { adopted: 1, skipped: 2, invalid: 0 } });
    expect(await allocationsOf(id)).toMatchObject([
      {
        cidr: '10.0.1.0/24',
        description: 'Berlin',
        tags: [
          { key: 'section', value: 'Offices' },
          { key: 'vlan', value: '12' },
          { key: 'vlan-domain', value: 'default' },
        ],
      },
    ]);
    const separate = 'Section,Subnet,Mask,Description\nA,10.3.0.0,24,x\n';
    expect((await importCsv(domain, separate)).counts).toMatchObject({ adopted: 1 });
  });

  it('tells beforehand what would happen, also between rows', async () => {
    const { domain, name } = await root();
    await service.allocation({ pool: name, prefixLength: undefined, cidr: '10.9.0.0/24', key: 'taken' });
    const rows = [
      '10.0.0.0/24,a',
      '10.0.0.0/25,b',
      '10.9.0.128/25,c',
      '10.8.0.0/24,taken',
      '10.9.0.0/24,taken',
      '10.1.0.0/16,d',
      '10.1.2.0/24,e',
    ];
    const text = ['cidr,key', ...rows].join('\n');
    const dry = await importCsv(domain, text, '--dry-run');
    expect((await allocationsOf(name)).length).toBe(1);
    const real = await importCsv(domain, text);
    expect(real.counts).toEqual({
      adopted: 2,
      present: 1,
      conflicting: 4,
      outside: 0,
      invalid: 0,
      skipped: 0,
    });
    expect(dry.counts).toEqual(real.counts);
  });

  it('tells of a row that its pool does not contain, and of one that another key has, also beforehand', async () => {
    const { domain, name } = await root();
    const { name: other } = await service.pool({ cidrs: ['172.16.0.0/12'], routingDomain: domain });
    const text = `cidr,pool,key\n10.60.0.0/24,${name},A\n10.60.0.0/24,${name},B\n10.61.0.0/24,${other},\n`;
    const expected = { adopted: 1, present: 0, conflicting: 1, outside: 1 };
    expect((await importCsv(domain, text, '--dry-run')).counts).toMatchObject(expected);
    expect((await importCsv(domain, text)).counts).toMatchObject(expected);
    expect((await importCsv(domain, text)).counts).toMatchObject({ ...expected, adopted: 0, present: 1 });
    expect((await importCsv(domain, text, '--dry-run')).counts).toMatchObject({
      ...expected,
      adopted: 0,
      present: 1,
    });
  });

  it('goes on over batches, waits for a service that goes away, and ends with 32 where it stays away', async () => {
    const { domain, name } = await root();
    const rows = Array.from({ length: 2500 }, (_, i) => `10.${i >> 8}.${i & 255}.0/24,key ${i}`);
    const path = file(['cidr,key', ...rows].join('\n'));
    const proxy = await faultyProxy(service.url);
    try {
      proxy.failAfter(2, 3);
      const run = await runCli(proxy.url, 'import', 'csv', '--json', '--routing-domain', domain, path);
      expect(jsonOf(run).counts.adopted + jsonOf(run).counts.present).toBe(2500);
      expect(run.exit).toBe(0);
      expect(proxy.failed()).toBe(3);
    } finally {
      proxy.close();
    }
    const gone = await runCli('http://127.0.0.1:1', 'import', 'csv', '--json', path);
    expect([gone.exit, gone.stdout]).toEqual([32, '']);
    expect((await importCsv(domain, ['cidr,key', ...rows].join('\n'))).counts.present).toBe(2500);
    const { allocations } = await service.query(
      'query ($pool: ID!) { allocations(filter: { pool: $pool }, first: 1) { totalCount } }',
      { pool: name },
    );
    expect(allocations.totalCount).toBe(2500);
  });
});

/** Passes on to a service; some answers are lost after it gave them. */
async function faultyProxy(target: string) {
  let seen = 0;
  let from = Infinity;
  let left = 0;
  let failed = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { authorization = '' } = request.headers;
      fetch(`${target}${request.url}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization },
        body: Buffer.concat(chunks),
      })
        .then(async (answer) => {
          const text = await answer.text();
          if (++seen > from && left > 0) {
            left--;
            failed++;
            response.writeHead(503).end('busy');
          } else response.writeHead(answer.status, { 'content-type': 'application/json' }).end(text);
        })
        .catch(() => response.destroy());
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** After so many answers, so many are lost. */
    failAfter(answers: number, lost: number): void {
      from = answers;
      left = lost;
    },
    failed: () => failed,
    close: () => void server.close(),
  };
}
