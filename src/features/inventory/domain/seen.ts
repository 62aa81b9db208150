import { Prefix } from '../../../address/index.js';
import type { CurrentObject } from './inventory-list.js';
import type { SubnetBody, TagMap, VpcBody } from './observed.js';

/** The tag by which a resource names its allocation: by id or key. */
export const ALLOCATION_TAG = 'cadastre:allocation';

/** A CIDR of a VPC or subnet as it is observed now. */
export interface Seen {
  /** `vpc-…` or `subnet-…`. */
  readonly resource: string;
  readonly kind: 'vpc' | 'subnet';
  readonly name: string | null;
  readonly vpcId: string;
  /** Who owns it. */
  readonly account: string;
  readonly region: string;
  readonly cidr: Prefix;
  /** Of a subnet: the CIDR of its VPC that it lies in; null where none of the known ones does. */
  readonly within: Prefix | null;
  readonly routingDomainId: number;
  /** Not in the last good list: still counts, and decides nothing. */
  readonly missing: boolean;
  /** It can be used; else it comes or goes. */
  readonly usable: boolean;
  /** Value of the tag `cadastre:allocation`. */
  readonly tag: string | null;
  readonly tags: TagMap;
}

/**
 * Every CIDR of VPCs and subnets, by resource and CIDR. Also CIDRs that are being associated or disassociated, since
 * addresses in them may still be in use. `domains`: routing domains of VPCs; what lies in another VPC is left out.
 */
export function seenIn(objects: readonly CurrentObject[], domains: ReadonlyMap<string, number>): Seen[] {
  const vpcCidrs = new Map<string, Prefix[]>();
  for (const { kind, id, body } of objects)
    if (kind === 'vpc')
      vpcCidrs.set(
        id,
        bodyOf<VpcBody>(body).cidrs.map(({ cidr }) => Prefix.must(cidr)),
      );
  return objects.flatMap((object): Seen[] => {
    const { kind, id, name, region, missingSince, body } = object;
    const vpcId = kind === 'vpc' ? id : object.vpcId;
    const routingDomainId = vpcId === null ? undefined : domains.get(vpcId);
    if ((kind !== 'vpc' && kind !== 'subnet') || vpcId === null || routingDomainId === undefined) return [];
    const { ownerId, tags } = body as unknown as { readonly ownerId: string; readonly tags: TagMap };
    const common = {
      ...{ resource: id, kind, name, vpcId, region, routingDomainId },
      account: ownerId || object.account,
      missing: missingSince !== null,
      tag: tags[ALLOCATION_TAG] ?? null,
      tags,
    };
    return cidrsOf(kind, body).map(({ cidr, usable }) => ({
      ...common,
      ...{ cidr, usable },
      within: kind === 'vpc' ? null : (vpcCidrs.get(vpcId)?.find((block) => block.contains(cidr)) ?? null),
    }));
  });
}

/** CIDRs of a VPC or subnet, each once. */
export function cidrsOf(kind: 'vpc' | 'subnet', body: unknown): { cidr: Prefix; usable: boolean }[] {
  const given =
    kind === 'vpc'
      ? bodyOf<VpcBody>(body).cidrs.map(({ cidr, state }) => ({ cidr, usable: state === 'associated' }))
      : subnetCidrs(bodyOf<SubnetBody>(body)).map((cidr) => ({ cidr, usable: true }));
  const once = new Map(given.map(({ cidr, usable }) => [cidr, { cidr: Prefix.must(cidr), usable }]));
  return [...once.values()].sort((a, b) => a.cidr.compare(b.cidr));
}

function subnetCidrs({ cidr, ipv6Cidrs }: SubnetBody): string[] {
  return [...(cidr === null ? [] : [cidr]), ...ipv6Cidrs];
}

function bodyOf<Body>(body: unknown): Body {
  return body as Body;
}
