import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ObservedPage, Scope } from '../../domain/cloud.js';
import type { ObservedKind } from '../../domain/observed.js';
import { ACTIONS } from './actions.js';
import { AwsCloud } from './aws-cloud.js';

/** Answers that no honest endpoint gives. By action: status and body. */
let answers: Record<string, (body: URLSearchParams) => [number, string]> = {};
/** The one honest answer: whose credentials these are. */
const CALLER =
  '<GetCallerIdentityResponse><GetCallerIdentityResult><Account>111122223333</Account></GetCallerIdentityResult></GetCallerIdentityResponse>';
let server: Server;
let cloud: AwsCloud;

beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = new URLSearchParams(Buffer.concat(chunks).toString());
      const action = body.get('Action')!;
      const [status, xml] = action === 'GetCallerIdentity' ? [200, CALLER] : answers[action]!(body);
      response.writeHead(status, { 'content-type': 'text/xml' }).end(xml);
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  cloud = new AwsCloud({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    identity: { accessKeyId: 'a', secretAccessKey: 'b' },
    attempts: 2,
    pauseMilliseconds: 1,
    callsPerSecond: 100,
  });
});
afterAll(async () => {
  await cloud.close();
  server.close();
  server.closeAllConnections();
});

const scope: Scope = { id: 1, account: '111122223333', region: 'eu-west-1', roleArn: null, externalId: null };

async function ids(kind: ObservedKind): Promise<string[]> {
  const pages: ObservedPage[] = [];
  for await (const page of cloud.list(scope, kind, new AbortController().signal, () => {})) pages.push(page);
  return pages.flatMap(({ objects }) => objects.map(({ id }) => id));
}

const igw = (id: string, next: string) =>
  `<R><internetGatewaySet><item><internetGatewayId>${id}</internetGatewayId></item></internetGatewaySet><nextToken>${next}</nextToken></R>`;

it('ends a list whose pages go round in a circle', async () => {
  const following: Record<string, string> = { '': 'a', a: 'b', b: 'a' };
  answers = {
    DescribeInternetGateways: (body) => [200, igw('igw-1', following[body.get('NextToken') ?? '']!)],
  };
  await expect(ids('internet_gateway')).rejects.toMatchObject({
    reason: 'MALFORMED',
    message: expect.stringContaining('a page token came for the second time') as string,
  });
});

it.each([
  ['without its list', '<R><requestId>x</requestId></R>'],
  ['with an item without an id', '<R><internetGatewaySet><item/></internetGatewaySet></R>'],
  ['in HTML', '<html><body>Welcome to the captive portal<br></body></html>'],
  ['in JSON', '{}'],
])('takes no good answer %s for an empty list', async (_, body) => {
  answers = { DescribeInternetGateways: () => [200, body] };
  await expect(ids('internet_gateway')).rejects.toMatchObject({
    name: 'ListFailedError',
    reason: 'MALFORMED',
  });
});

it('leaves out what went away between its head and its parts', async () => {
  const owner = '<ownerId>111122223333</ownerId>';
  answers = {
    DescribeManagedPrefixLists: () => [
      200,
      `<R><prefixListSet><item><prefixListId>pl-1</prefixListId>${owner}</item><item><prefixListId>pl-2</prefixListId>${owner}</item></prefixListSet></R>`,
    ],
    GetManagedPrefixListEntries: (body) =>
      body.get('PrefixListId') === 'pl-2'
        ? [200, '<R><entrySet><item><cidr>10.0.0.0/8</cidr></item></entrySet></R>']
        : [
            400,
            '<Response><Errors><Error><Code>InvalidPrefixListID.NotFound</Code><Message>gone</Message></Error></Errors></Response>',
          ],
  };
  expect(await ids('prefix_list')).toEqual(['pl-2']);
});

it('takes no list that is "not found" for an empty one', async () => {
  const body =
    '<Response><Errors><Error><Code>InvalidVpcID.NotFound</Code><Message>?</Message></Error></Errors></Response>';
  answers = { DescribeInternetGateways: () => [400, body], DescribeManagedPrefixLists: () => [400, body] };
  for (const kind of ['internet_gateway', 'prefix_list'] as const) {
    await expect(ids(kind)).rejects.toMatchObject({ reason: 'UNAVAILABLE' });
  }
});

it('fails, rather than skips, an object whose CIDR is none', async () => {
  answers = {
    DescribeVpcs: () => [
      200,
      '<R><vpcSet><item><vpcId>vpc-1</vpcId><cidrBlock>10.0.0.0/33</cidrBlock></item></vpcSet></R>',
    ],
  };
  await expect(ids('vpc')).rejects.toMatchObject({
    reason: 'MALFORMED',
    message: expect.stringContaining('"10.0.0.0/33" is no CIDR') as string,
  });
});

it('asks for nothing that docs/aws-permissions.md does not name', () => {
  const named = readFileSync('docs/aws-permissions.md', 'utf8').match(/(?<=ec2:)\w+/g)!;
  expect(named).toEqual([...new Set(Object.values(ACTIONS).map(({ name }) => name))].sort());
});
