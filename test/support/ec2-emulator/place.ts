import type {
  NetworkInterface,
  Route,
  RouteTable,
  Subnet,
  Vpc,
  VpcPeeringConnection,
} from '@aws-sdk/client-ec2';
import { freeIn, Ids, shortRegion, tagList } from './ids.js';
import { regionOf, type RegionWorld, type World } from './world.js';

export type Tags = Readonly<Record<string, string>>;

/** The dated parts of objects; nothing here depends on the clock. */
export const MADE_AT = new Date('2024-03-01T09:00:00.000Z');

/** Two `Place`s of one account and region give out different ids. */
const idsOf = new WeakMap<RegionWorld, Ids>();

/**
 * One account and region of a world: makes objects with everything that AWS would say of them, puts them into the
 * world's lists and returns them. More kinds are in `transit.ts` and `gateways.ts`.
 */
export class Place {
  readonly world: RegionWorld;
  readonly ids: Ids;

  constructor(
    of: World,
    readonly account: string,
    readonly region: string,
  ) {
    this.world = regionOf(of, account, region);
    let ids = idsOf.get(this.world);
    if (!ids) idsOf.set(this.world, (ids = new Ids(`${account} ${region}`)));
    this.ids = ids;
  }

  /** With its main route table, as AWS makes it. The first CIDR is the primary one. */
  vpc(of: {
    cidrs: readonly [string, ...string[]];
    tags?: Tags;
    ipv6?: string;
    isDefault?: boolean;
    id?: string;
  }): Vpc {
    const vpc: Vpc = {
      VpcId: of.id ?? this.ids.next('vpc'),
      OwnerId: this.account,
      InstanceTenancy: 'default',
      Ipv6CidrBlockAssociationSet: of.ipv6
        ? [
            {
              AssociationId: this.ids.next('vpc-cidr-assoc'),
              Ipv6CidrBlock: of.ipv6,
              Ipv6CidrBlockState: { State: 'associated' },
              NetworkBorderGroup: this.region,
              Ipv6Pool: 'Amazon',
            },
          ]
        : [],
      CidrBlockAssociationSet: [],
      IsDefault: of.isDefault ?? false,
      Tags: tagList(of.tags ?? {}),
      State: 'available',
      CidrBlock: of.cidrs[0],
      DhcpOptionsId: 'dopt-0a1b2c3d',
    };
    this.world.vpcs.push(vpc);
    this.routeTable(vpc, { main: true });
    for (const cidr of of.cidrs) this.associateCidr(vpc, cidr);
    return vpc;
  }

  /** Adds the block and its local route. */
  associateCidr(vpc: Vpc, cidr: string): void {
    (vpc.CidrBlockAssociationSet ??= []).push({
      AssociationId: this.ids.next('vpc-cidr-assoc'),
      CidrBlock: cidr,
      CidrBlockState: { State: 'associated' },
    });
    for (const table of this.world.routeTables)
      if (table.VpcId === vpc.VpcId) table.Routes?.push(localRoute(cidr));
  }

  /** The block stays listed as `disassociated` for a while, as in AWS. */
  disassociateCidr(vpc: Vpc, cidr: string): void {
    for (const block of vpc.CidrBlockAssociationSet ?? [])
      if (block.CidrBlock === cidr) block.CidrBlockState = { State: 'disassociated' };
    for (const table of this.world.routeTables)
      if (table.VpcId === vpc.VpcId)
        table.Routes = table.Routes?.filter(
          (route) => route.GatewayId !== 'local' || route.DestinationCidrBlock !== cidr,
        );
  }

  subnet(
    vpc: Vpc,
    of: { cidr: string; zone?: 'a' | 'b' | 'c'; tags?: Tags; ipv6?: string; free?: number; id?: string },
  ): Subnet {
    const id = of.id ?? this.ids.next('subnet');
    const zone = of.zone ?? 'a';
    const subnet: Subnet = {
      SubnetId: id,
      VpcId: vpc.VpcId,
      State: 'available',
      CidrBlock: of.cidr,
      AvailableIpAddressCount: of.free ?? freeIn(of.cidr),
      AvailabilityZone: `${this.region}${zone}`,
      AvailabilityZoneId: `${shortRegion(this.region)}-az${' abc'.indexOf(zone)}`,
      DefaultForAz: false,
      MapPublicIpOnLaunch: false,
      AssignIpv6AddressOnCreation: false,
      Ipv6CidrBlockAssociationSet: of.ipv6
        ? [
            {
              AssociationId: this.ids.next('subnet-cidr-assoc'),
              Ipv6CidrBlock: of.ipv6,
              Ipv6CidrBlockState: { State: 'associated' },
            },
          ]
        : [],
      OwnerId: this.account,
      SubnetArn: `arn:aws:ec2:${this.region}:${this.account}:subnet/${id}`,
      EnableDns64: false,
      Ipv6Native: false,
      PrivateDnsNameOptionsOnLaunch: {
        HostnameType: 'ip-name',
        EnableResourceNameDnsARecord: false,
        EnableResourceNameDnsAAAARecord: false,
      },
      Tags: tagList(of.tags ?? {}),
    };
    this.world.subnets.push(subnet);
    return subnet;
  }

  reservation(subnet: Subnet, cidr: string, type: 'prefix' | 'explicit' = 'prefix'): void {
    this.world.reservations.push({
      SubnetCidrReservationId: this.ids.next('scr'),
      SubnetId: subnet.SubnetId,
      Cidr: cidr,
      ReservationType: type,
      OwnerId: this.account,
      Tags: [],
    });
  }

  /** `addresses`: the first is the primary one. Does not change how many addresses are free in the subnet. */
  networkInterface(
    subnet: Subnet,
    of: {
      addresses: readonly [string, ...string[]];
      prefixes?: readonly string[];
      ipv6?: readonly string[];
      publicAddress?: string;
      type?: NetworkInterface['InterfaceType'];
      requesterManaged?: boolean;
      description?: string;
      instance?: string;
      tags?: Tags;
    },
  ): NetworkInterface {
    const [primary] = of.addresses;
    const made: NetworkInterface = {
      NetworkInterfaceId: this.ids.next('eni'),
      SubnetId: subnet.SubnetId,
      VpcId: subnet.VpcId,
      OwnerId: this.account,
      AvailabilityZone: subnet.AvailabilityZone,
      Description: of.description ?? '',
      InterfaceType: of.type ?? 'interface',
      RequesterManaged: of.requesterManaged ?? false,
      Status: of.instance ? 'in-use' : 'available',
      SourceDestCheck: true,
      MacAddress: '0a:58:0a:00:00:01',
      PrivateIpAddress: primary,
      PrivateDnsName: `ip-${primary.replaceAll('.', '-')}.${this.region}.compute.internal`,
      PrivateIpAddresses: of.addresses.map((PrivateIpAddress) => ({
        Primary: PrivateIpAddress === primary,
        PrivateIpAddress,
        PrivateDnsName: `ip-${PrivateIpAddress.replaceAll('.', '-')}.${this.region}.compute.internal`,
        ...(of.publicAddress !== undefined &&
          PrivateIpAddress === primary && {
            Association: { PublicIp: of.publicAddress, IpOwnerId: 'amazon', PublicDnsName: '' },
          }),
      })),
      Ipv6Addresses: (of.ipv6 ?? []).map((Ipv6Address) => ({ Ipv6Address, IsPrimaryIpv6: false })),
      Groups: [{ GroupId: 'sg-0123456789abcdef0', GroupName: 'default' }],
      TagSet: tagList(of.tags ?? {}),
      ...(of.prefixes && { Ipv4Prefixes: of.prefixes.map((Ipv4Prefix) => ({ Ipv4Prefix })) }),
      ...(of.publicAddress !== undefined && {
        Association: { PublicIp: of.publicAddress, IpOwnerId: 'amazon', PublicDnsName: '' },
      }),
      ...(of.instance !== undefined && {
        Attachment: {
          AttachmentId: this.ids.next('eni-attach'),
          AttachTime: MADE_AT,
          DeleteOnTermination: true,
          DeviceIndex: 0,
          NetworkCardIndex: 0,
          InstanceId: of.instance,
          InstanceOwnerId: this.account,
          Status: 'attached',
        },
      }),
    };
    this.world.networkInterfaces.push(made);
    return made;
  }

  /** Only what names it. */
  instance(tags: Tags): string {
    const InstanceId = this.ids.next('i');
    this.world.instances.push({
      InstanceId,
      ImageId: 'ami-0123456789abcdef0',
      InstanceType: 'm7i.large',
      State: { Code: 16, Name: 'running' },
      LaunchTime: MADE_AT,
      Tags: tagList(tags),
    });
    return InstanceId;
  }

  /** With the local routes of the VPC's blocks. */
  routeTable(vpc: Vpc, of: { main?: boolean; subnets?: readonly Subnet[]; tags?: Tags } = {}): RouteTable {
    const id = this.ids.next('rtb');
    const association = (rest: { Main: boolean; SubnetId?: string }) => ({
      RouteTableAssociationId: this.ids.next('rtbassoc'),
      RouteTableId: id,
      AssociationState: { State: 'associated' as const },
      ...rest,
    });
    const table: RouteTable = {
      RouteTableId: id,
      VpcId: vpc.VpcId,
      OwnerId: this.account,
      Associations: [
        ...(of.main ? [association({ Main: true })] : []),
        ...(of.subnets ?? []).map(({ SubnetId }) => association({ Main: false, SubnetId })),
      ],
      PropagatingVgws: [],
      Routes: (vpc.CidrBlockAssociationSet ?? []).map(({ CidrBlock }) => localRoute(CidrBlock!)),
      Tags: tagList(of.tags ?? {}),
    };
    this.world.routeTables.push(table);
    return table;
  }

  mainRouteTable(vpc: Vpc): RouteTable {
    return this.world.routeTables.find(
      ({ VpcId, Associations }) => VpcId === vpc.VpcId && Associations?.some(({ Main }) => Main),
    )!;
  }

  /** `target` by the id that it is: `{ TransitGatewayId: 'tgw-…' }`. */
  route(
    table: RouteTable,
    destination: string,
    target: Route,
    state: 'active' | 'blackhole' = 'active',
  ): Route {
    const where = destination.startsWith('pl-')
      ? { DestinationPrefixListId: destination }
      : destination.includes(':')
        ? { DestinationIpv6CidrBlock: destination }
        : { DestinationCidrBlock: destination };
    const route: Route = { ...where, ...target, Origin: 'CreateRoute', State: state };
    table.Routes!.push(route);
    return route;
  }

  /** A route that a virtual private gateway announced; the table lists it as propagating. */
  propagate(table: RouteTable, destination: string, gateway: string): Route {
    if (!table.PropagatingVgws!.some(({ GatewayId }) => GatewayId === gateway))
      table.PropagatingVgws!.push({ GatewayId: gateway });
    const route = this.route(table, destination, { GatewayId: gateway });
    route.Origin = 'EnableVgwRoutePropagation';
    return route;
  }

  /** Seen at both ends, `pending-acceptance` until `acceptPeering`. */
  requestPeering(vpc: Vpc, other: Place, accepter: Vpc, tags: Tags = {}): VpcPeeringConnection {
    const peering: VpcPeeringConnection = {
      VpcPeeringConnectionId: this.ids.next('pcx'),
      Status: { Code: 'pending-acceptance', Message: `Pending Acceptance by ${other.account}` },
      RequesterVpcInfo: peeringEnd(this, vpc),
      AccepterVpcInfo: { VpcId: accepter.VpcId, OwnerId: other.account, Region: other.region },
      Tags: tagList(tags),
    };
    this.world.vpcPeerings.push(peering);
    if (other.world !== this.world) other.world.vpcPeerings.push(peering);
    return peering;
  }

  /** Called at the accepter's place. */
  acceptPeering(peering: VpcPeeringConnection, accepter: Vpc): void {
    peering.Status = { Code: 'active', Message: 'Active' };
    peering.AccepterVpcInfo = peeringEnd(this, accepter);
  }

  /** Takes an object out of whichever list it is in; nothing else goes with it. */
  remove(object: object): void {
    for (const list of Object.values(this.world) as object[][]) {
      const index = list.indexOf(object);
      if (index >= 0) list.splice(index, 1);
    }
  }

  /** The VPC with everything in it. */
  removeVpc({ VpcId: id }: Vpc): void {
    for (const list of Object.values(this.world) as { VpcId?: string }[][])
      for (let index = list.length - 1; index >= 0; index--)
        if (list[index]!.VpcId === id) list.splice(index, 1);
  }
}

export function localRoute(cidr: string): Route {
  return { DestinationCidrBlock: cidr, GatewayId: 'local', Origin: 'CreateRouteTable', State: 'active' };
}

function peeringEnd({ account, region }: Place, vpc: Vpc): VpcPeeringConnection['RequesterVpcInfo'] {
  return {
    VpcId: vpc.VpcId,
    OwnerId: account,
    Region: region,
    CidrBlock: vpc.CidrBlock,
    CidrBlockSet: (vpc.CidrBlockAssociationSet ?? []).map(({ CidrBlock }) => ({ CidrBlock })),
    PeeringOptions: {
      AllowDnsResolutionFromRemoteVpc: false,
      AllowEgressFromLocalClassicLinkToRemoteVpc: false,
      AllowEgressFromLocalVpcToRemoteClassicLink: false,
    },
  };
}
