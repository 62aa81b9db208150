import {
  DescribeCustomerGatewaysCommand,
  DescribeInternetGatewaysCommand,
  DescribeManagedPrefixListsCommand,
  DescribeNatGatewaysCommand,
  DescribeNetworkInterfacesCommand,
  DescribeRouteTablesCommand,
  DescribeSubnetsCommand,
  DescribeTagsCommand,
  DescribeTransitGatewayAttachmentsCommand,
  DescribeTransitGatewayRouteTablesCommand,
  DescribeTransitGatewaysCommand,
  DescribeVpcEndpointsCommand,
  DescribeVpcPeeringConnectionsCommand,
  DescribeVpcsCommand,
  DescribeVpnConnectionsCommand,
  DescribeVpnGatewaysCommand,
  EC2Client,
  GetManagedPrefixListEntriesCommand,
  GetSubnetCidrReservationsCommand,
  GetTransitGatewayRouteTableAssociationsCommand,
  GetTransitGatewayRouteTablePropagationsCommand,
  SearchTransitGatewayRoutesCommand,
} from '@aws-sdk/client-ec2';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { Agent } from 'node:http';

/*
 * The reference of bench discovery, a process of its own: reads the pages that a sweep reads with the SDK as it comes,
 * counts the objects and stores nothing. Its argument is {"url", "accounts", "regions", "role"}; it prints the counts and
 * the CPU time that it took.
 */

interface Task {
  readonly url: string;
  readonly accounts: readonly string[];
  readonly regions: readonly string[];
  readonly role: string;
}

type Answer = { NextToken?: string } & Record<string, unknown>;
type Command = new (input: never) => object;

const KEY = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret' };
const SCOPES_AT_ONCE = 16;
const BUSINESS_TAGS = { Filters: [{ Name: 'resource-type', Values: ['instance'] }] };
const ALL_ROUTES = { Filters: [{ Name: 'state', Values: ['active', 'blackhole'] }] };

/** Each list, its largest page where the action takes one, and the member that holds the objects. */
const LISTS: readonly (readonly [Command, number | null, string, object?])[] = [
  [DescribeVpcsCommand, 1000, 'Vpcs'],
  [DescribeRouteTablesCommand, 100, 'RouteTables'],
  [DescribeVpcPeeringConnectionsCommand, 1000, 'VpcPeeringConnections'],
  [DescribeTransitGatewaysCommand, 1000, 'TransitGateways'],
  [DescribeTransitGatewayAttachmentsCommand, 1000, 'TransitGatewayAttachments'],
  [DescribeVpnGatewaysCommand, null, 'VpnGateways'],
  [DescribeVpnConnectionsCommand, null, 'VpnConnections'],
  [DescribeCustomerGatewaysCommand, null, 'CustomerGateways'],
  [DescribeNatGatewaysCommand, 1000, 'NatGateways'],
  [DescribeVpcEndpointsCommand, 1000, 'VpcEndpoints'],
  [DescribeInternetGatewaysCommand, 1000, 'InternetGateways'],
  [DescribeNetworkInterfacesCommand, 1000, 'NetworkInterfaces'],
  [DescribeTagsCommand, 1000, 'Tags', BUSINESS_TAGS],
];

const task = JSON.parse(process.argv[2]!) as Task;
const counts: Record<string, number> = {};
const agent = new Agent({ keepAlive: true, maxSockets: 64 });
const requestHandler = new NodeHttpHandler({ httpAgent: agent });
const sts = new STSClient({ region: task.regions[0], endpoint: task.url, credentials: KEY, requestHandler });

async function readScope(account: string, region: string, credentials: typeof KEY): Promise<void> {
  const client = new EC2Client({ region, endpoint: task.url, credentials, requestHandler });
  const all = async (Command: Command, most: number | null, member: string, input: object = {}) => {
    const found: Record<string, unknown>[] = [];
    let NextToken: string | undefined;
    do {
      const command = new Command({
        ...input,
        ...(most !== null && { MaxResults: most }),
        NextToken,
      } as never);
      const answer = (await client.send(command as never)) as unknown as Answer;
      const page = (answer[member] ?? []) as Record<string, unknown>[];
      counts[member] = (counts[member] ?? 0) + page.length;
      if (member !== 'NetworkInterfaces') found.push(...page);
      ({ NextToken } = answer);
    } while (NextToken);
    return found;
  };
  for (const list of LISTS) await all(...list);
  for (const { SubnetId } of await all(DescribeSubnetsCommand, 1000, 'Subnets'))
    await all(GetSubnetCidrReservationsCommand, 1000, 'SubnetIpv4CidrReservations', { SubnetId });
  for (const { PrefixListId, OwnerId } of await all(DescribeManagedPrefixListsCommand, 100, 'PrefixLists'))
    if (OwnerId !== 'AWS') await all(GetManagedPrefixListEntriesCommand, 100, 'Entries', { PrefixListId });
  const tables = await all(DescribeTransitGatewayRouteTablesCommand, 1000, 'TransitGatewayRouteTables');
  for (const { TransitGatewayRouteTableId } of tables) {
    const of = { TransitGatewayRouteTableId };
    await all(GetTransitGatewayRouteTableAssociationsCommand, 1000, 'Associations', of);
    await all(
      GetTransitGatewayRouteTablePropagationsCommand,
      1000,
      'TransitGatewayRouteTablePropagations',
      of,
    );
    await all(SearchTransitGatewayRoutesCommand, null, 'Routes', { ...of, ...ALL_ROUTES });
  }
}

async function credentialsOf(account: string): Promise<typeof KEY> {
  const { Credentials } = await sts.send(
    new AssumeRoleCommand({
      RoleArn: `arn:aws:iam::${account}:role/${task.role}`,
      RoleSessionName: 'bench',
    }),
  );
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken } = Credentials ?? {};
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
  } as typeof KEY;
}

async function* scopes(): AsyncGenerator<() => Promise<void>> {
  for (const account of task.accounts) {
    const credentials = await credentialsOf(account);
    for (const region of task.regions) yield () => readScope(account, region, credentials);
  }
}

const before = process.cpuUsage();
const waiting = scopes();
await Promise.all(
  Array.from({ length: SCOPES_AT_ONCE }, async () => {
    for (;;) {
      const { value, done } = await waiting.next();
      if (done) return;
      await value();
    }
  }),
);
const { user, system } = process.cpuUsage(before);
console.log(JSON.stringify({ counts, cpuSeconds: (user + system) / 1e6 }));
agent.destroy();
