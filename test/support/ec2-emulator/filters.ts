import { AwsError } from './answer-error.js';

interface Filter {
  readonly Name?: string;
  readonly Values?: readonly string[];
}

/** Filter names and the member they look at. AWS has more; one that is not here is an error, never ignored. */
const MEMBERS: Readonly<Record<string, string>> = {
  'vpc-id': 'VpcId',
  'subnet-id': 'SubnetId',
  'network-interface-id': 'NetworkInterfaceId',
  'interface-type': 'InterfaceType',
  'owner-id': 'OwnerId',
  'cidr-block': 'CidrBlock',
  'availability-zone': 'AvailabilityZone',
  'is-default': 'IsDefault',
  state: 'State',
  status: 'Status',
  type: 'Type',
  key: 'Key',
  value: 'Value',
  'resource-id': 'ResourceId',
  'resource-type': 'ResourceType',
  'resource-owner-id': 'ResourceOwnerId',
  'prefix-list-id': 'PrefixListId',
  'prefix-list-name': 'PrefixListName',
  'transit-gateway-id': 'TransitGatewayId',
  'transit-gateway-attachment-id': 'TransitGatewayAttachmentId',
  'transit-gateway-route-table-id': 'TransitGatewayRouteTableId',
  'instance-id': 'InstanceId',
};

/** Objects that match every filter; a filter matches with any of its values, `*` and `?` as wildcards. */
export function filtered(objects: readonly object[], filters: unknown): readonly object[] {
  if (!Array.isArray(filters) || filters.length === 0) return objects;
  const tests = (filters as readonly Filter[]).map(testOf);
  return objects.filter((object) => tests.every((test) => test(object as Record<string, unknown>)));
}

function testOf({
  Name: name = '',
  Values: values = [],
}: Filter): (object: Record<string, unknown>) => boolean {
  const patterns = values.map(pattern);
  const matches = (value: string) => patterns.some((one) => one.test(value));
  const tags = (object: Record<string, unknown>) =>
    (object['Tags'] ?? object['TagSet'] ?? []) as readonly { Key?: string; Value?: string }[];
  if (name.startsWith('tag:')) {
    const key = name.slice('tag:'.length);
    return (object) => tags(object).some(({ Key, Value }) => Key === key && matches(Value ?? ''));
  }
  if (name === 'tag-key') return (object) => tags(object).some(({ Key }) => matches(Key ?? ''));
  const member = MEMBERS[name];
  if (member === undefined)
    throw new AwsError(400, 'InvalidParameterValue', `The filter '${name}' is invalid`);
  return (object) => object[member] !== undefined && matches(String(object[member]));
}

function pattern(value: string): RegExp {
  const escaped = value.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's');
}
