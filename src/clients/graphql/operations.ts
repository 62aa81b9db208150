// Printed from src/clients/graphql/operations by `npm run generate`.
import type { Operation } from './operation.js';

type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
/** A list whose drop is real: everything of one kind in one account and region. */
export type AcceptDropInput = {
  /** Account. */
  account: string;
  /** Kind of what the list is of. */
  kind: ObservedKind;
  /** Region. */
  region: string;
};

/** What addDiscoveryAccounts needs. */
export type AddDiscoveryAccountsInput = {
  /** 1 to 1,000. */
  accounts: Array<DiscoveryAccountInput>;
};

/** A CIDR that is in use already, to be registered as it is. */
export type AdoptInput = {
  /** The CIDR that is in use. */
  cidr: string;
  /** At most 1,024 characters. */
  description?: string;
  /** What the CIDR is for. */
  holder?: HolderInput | null | undefined;
  /** Your idempotency name within the pool, 1 to 512 characters: the same request under it gives the same allocation for ever. Without one, a repeated call may give a second CIDR. */
  key?: string | null | undefined;
  /** Id or name of the pool. */
  pool: string;
  /** With "cidr" and "key", where the key is to answer to another request than the CIDR: "default", or the length of the CIDR as "/24". */
  request?: string | null | undefined;
  /** At most 50; the pool may require some. */
  tags?: Array<TagInput>;
};

/** What is observed and to be registered. */
export type AdoptObservedInput = {
  /** Who to ask: at most 256 characters. */
  contact?: string | null | undefined;
  /** Of the first CIDR, the others have none: 1 to 256 characters. */
  key?: string | null | undefined;
  /** Id or name; left out: the pool that it lies in. */
  pool?: string | null | undefined;
  /** Id of a VPC or subnet: 1 to 64 characters. */
  resource: string;
  /** In place of the tags that the resource has; at most 50. */
  tags?: Array<TagInput> | null | undefined;
};

/** Space to allocate. "prefixLength" and "cidr" exclude each other; neither takes the default length of the pool. */
export type AllocateInput = {
  /** Exactly this CIDR. */
  cidr?: string | null | undefined;
  /** At most 1,024 characters. */
  description?: string;
  /** What the CIDR is for. */
  holder?: HolderInput | null | undefined;
  /** Your idempotency name within the pool, 1 to 512 characters: the same request under it gives the same allocation for ever. Without one, a repeated call may give a second CIDR. */
  key?: string | null | undefined;
  /** For placement NEAR: the CIDR to be close to. */
  near?: string | null | undefined;
  /** Overrides the pool's placement. */
  placement?: Placement | null | undefined;
  /** Id or name of the pool. */
  pool: string;
  /** Length of the CIDR to give, as 24 for a /24. */
  prefixLength?: number | null | undefined;
  /** The allocation under this key that another one is to stand in for. It keeps its CIDR, without the key, until it is released. Anything but an allocated or expired allocation of this key is as if not given. */
  replaces?: string | null | undefined;
  /** With "cidr" and "key", where the key is to answer to another request than the CIDR: "default", or the length of the CIDR as "/24". */
  request?: string | null | undefined;
  /** At most 50; the pool may require some. */
  tags?: Array<TagInput>;
};

/** Where an allocation is in its life, by the clock of the database. */
export type AllocationStatus =
  /** Held until it is released. */
  | 'ALLOCATED'
  /** Was not confirmed in time; its key can revive it while its space is free. */
  | 'EXPIRED'
  /** Released; handed out to nobody else before availableAt. */
  | 'QUARANTINED'
  /** Over; its space is free. */
  | 'RELEASED'
  /** Held until expiresAt. */
  | 'RESERVED';

/** What a piece of a pool is. */
export type BlockState =
  /** Nobody holds it, and it is not handed out. */
  | 'BLOCKED'
  /** It can be handed out. */
  | 'FREE'
  /** A live allocation: reserved, allocated or in quarantine. */
  | 'LIVE';

/** What is known of a CIDR. */
export type CheckStatus =
  /** All of it lies in one live allocation. Inside one that feeds a child pool it is what it is there. */
  | 'ALLOCATED'
  /** Nobody holds it, and it is not handed out. */
  | 'BLOCKED'
  /** Nobody holds any of it in the pools that were asked: GLOBAL ones, and those of routingDomain. Without a pool it cannot be allocated. */
  | 'FREE'
  /** It is no CIDR: see problem. */
  | 'INVALID'
  /** It is in use in the cloud without an allocation. */
  | 'OBSERVED'
  /** It covers live allocations, or reaches out of a pool. */
  | 'OVERLAPPING';

/** How an allocation stands to its key. */
export type ClaimState =
  /** The key answers with it, unless one is pending. */
  | 'OPEN'
  /** The key answers with it; confirming it replaces the open one. */
  | 'PENDING';

/** Which changes; each that is given restricts further. */
export type ConfigurationChangeFilter = {
  /** Account that sees what changed. */
  account?: string | null | undefined;
  /** Kind of what changed. */
  kind?: ObservedKind | null | undefined;
  /** Region. */
  region?: string | null | undefined;
  /** Seen from this instant on. */
  since?: string | null | undefined;
  /** Seen before this instant. */
  until?: string | null | undefined;
  /** A VPC that the change concerns. */
  vpc?: string | null | undefined;
};

/** A reservation to confirm. */
export type ConfirmInput = {
  /** Fields given here replace those of the reservation. */
  holder?: HolderInput | null | undefined;
  /** The reservation. */
  id: string;
  /** Any text of yours: the same nonce again gives the same answer. Without one a repeated call is ALREADY_CONFIRMED. */
  nonce?: string | null | undefined;
};

/** Why space cannot be handed out. */
export type ConflictReason =
  /** A live allocation holds it. */
  | 'allocated'
  /** A rule of the pool excludes it. */
  | 'excluded'
  /** It is kept for a neighbour to grow. */
  | 'growth'
  /** It is in use in the cloud without an allocation. */
  | 'observed'
  /** Another pool has it. */
  | 'pool'
  /** It was given up, and nobody has looked yet whether it is really unused. */
  | 'unswept';

/** What reaches what. */
export type ConnectRoutingDomainsInput = {
  /** Id or name of one routing domain. */
  a: string;
  /** Id or name of another; the order does not matter. */
  b: string;
  /** What connects them, as "peering pcx-1": 1 to 255 characters, not blank. */
  via: string;
};

/** Whether the provider makes a connection. */
export type ConnectionVerdict =
  /** It is made; whether it then carries everything is another question. */
  | 'ALLOWED'
  /** The provider's own words do not settle it. */
  | 'AWS_DECIDES'
  /** It is not made. */
  | 'REFUSED';

/** A new pool: a root with CIDRs of its own, or a child of allocations. */
export type CreatePoolInput = {
  /** Of a root: 1 to 1,000. An IPv6 CIDR shorter than /32 (to /24) becomes its /32s. */
  cidrs?: Array<string> | null | undefined;
  /** At most 1,024 characters. */
  description?: string;
  /** Left out: that of the first CIDR. */
  family?: Family | null | undefined;
  /** Of a child: 1 to 1,000 ALLOCATED allocations of other pools, which become its CIDRs. */
  fromAllocations?: Array<string> | null | undefined;
  /** 1 to 255 characters, unique, not beginning like an id ("pool_", "alloc_", "dom_", "link_", "find_"). */
  name: string;
  /** Id or name of the routing domain in which it is unique. */
  routingDomain?: string | null | undefined;
  /** Rules that differ from the defaults. */
  rules?: PoolRulesInput | null | undefined;
  /** At most 50. */
  tags?: Array<TagInput>;
  /** Left out: GLOBAL, or ROUTING_DOMAIN where routingDomain is given. */
  uniqueness?: Uniqueness | null | undefined;
};

/** What createRoutingDomain needs. */
export type CreateRoutingDomainInput = {
  /** At most 1,024 characters. */
  description?: string;
  /** 1 to 255 characters, unique, not beginning like an id ("pool_", "alloc_", "dom_", "link_", "find_"). */
  name: string;
  /** At most 50. */
  tags?: Array<TagInput>;
};

/** What createToken needs. */
export type CreateTokenInput = {
  /** Left out: good until it is revoked. */
  expiresAt?: string | null | undefined;
  /** 1 to 63 letters, digits, dots, dashes and underscores; never given twice. */
  name: string;
  /** What it may do. */
  role: Role;
};

/** An external network as it is to be; what is left out is empty. */
export type DeclareExternalNetworkInput = {
  /** 1 to 1,000. */
  cidrs: Array<string>;
  /** Whom to ask; at most 255 characters. */
  contact?: string;
  /** At most 1,024 characters. */
  description?: string;
  /** Ids of the gateways and connections through which it is reached; at most 100 of 255 characters. */
  gateways?: Array<string>;
  /** 1 to 255 characters, beginning neither like an id of ours nor with "vpc-". One that is there is replaced. */
  name: string;
  /** Id or name of the routing domain it lies in; left out: the one it has, or one of its own. */
  routingDomain?: string | null | undefined;
  /** At most 50. */
  tags?: Array<TagInput>;
  /** The version you read, 0 where there was none; left out: whatever it is now. */
  version?: number | null | undefined;
};

/** A pool to take away. */
export type DeletePoolInput = {
  /** Id or name. */
  pool: string;
  /** The version you read; left out: whatever it is now. */
  version?: number | null | undefined;
};

/** What is to go. */
export type DeleteRoutingDomainInput = {
  /** Id or name. */
  routingDomain: string;
};

/** A CIDR to take out of a pool. */
export type DeprovisionCidrInput = {
  /** One of its CIDRs, as a whole. */
  cidr: string;
  /** Id or name. */
  pool: string;
};

/** The link as it was declared; the order of its ends does not matter. */
export type DisconnectRoutingDomainsInput = {
  /** Id or name of one routing domain. */
  a: string;
  /** Id or name of another; the order does not matter. */
  b: string;
  /** What connects them, as "peering pcx-1": 1 to 255 characters, not blank. */
  via: string;
};

/** An account to discover; of one that is there what is left out stays. */
export type DiscoveryAccountInput = {
  /** 12 digits. */
  account: string;
  /** False: keep it, and do not sweep it. A new account is swept. */
  enabled?: boolean | null | undefined;
  /** What the role asks for as external id; empty: none. */
  externalId?: string | null | undefined;
  /** At most 255 characters; a new account has none. */
  name?: string | null | undefined;
  /** All regions, 1 to 100, as "eu-west-1". */
  regions: Array<string>;
  /** The role to assume, of this account; empty, or left out of a new one: the credentials of the service itself, which have to be of this account. */
  roleArn?: string | null | undefined;
};

/** Who named an account. */
export type DiscoverySource =
  /** Somebody, with addDiscoveryAccounts. */
  | 'LIST'
  /** The organization, with importOrganization. */
  | 'ORGANIZATION';

/** Address family. */
export type Family =
  /** 32 bits. */
  | 'IPV4'
  /** 128 bits. */
  | 'IPV6';

/** All given conditions hold. */
export type FindingFilterInput = {
  /** Concerns this account; 1 to 64 characters. */
  account?: string | null | undefined;
  /** Is of one of these kinds; at most 32. */
  kinds?: Array<FindingKind> | null | undefined;
  /** Still so, or over; null for both. */
  open?: boolean | null | undefined;
  /** Concerns this region; 1 to 64 characters. */
  region?: string | null | undefined;
  /** Is as bad as one of these; at most 32. */
  severities?: Array<FindingSeverity> | null | undefined;
  /** Is about exactly this; 1 to 1,024 characters. */
  subject?: string | null | undefined;
  /** In subject, message or facts, in any case; 1 to 256 characters. */
  text?: string | null | undefined;
  /** Has a waiver that is not over, or has none. */
  waived?: boolean | null | undefined;
};

/** What is wrong. */
export type FindingKind =
  /** Networks that reach each other have the same addresses. */
  | 'CONFLICT'
  /** Seen with another CIDR, account or id than its holder says. */
  | 'DRIFT'
  /** The same addresses are in use twice inside a GLOBAL pool. */
  | 'DUPLICATE_GLOBAL'
  /** Networks that do not reach each other have the same addresses. */
  | 'LATENT'
  /** Adopted against its pool's rules. */
  | 'NONCOMPLIANT'
  /** Allocated to a cloud resource that good sweeps have not seen, or see no longer. */
  | 'ORPHAN'
  /** Has more of something than the provider allows, or is about to. */
  | 'OVER_QUOTA'
  /** Observed inside a pool and not allocated. */
  | 'ROGUE'
  /** A route sends a part of a reachable network elsewhere. */
  | 'ROUTE_SHADOW'
  /** What is known of an account and region is old, since it could not be read. */
  | 'STALE'
  /** Observed outside every pool. Listed, never alerted. */
  | 'UNMANAGED';

/** How bad it is. */
export type FindingSeverity =
  /** Something does not work, or will break what works. */
  | 'CRITICAL'
  /** Good to know. */
  | 'INFO'
  /** Somebody should look at it. */
  | 'WARNING';

/** What a CIDR is for; each field at most 256 characters. */
export type HolderInput = {
  /** Account, project or subscription. */
  account?: string | null | undefined;
  /** Who to ask. */
  contact?: string | null | undefined;
  /** As "aws". */
  provider?: string | null | undefined;
  /** As "eu-west-1". */
  region?: string | null | undefined;
  /** As "vpc-0a1b". */
  resourceId?: string | null | undefined;
  /** As "vpc" or "subnet". */
  resourceType?: string | null | undefined;
  /** Where its addresses mean what they mean. */
  routingDomain?: string | null | undefined;
};

/** How the accounts of the organization are to be discovered. */
export type ImportOrganizationInput = {
  /** All but these accounts. At most 1,000. */
  exclude?: Array<string>;
  /** What the role asks for as external id. */
  externalId?: string | null | undefined;
  /** Only these accounts; none given: all. At most 1,000. */
  include?: Array<string>;
  /** Which regions of each, 1 to 100. */
  regions: Array<string>;
  /** Name of the role to assume, the same in every account. */
  roleName: string;
};

/** Why a list could not be read to its end, or is not believed. */
export type ListFailureReason =
  /** The role cannot be assumed, or lacks a permission. */
  | 'FORBIDDEN'
  /** A fault of this service; its log says more. */
  | 'INTERNAL'
  /** The answer was not what the provider should have sent. */
  | 'MALFORMED'
  /** It was read, but more than half of what it had is gone at once: held back until further lists say the same, or acceptDrop. */
  | 'SUSPICIOUS'
  /** The provider kept refusing for the number of calls. */
  | 'THROTTLED'
  /** No answer came in time. */
  | 'TIMEOUT'
  /** The provider could not be reached, or failed. */
  | 'UNAVAILABLE';

/** What of a thing a search has found; the first is the best. */
export type MatchedBy =
  /** Its CIDR contains what was asked for, or is it. */
  | 'ADDRESS'
  /** Its id, or that of the resource that holds it. */
  | 'ID'
  /** Its name or key. */
  | 'NAME'
  /** A tag. */
  | 'TAG'
  /** What else is said of it. */
  | 'TEXT';

/** All given conditions hold. */
export type NetworkFilterInput = {
  /** Is owned by this account; 1 to 64 characters. */
  account?: string | null | undefined;
  /** Is this. */
  kind?: NetworkKind | null | undefined;
  /** Is in this region; 1 to 64 characters. */
  region?: string | null | undefined;
  /** Is in this routing domain, by id or name. */
  routingDomain?: string | null | undefined;
  /** In id or name, in any case; 1 to 256 characters. */
  text?: string | null | undefined;
};

/** What a network is. */
export type NetworkKind =
  /** Declared: an on-premises site, a range of a partner. */
  | 'EXTERNAL_NETWORK'
  /** Observed in the cloud. */
  | 'VPC';

/** What kind of thing is observed. */
export type ObservedKind =
  /** The far end of VPN connections. */
  | 'CUSTOMER_GATEWAY'
  /** A network that no cloud lists, as people declared it. */
  | 'EXTERNAL_NETWORK'
  /** Only what names an instance. Its versions are kept, and no changes told. */
  | 'INSTANCE'
  /** An internet gateway. */
  | 'INTERNET_GATEWAY'
  /** A NAT gateway. */
  | 'NAT_GATEWAY'
  /** A network interface with all its addresses. Its versions are kept, and no changes told. */
  | 'NETWORK_INTERFACE'
  /** A managed prefix list with its entries. */
  | 'PREFIX_LIST'
  /** A route table of a VPC, its routes and what is associated with it. */
  | 'ROUTE_TABLE'
  /** A subnet with its CIDR reservations. */
  | 'SUBNET'
  /** A transit gateway. */
  | 'TRANSIT_GATEWAY'
  /** What is attached to a transit gateway, as this account sees it. */
  | 'TRANSIT_GATEWAY_ATTACHMENT'
  /** A route table of a transit gateway. */
  | 'TRANSIT_GATEWAY_ROUTE_TABLE'
  /** A VPC with its associated CIDRs. */
  | 'VPC'
  /** An endpoint in a VPC. */
  | 'VPC_ENDPOINT'
  /** A peering connection of two VPCs. */
  | 'VPC_PEERING'
  /** A site-to-site VPN connection. */
  | 'VPN_CONNECTION'
  /** A virtual private gateway (VGW). */
  | 'VPN_GATEWAY';

/** Which observed objects; each that is given restricts further. */
export type ObservedObjectFilter = {
  /** Account that sees them. */
  account?: string | null | undefined;
  /** What has a CIDR or address that contains this one or is it; an address as /32 or /128. */
  holding?: string | null | undefined;
  /** Any of these ids, at most 1,000. */
  ids?: Array<string> | null | undefined;
  /** Any of these kinds. */
  kinds?: Array<ObservedKind> | null | undefined;
  /** true: only what the last good list left out; false: only the others. */
  missing?: boolean | null | undefined;
  /** Region in which they are seen. */
  region?: string | null | undefined;
  /** Part of id or name, whatever its case: 1 to 255 characters. */
  text?: string | null | undefined;
  /** What belongs to this VPC, connects it or serves it. */
  vpc?: string | null | undefined;
};

/** The worst of the pairs of networks in an overlap. */
export type OverlapClass =
  /** Two of the networks are in one routing domain, or in two that reach each other. */
  | 'CONFLICT'
  /** No two reach each other, but a GLOBAL pool has these addresses, for one use only. */
  | 'DUPLICATE_GLOBAL'
  /** No two reach each other, and nothing says that they may not have the same addresses. */
  | 'LATENT';

/** Which overlaps. All given conditions hold; those about networks are of one and the same. */
export type OverlapFilterInput = {
  /** With a network of this account. */
  account?: string | null | undefined;
  /** Whose addresses are among these, in part at least. */
  cidr?: string | null | undefined;
  /** Of one of these classes. */
  class?: Array<OverlapClass> | null | undefined;
  /** With this network: a VPC, or the name of an external network. */
  network?: string | null | undefined;
  /** With a network in this region. */
  region?: string | null | undefined;
  /** With a network in this routing domain, by id or name. */
  routingDomain?: string | null | undefined;
  /** True: somebody answers for it now; false: nobody does. */
  waived?: boolean | null | undefined;
};

/** Which network belongs where. */
export type PlaceNetworkInput = {
  /** Id of a VPC, or name of an external network: 1 to 256 characters. */
  network: string;
  /** Id or name. */
  routingDomain: string;
};

/** Which of the free blocks a new CIDR is taken from. */
export type Placement =
  /** The smallest that fits, lowest address: keeps large blocks whole. */
  | 'BEST_FIT'
  /** The smallest that fits, highest address. */
  | 'LAST'
  /** The closest that keeps the pair summarisable; needs "near". */
  | 'NEAR'
  /** The start of the largest: leaves room to double in place. */
  | 'SPARSE';

/** How two ends are to be connected. */
export type PlannedConnection =
  /** A VPC peering. */
  | 'PEERING'
  /** Attachments to one transit gateway, that of b the later one. */
  | 'TRANSIT_GATEWAY'
  /** A VPN connection or Direct Connect to a site. */
  | 'VPN';

/** A connection that somebody plans. */
export type PlannedConnectionInput = {
  /** One end: ids of networks, routing domains (id or name), or CIDRs; at most 100. */
  a: Array<string>;
  /** The other end, in the same way. Over a transit gateway the one attached later. */
  b: Array<string>;
  /** How they are to be connected. */
  via?: PlannedConnection;
};

/** All given conditions hold. */
export type PoolFilterInput = {
  /** One of its CIDRs contains this one or is it. */
  cidrContaining?: string | null | undefined;
  /** One of its CIDRs lies in this one or is it. */
  cidrWithin?: string | null | undefined;
  /** Has this address family. */
  family?: Family | null | undefined;
  /** Id or name of the pool that its oldest CIDR comes from; null for pools that have none: the roots. */
  parent?: string | null | undefined;
  /** Id or name: is a root pool of this routing domain. */
  routingDomain?: string | null | undefined;
  /** Has this tag with this value. */
  tag?: TagInput | null | undefined;
  /** In name, description or tags, in any case; 1 to 256 characters. */
  text?: string | null | undefined;
};

/** In which order pools are listed. */
export type PoolOrder =
  /** Roots first, then their children, and so on; by name among those of one depth. */
  | 'DEPTH'
  /** By name. */
  | 'NAME';

/** Rules that differ from the defaults (createPool) or from what they are (updatePool); null takes a limit away. */
export type PoolRulesInput = {
  /** Default false. */
  autoAdopt?: boolean | null | undefined;
  /** What a request with neither prefixLength nor cidr gets. */
  defaultPrefixLength?: number | null | undefined;
  /** At most 1,000. */
  excluded?: Array<string> | null | undefined;
  /** Longest prefix length that may be taken, as 28 for a /28. */
  maxPrefixLength?: number | null | undefined;
  /** Shortest prefix length that may be taken, as 16 for a /16. */
  minPrefixLength?: number | null | undefined;
  /** Default BEST_FIT. */
  placement?: Placement | null | undefined;
  /** Default 86,400 (a day); 0 frees a released CIDR at once. */
  quarantineSeconds?: number | null | undefined;
  /** At most 50. */
  requiredTags?: Array<string> | null | undefined;
};

/** Whether something was there at an instant. What was not there then is not listed. */
export type Presence =
  /** It was seen then, or before and after. */
  | 'PRESENT'
  /** It was seen before, and then not; or its list could not be read then. Never a guess. */
  | 'UNKNOWN';

/** A CIDR to add to a pool. */
export type ProvisionCidrInput = {
  /** For a child: an ALLOCATED allocation of another pool, which becomes a CIDR of this one. */
  allocation?: string | null | undefined;
  /** For a root: the CIDR to add; nothing of its scope may overlap it. */
  cidr?: string | null | undefined;
  /** Id or name. */
  pool: string;
};

/** Whether it is known. */
export type ReachStatus =
  /** As it is listed. */
  | 'RESOLVED'
  /** Nothing was observed yet at that instant. */
  | 'UNKNOWN';

/** How routing domains reach each other. */
export type ReachVia =
  /** Somebody declared a link. */
  | 'DECLARED'
  /** A Direct Connect gateway that is attached to a transit gateway. */
  | 'DIRECT_CONNECT'
  /** A VPC peering that is active. */
  | 'PEERING'
  /** Route tables of transit gateways, also over peerings between them. */
  | 'TRANSIT_GATEWAY'
  /** A VPN connection, of a virtual private gateway or a transit gateway. */
  | 'VPN';

/** An allocation to give back. */
export type ReleaseInput = {
  /** Release also what is still observed in the cloud. */
  force?: boolean;
  /** The allocation or reservation. */
  id: string;
};

/** Allocations to give back, all or none. */
export type ReleaseManyInput = {
  /** 1 to 1000, done in this order; each sees what those before it did. */
  items: Array<ReleaseInput>;
};

/** What is no longer to be discovered. */
export type RemoveDiscoveryAccountsInput = {
  /** 1 to 1,000 accounts. */
  accounts: Array<string>;
};

/** What is to go. */
export type RemoveExternalNetworkInput = {
  /** Its name. */
  name: string;
  /** The version you read; left out: whatever it is now. */
  version?: number | null | undefined;
};

/** A reservation to hold longer. */
export type RenewInput = {
  /** The reservation. */
  id: string;
  /** Seconds from now, 1 to 7776000; an earlier end than the present one changes nothing. */
  ttlSeconds?: number;
};

/** Space to hold for a while, as for allocate. */
export type ReserveInput = {
  /** Exactly this CIDR. */
  cidr?: string | null | undefined;
  /** At most 1,024 characters. */
  description?: string;
  /** What the CIDR is for. */
  holder?: HolderInput | null | undefined;
  /** Your idempotency name within the pool, 1 to 512 characters: the same request under it gives the same allocation for ever. Without one, a repeated call may give a second CIDR. */
  key?: string | null | undefined;
  /** For placement NEAR: the CIDR to be close to. */
  near?: string | null | undefined;
  /** Overrides the pool's placement. */
  placement?: Placement | null | undefined;
  /** Id or name of the pool. */
  pool: string;
  /** Length of the CIDR to give, as 24 for a /24. */
  prefixLength?: number | null | undefined;
  /** The allocation under this key that another one is to stand in for. It keeps its CIDR, without the key, until it is released. Anything but an allocated or expired allocation of this key is as if not given. */
  replaces?: string | null | undefined;
  /** With "cidr" and "key", where the key is to answer to another request than the CIDR: "default", or the length of the CIDR as "/24". */
  request?: string | null | undefined;
  /** At most 50; the pool may require some. */
  tags?: Array<TagInput>;
  /** Seconds until it expires unless it is confirmed, 1 to 7776000 (90 days). */
  ttlSeconds?: number;
};

/** An allocation to take out of quarantine. */
export type RestoreAllocationInput = {
  /** The allocation that is in quarantine. */
  id: string;
};

/** What revokeToken needs. */
export type RevokeTokenInput = {
  /** The token to end. */
  id: string;
};

/** What a token may do; each role includes the ones before it. */
export type Role =
  /** Also changes pools and tokens. */
  | 'ADMIN'
  /** Also changes allocations. */
  | 'OPERATOR'
  /** Reads everything but tokens. */
  | 'READER';

/** What of everything that is discovered is to be swept; nothing given: all of it. */
export type StartSweepInput = {
  /** Only these accounts; at most 1,000. */
  accounts?: Array<string>;
  /** Only these kinds of objects; EXTERNAL_NETWORK is none that a sweep reads. */
  kinds?: Array<ObservedKind>;
  /** Only these regions; at most 100. */
  regions?: Array<string>;
};

/** Why a sweep began. */
export type SweepCause =
  /** Somebody called startSweep. */
  | 'ASKED'
  /** It was time: CADASTRE_DISCOVERY_MINUTES. */
  | 'SCHEDULE';

/** Which sweep. */
export type SweepInput = {
  /** The sweep. */
  id: string;
};

/** How far a sweep is. */
export type SweepState =
  /** Somebody stopped it; what was read stays. */
  | 'CANCELLED'
  /** All of it was tried, and what was read is reconciled. */
  | 'DONE'
  /** Some of it is still to be read, or to be reconciled. */
  | 'RUNNING';

/** A name and a value to attach. */
export type TagInput = {
  /** 1 to 128 characters, unique among the tags of a thing. */
  key: string;
  /** At most 256 characters; may be empty. */
  value: string;
};

/** Where the addresses of a root pool are unique. */
export type Uniqueness =
  /** Nothing anywhere may overlap it. */
  | 'GLOBAL'
  /** Nothing in its routing domain, and no GLOBAL pool, may overlap it. */
  | 'ROUTING_DOMAIN';

/** What nobody answers for any more. */
export type UnwaiveFindingInput = {
  /** Which finding. */
  id: string;
};

/** What is to be different; what is left out stays. */
export type UpdateAllocationInput = {
  /** At most 1,024 characters. */
  description?: string | null | undefined;
  /** The whole holder: fields that are left out become empty. */
  holder?: HolderInput | null | undefined;
  /** The allocation. */
  id: string;
  /** All tags. */
  tags?: Array<TagInput> | null | undefined;
  /** The version you read. */
  version: number;
};

/** What is to be different; what is left out stays. */
export type UpdateDiscoveryAccountInput = {
  /** Which account. */
  account: string;
  /** False: keep it, and do not sweep it. */
  enabled?: boolean | null | undefined;
  /** Another external id; empty: none. */
  externalId?: string | null | undefined;
  /** At most 255 characters. */
  name?: string | null | undefined;
  /** All regions, 1 to 100. */
  regions?: Array<string> | null | undefined;
  /** Another role; empty: the credentials of the service itself. */
  roleArn?: string | null | undefined;
};

/** What is to be different; what is left out stays. */
export type UpdatePoolInput = {
  /** At most 1,024 characters. */
  description?: string | null | undefined;
  /** As for createPool. */
  name?: string | null | undefined;
  /** Id or name. */
  pool: string;
  /** Rules to change; the others stay. */
  rules?: PoolRulesInput | null | undefined;
  /** All tags. */
  tags?: Array<TagInput> | null | undefined;
  /** The version you read; left out: whatever it is now. */
  version?: number | null | undefined;
};

/** What is to be different; what is left out stays. */
export type UpdateRoutingDomainInput = {
  /** At most 1,024 characters. */
  description?: string | null | undefined;
  /** As for createRoutingDomain. */
  name?: string | null | undefined;
  /** Id or name. */
  routingDomain: string;
  /** All tags. */
  tags?: Array<TagInput> | null | undefined;
  /** The version you read; left out: whatever it is now. */
  version?: number | null | undefined;
};

/** What somebody answers for. */
export type WaiveFindingInput = {
  /** Who answers for it: 1 to 255 characters, not blank. */
  contact: string;
  /** Which finding. */
  id: string;
  /** Why it may be so: 1 to 1,024 characters, not blank. */
  reason: string;
  /** When the waiver is over, in the future. */
  until: string;
};

export type HolderFieldsFragment = { provider: string | null, account: string | null, region: string | null, resourceType: string | null, resourceId: string | null, routingDomain: string | null, contact: string | null };

export type AllocationFieldsFragment = { id: string, cidr: string, status: AllocationStatus, key: string | null, request: string | null, claim: ClaimState | null, description: string, noncompliant: Array<string>, createdAt: string, createdBy: string, expiresAt: string | null, availableAt: string | null, releasedAt: string | null, version: number, pool: { id: string, name: string } | null, holder: HolderFieldsFragment, tags: Array<{ key: string, value: string }> };

export type AllocateMutationVariables = Exact<{
  input: AllocateInput;
}>;


export type AllocateMutation = { allocate:
    | AllocationFieldsFragment
    | FailureFields_CidrConflict_Fragment
    | FailureFields_Expired_Fragment
    | FailureFields_InvalidTransition_Fragment
    | FailureFields_KeyConflict_Fragment
    | FailureFields_NoSpace_Fragment
    | FailureFields_NotFound_Fragment
    | FailureFields_OutsidePool_Fragment
    | FailureFields_RuleViolation_Fragment
   };

export type ReserveMutationVariables = Exact<{
  input: ReserveInput;
}>;


export type ReserveMutation = { reserve:
    | AllocationFieldsFragment
    | FailureFields_CidrConflict_Fragment
    | FailureFields_Expired_Fragment
    | FailureFields_InvalidTransition_Fragment
    | FailureFields_KeyConflict_Fragment
    | FailureFields_NoSpace_Fragment
    | FailureFields_NotFound_Fragment
    | FailureFields_OutsidePool_Fragment
    | FailureFields_RuleViolation_Fragment
   };

export type PreviewQueryVariables = Exact<{
  input: AllocateInput;
}>;


export type PreviewQuery = { previewAllocation:
    | { cidr: string, binding: boolean, allocation: string | null }
    | FailureFields_CidrConflict_Fragment
    | FailureFields_Expired_Fragment
    | FailureFields_InvalidTransition_Fragment
    | FailureFields_KeyConflict_Fragment
    | FailureFields_NoSpace_Fragment
    | FailureFields_NotFound_Fragment
    | FailureFields_OutsidePool_Fragment
    | FailureFields_RuleViolation_Fragment
   };

export type AdoptMutationVariables = Exact<{
  input: AdoptInput;
}>;


export type AdoptMutation = { adopt:
    | AllocationFieldsFragment
    | FailureFields_CidrConflict_Fragment
    | FailureFields_Expired_Fragment
    | FailureFields_InvalidTransition_Fragment
    | FailureFields_KeyConflict_Fragment
    | FailureFields_NotFound_Fragment
    | FailureFields_OutsidePool_Fragment
   };

export type ConfirmMutationVariables = Exact<{
  input: ConfirmInput;
}>;


export type ConfirmMutation = { confirm:
    | AllocationFieldsFragment
    | FailureFields_AlreadyConfirmed_Fragment
    | FailureFields_Expired_Fragment
    | FailureFields_InvalidTransition_Fragment
    | FailureFields_NotFound_Fragment
   };

export type RenewMutationVariables = Exact<{
  input: RenewInput;
}>;


export type RenewMutation = { renew:
    | AllocationFieldsFragment
    | FailureFields_Expired_Fragment
    | FailureFields_InvalidTransition_Fragment
    | FailureFields_NotFound_Fragment
   };

export type ReleaseMutationVariables = Exact<{
  input: ReleaseInput;
}>;


export type ReleaseMutation = { release:
    | AllocationFieldsFragment
    | FailureFields_HasDependents_Fragment
    | FailureFields_InvalidTransition_Fragment
    | FailureFields_NotFound_Fragment
   };

export type RestoreMutationVariables = Exact<{
  input: RestoreAllocationInput;
}>;


export type RestoreMutation = { restoreAllocation:
    | AllocationFieldsFragment
    | FailureFields_InvalidTransition_Fragment
    | FailureFields_NotFound_Fragment
   };

export type CheckCidrsQueryVariables = Exact<{
  cidrs: Array<string> | string;
  routingDomain?: string | null | undefined;
}>;


export type CheckCidrsQuery = { checkCidrs: Array<{ input: string, cidr: string | null, status: CheckStatus, pool: { id: string, name: string } | null, conflicts: Array<ConflictFieldsFragment>, problem: { reason: string, position: number, canonical: string | null } | null }> };

export type ReleaseManyMutationVariables = Exact<{
  input: ReleaseManyInput;
}>;


export type ReleaseManyMutation = { releaseMany:
    | { allocations: Array<AllocationFieldsFragment> }
    | FailureFields_BatchRejected_Fragment
   };

export type UpdateAllocationMutationVariables = Exact<{
  input: UpdateAllocationInput;
}>;


export type UpdateAllocationMutation = { updateAllocation:
    | AllocationFieldsFragment
    | FailureFields_InvalidTransition_Fragment
    | FailureFields_NotFound_Fragment
    | FailureFields_RuleViolation_Fragment
    | FailureFields_VersionConflict_Fragment
   };

export type ChangeFieldsFragment = { position: string | null, sequence: string | null, pool: string | null, at: string, recordedAt: string, actor: string, correlation: string, action: string, subject: string, detail: unknown };

export type ChangesOfQueryVariables = Exact<{
  id: string;
  first: number;
  after?: string | null | undefined;
}>;


export type ChangesOfQuery = { changesOf: { totalCount: number, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<ChangeFieldsFragment> } };

export type FollowChangesSubscriptionVariables = Exact<{
  pool?: string | null | undefined;
  sinceSequence?: string | null | undefined;
  sincePosition?: string | null | undefined;
}>;


export type FollowChangesSubscription = { changes: ChangeFieldsFragment };

export type DiscoveryAccountFieldsFragment = { account: string, name: string, roleArn: string | null, externalId: string | null, regions: Array<string>, enabled: boolean, source: DiscoverySource, createdAt: string, createdBy: string, updatedAt: string, updatedBy: string };

export type DiscoveryScopeFieldsFragment = { region: string, lastGoodAt: string | null, staleSince: string | null, staleReason: string | null, objects: number, missing: number };

export type SweepFieldsFragment = { id: string, state: SweepState, cause: SweepCause, kinds: Array<ObservedKind>, startedAt: string, startedBy: string, endedAt: string | null, accountsDone: number, accountsTotal: number, scopesDone: number, scopesRunning: number, scopesFailed: number, scopesTotal: number, calls: string, throttles: string, retries: string, objects: string, changed: string, missing: string, remainingSeconds: number | null, problem: string | null };

export type SweepReportFragment = (
  { failedScopes: Array<{ account: string, region: string, failures: Array<{ kind: ObservedKind | null, reason: ListFailureReason, message: string }> }> }
  & SweepFieldsFragment
);

export type ListDiscoveryAccountsQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
}>;


export type ListDiscoveryAccountsQuery = { discoveryAccounts: { totalCount: number, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<(
      { scopes: Array<DiscoveryScopeFieldsFragment> }
      & DiscoveryAccountFieldsFragment
    )> } };

export type AddDiscoveryAccountsMutationVariables = Exact<{
  input: AddDiscoveryAccountsInput;
}>;


export type AddDiscoveryAccountsMutation = { addDiscoveryAccounts:
    | { added: number, updated: number, accounts: Array<DiscoveryAccountFieldsFragment> }
    | FailureFields_RuleViolation_Fragment
   };

export type UpdateDiscoveryAccountMutationVariables = Exact<{
  input: UpdateDiscoveryAccountInput;
}>;


export type UpdateDiscoveryAccountMutation = { updateDiscoveryAccount:
    | DiscoveryAccountFieldsFragment
    | FailureFields_NotFound_Fragment
    | FailureFields_RuleViolation_Fragment
   };

export type RemoveDiscoveryAccountsMutationVariables = Exact<{
  input: RemoveDiscoveryAccountsInput;
}>;


export type RemoveDiscoveryAccountsMutation = { removeDiscoveryAccounts:
    | FailureFields_NotFound_Fragment
    | { accounts: Array<DiscoveryAccountFieldsFragment> }
    | FailureFields_RuleViolation_Fragment
   };

export type ImportOrganizationMutationVariables = Exact<{
  input: ImportOrganizationInput;
}>;


export type ImportOrganizationMutation = { importOrganization:
    | { added: number, updated: number, gone: Array<string>, accounts: Array<DiscoveryAccountFieldsFragment> }
    | FailureFields_RuleViolation_Fragment
   };

export type GetSweepQueryVariables = Exact<{
  id: string;
}>;


export type GetSweepQuery = { sweep: SweepReportFragment | null };

export type ListSweepsQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
}>;


export type ListSweepsQuery = { sweeps: { totalCount: number, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<SweepFieldsFragment> } };

export type StartSweepMutationVariables = Exact<{
  input: StartSweepInput;
}>;


export type StartSweepMutation = { startSweep:
    | FailureFields_NotFound_Fragment
    | FailureFields_RuleViolation_Fragment
    | SweepFieldsFragment
   };

export type CancelSweepMutationVariables = Exact<{
  input: SweepInput;
}>;


export type CancelSweepMutation = { cancelSweep:
    | FailureFields_NotFound_Fragment
    | FailureFields_RuleViolation_Fragment
    | SweepFieldsFragment
   };

export type ResumeSweepMutationVariables = Exact<{
  input: SweepInput;
}>;


export type ResumeSweepMutation = { resumeSweep:
    | FailureFields_NotFound_Fragment
    | FailureFields_RuleViolation_Fragment
    | SweepFieldsFragment
   };

export type ConflictFieldsFragment = { cidr: string, reason: ConflictReason, allocation: string | null, key: string | null, resource: string | null, holder: HolderFieldsFragment | null };

type FactsOfFailure_AlreadyConfirmed_Fragment = { __typename: 'AlreadyConfirmed', status: AllocationStatus, possible: Array<string>, code: string, message: string };

type FactsOfFailure_BatchRejected_Fragment = { __typename: 'BatchRejected', code: string, message: string };

type FactsOfFailure_CidrConflict_Fragment = { __typename: 'CidrConflict', cidr: string, code: string, message: string, conflicts: Array<ConflictFieldsFragment> };

type FactsOfFailure_Expired_Fragment = { __typename: 'Expired', cidr: string, expiredAt: string, allocation: string | null, code: string, message: string, takenBy: Array<ConflictFieldsFragment> };

type FactsOfFailure_HasDependents_Fragment = { __typename: 'HasDependents', dependents: Array<string>, code: string, message: string };

type FactsOfFailure_InvalidTransition_Fragment = { __typename: 'InvalidTransition', status: AllocationStatus, possible: Array<string>, code: string, message: string };

type FactsOfFailure_KeyConflict_Fragment = { __typename: 'KeyConflict', key: string | null, cidr: string, allocation: string | null, request: string | null, code: string, message: string, holder: HolderFieldsFragment };

type FactsOfFailure_NameTaken_Fragment = { __typename: 'NameTaken', name: string, code: string, message: string, existing: string };

type FactsOfFailure_NoSpace_Fragment = { __typename: 'NoSpace', prefixLength: number, largestFreeBlock: string | null, code: string, message: string, freeBlocksByLength: Array<{ prefixLength: number, count: number }> };

type FactsOfFailure_NotFound_Fragment = { __typename: 'NotFound', id: string, code: string, message: string };

type FactsOfFailure_OutsidePool_Fragment = { __typename: 'OutsidePool', cidr: string, poolCidrs: Array<string>, code: string, message: string };

type FactsOfFailure_RuleViolation_Fragment = { __typename: 'RuleViolation', rule: string, value: string, allowed: string, code: string, message: string };

type FactsOfFailure_VersionConflict_Fragment = { __typename: 'VersionConflict', version: number, changedBy: string, code: string, message: string };

export type FactsOfFailureFragment =
  | FactsOfFailure_AlreadyConfirmed_Fragment
  | FactsOfFailure_BatchRejected_Fragment
  | FactsOfFailure_CidrConflict_Fragment
  | FactsOfFailure_Expired_Fragment
  | FactsOfFailure_HasDependents_Fragment
  | FactsOfFailure_InvalidTransition_Fragment
  | FactsOfFailure_KeyConflict_Fragment
  | FactsOfFailure_NameTaken_Fragment
  | FactsOfFailure_NoSpace_Fragment
  | FactsOfFailure_NotFound_Fragment
  | FactsOfFailure_OutsidePool_Fragment
  | FactsOfFailure_RuleViolation_Fragment
  | FactsOfFailure_VersionConflict_Fragment
;

type FailureFields_AlreadyConfirmed_Fragment = FactsOfFailure_AlreadyConfirmed_Fragment;

type FailureFields_BatchRejected_Fragment = (
  { failures: Array<{ index: number, key: string | null, failure:
      | FactsOfFailure_AlreadyConfirmed_Fragment
      | FactsOfFailure_BatchRejected_Fragment
      | FactsOfFailure_CidrConflict_Fragment
      | FactsOfFailure_Expired_Fragment
      | FactsOfFailure_HasDependents_Fragment
      | FactsOfFailure_InvalidTransition_Fragment
      | FactsOfFailure_KeyConflict_Fragment
      | FactsOfFailure_NameTaken_Fragment
      | FactsOfFailure_NoSpace_Fragment
      | FactsOfFailure_NotFound_Fragment
      | FactsOfFailure_OutsidePool_Fragment
      | FactsOfFailure_RuleViolation_Fragment
      | FactsOfFailure_VersionConflict_Fragment
     }> }
  & FactsOfFailure_BatchRejected_Fragment
);

type FailureFields_CidrConflict_Fragment = FactsOfFailure_CidrConflict_Fragment;

type FailureFields_Expired_Fragment = FactsOfFailure_Expired_Fragment;

type FailureFields_HasDependents_Fragment = FactsOfFailure_HasDependents_Fragment;

type FailureFields_InvalidTransition_Fragment = FactsOfFailure_InvalidTransition_Fragment;

type FailureFields_KeyConflict_Fragment = FactsOfFailure_KeyConflict_Fragment;

type FailureFields_NameTaken_Fragment = FactsOfFailure_NameTaken_Fragment;

type FailureFields_NoSpace_Fragment = FactsOfFailure_NoSpace_Fragment;

type FailureFields_NotFound_Fragment = FactsOfFailure_NotFound_Fragment;

type FailureFields_OutsidePool_Fragment = FactsOfFailure_OutsidePool_Fragment;

type FailureFields_RuleViolation_Fragment = FactsOfFailure_RuleViolation_Fragment;

type FailureFields_VersionConflict_Fragment = FactsOfFailure_VersionConflict_Fragment;

export type FailureFieldsFragment =
  | FailureFields_AlreadyConfirmed_Fragment
  | FailureFields_BatchRejected_Fragment
  | FailureFields_CidrConflict_Fragment
  | FailureFields_Expired_Fragment
  | FailureFields_HasDependents_Fragment
  | FailureFields_InvalidTransition_Fragment
  | FailureFields_KeyConflict_Fragment
  | FailureFields_NameTaken_Fragment
  | FailureFields_NoSpace_Fragment
  | FailureFields_NotFound_Fragment
  | FailureFields_OutsidePool_Fragment
  | FailureFields_RuleViolation_Fragment
  | FailureFields_VersionConflict_Fragment
;

export type FindingFieldsFragment = { id: string, kind: FindingKind, subject: string, severity: FindingSeverity, message: string, detail: unknown, firstSeen: string, lastSeen: string, endedAt: string | null, waived: boolean, waiver: { reason: string, contact: string, until: string, by: string, at: string } | null };

export type ListFindingsQueryVariables = Exact<{
  filter: FindingFilterInput;
  first: number;
  after?: string | null | undefined;
}>;


export type ListFindingsQuery = { findings: { totalCount: number, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<FindingFieldsFragment> } };

export type GetFindingQueryVariables = Exact<{
  id: string;
}>;


export type GetFindingQuery = { finding: FindingFieldsFragment | null };

export type WaiveFindingMutationVariables = Exact<{
  input: WaiveFindingInput;
}>;


export type WaiveFindingMutation = { waiveFinding:
    | FindingFieldsFragment
    | FailureFields_NotFound_Fragment
    | FailureFields_RuleViolation_Fragment
   };

export type UnwaiveFindingMutationVariables = Exact<{
  input: UnwaiveFindingInput;
}>;


export type UnwaiveFindingMutation = { unwaiveFinding:
    | FindingFieldsFragment
    | FailureFields_NotFound_Fragment
   };

export type ObservedFieldsFragment = { kind: ObservedKind, id: string, account: string | null, region: string | null, vpcId: string | null, name: string | null, cidrs: Array<string>, configuration: unknown, firstSeen: string, changedAt: string, lastSeen: string, missingSince: string | null, tags: Array<{ key: string, value: string }> };

export type ListObservedQueryVariables = Exact<{
  filter?: ObservedObjectFilter | null | undefined;
  first: number;
  after?: string | null | undefined;
}>;


export type ListObservedQuery = { observedObjects: { totalCount: number, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<ObservedFieldsFragment> } };

export type ListFieldsFragment = { account: string, region: string, kind: ObservedKind, objects: number, missing: number, coveredSince: string | null, lastGoodAt: string | null, lastTriedAt: string | null, staleSince: string | null, staleReason: string | null, suspicious: number, dropAccepted: boolean };

export type ListListsQueryVariables = Exact<{
  account?: string | null | undefined;
  region?: string | null | undefined;
  stale?: boolean | null | undefined;
}>;


export type ListListsQuery = { observedLists: Array<ListFieldsFragment> };

export type AcceptDropMutationVariables = Exact<{
  input: AcceptDropInput;
}>;


export type AcceptDropMutation = { acceptDrop:
    | FailureFields_NotFound_Fragment
    | ListFieldsFragment
   };

export type ConfigurationChangeFieldsFragment = { position: string | null, at: string, recordedAt: string, actor: string, action: string, kind: ObservedKind, resourceId: string, name: string | null, account: string | null, region: string | null, vpcId: string | null, vpcs: Array<string>, path: string, old: unknown, new: unknown };

export type ListConfigurationChangesQueryVariables = Exact<{
  filter?: ConfigurationChangeFilter | null | undefined;
  first: number;
  after?: string | null | undefined;
}>;


export type ListConfigurationChangesQuery = { configurationChanges: { totalCount: number, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<ConfigurationChangeFieldsFragment> } };

export type GetSnapshotQueryVariables = Exact<{
  vpc: string;
  at?: string | null | undefined;
}>;


export type GetSnapshotQuery = { snapshotAt: { vpc: string, at: string, objects: Array<{ presence: Presence, version: { kind: ObservedKind, id: string, account: string | null, region: string | null, vpcId: string | null, name: string | null, cidrs: Array<string>, configuration: unknown, from: string, to: string | null, missingSince: string | null } }>, uncovered: Array<{ account: string, region: string, kind: ObservedKind, reason: string }> } | null };

export type ExternalNetworkFieldsFragment = { name: string, cidrs: Array<string>, gateways: Array<string>, description: string, contact: string, version: number, declaredAt: string, changedAt: string, tags: Array<{ key: string, value: string }> };

export type ListExternalNetworksQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
}>;


export type ListExternalNetworksQuery = { externalNetworks: { totalCount: number, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<ExternalNetworkFieldsFragment> } };

export type DeclareExternalNetworkMutationVariables = Exact<{
  input: DeclareExternalNetworkInput;
}>;


export type DeclareExternalNetworkMutation = { declareExternalNetwork:
    | ExternalNetworkFieldsFragment
    | FailureFields_NotFound_Fragment
    | FailureFields_RuleViolation_Fragment
    | FailureFields_VersionConflict_Fragment
   };

export type RemoveExternalNetworkMutationVariables = Exact<{
  input: RemoveExternalNetworkInput;
}>;


export type RemoveExternalNetworkMutation = { removeExternalNetwork:
    | ExternalNetworkFieldsFragment
    | FailureFields_NotFound_Fragment
    | FailureFields_VersionConflict_Fragment
   };

export type NetworkFieldsFragment = { id: string, kind: NetworkKind, account: string | null, region: string | null, cidrs: Array<string>, missing: boolean, calledName: string | null, routingDomain: { id: string, name: string } };

export type ListNetworksQueryVariables = Exact<{
  filter?: NetworkFilterInput | null | undefined;
  first: number;
  after?: string | null | undefined;
}>;


export type ListNetworksQuery = { networks: { totalCount: number, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<NetworkFieldsFragment> } };

export type PlaceNetworkMutationVariables = Exact<{
  input: PlaceNetworkInput;
}>;


export type PlaceNetworkMutation = { placeNetwork:
    | NetworkFieldsFragment
    | FailureFields_NotFound_Fragment
   };

export type AdoptObservedMutationVariables = Exact<{
  input: AdoptObservedInput;
}>;


export type AdoptObservedMutation = { adoptObserved:
    | { resource: string, allocations: Array<AllocationFieldsFragment>, pools: Array<{ id: string, name: string, cidrs: Array<string> }>, failures: Array<{ resource: string, cidr: string, failure:
          | FactsOfFailure_AlreadyConfirmed_Fragment
          | FactsOfFailure_BatchRejected_Fragment
          | FactsOfFailure_CidrConflict_Fragment
          | FactsOfFailure_Expired_Fragment
          | FactsOfFailure_HasDependents_Fragment
          | FactsOfFailure_InvalidTransition_Fragment
          | FactsOfFailure_KeyConflict_Fragment
          | FactsOfFailure_NameTaken_Fragment
          | FactsOfFailure_NoSpace_Fragment
          | FactsOfFailure_NotFound_Fragment
          | FactsOfFailure_OutsidePool_Fragment
          | FactsOfFailure_RuleViolation_Fragment
          | FactsOfFailure_VersionConflict_Fragment
         }> }
    | FailureFields_NotFound_Fragment
   };

export type OverlapNetworkFieldsFragment = { id: string, name: string | null, account: string | null, region: string | null, missing: boolean, addressesInUse: string, routingDomain: { id: string, name: string } | null, allocation: { id: string, key: string | null, holder: HolderFieldsFragment } | null };

export type OverlapFieldsFragment = { subject: string, class: OverlapClass, cidr: string, inner: string | null, networkCount: number, innerNetworkCount: number, networks: Array<OverlapNetworkFieldsFragment>, innerNetworks: Array<OverlapNetworkFieldsFragment>, conflicts: { totalCount: number, nodes: Array<{ a: { id: string }, b: { id: string }, via: Array<{ how: ReachVia, resource: string }> }> }, finding: { id: string, waived: boolean, waiver: { reason: string, contact: string, until: string } | null } | null };

export type ListOverlapsQueryVariables = Exact<{
  filter: OverlapFilterInput;
  first: number;
  after?: string | null | undefined;
}>;


export type ListOverlapsQuery = { overlaps: { totalCount: number, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<OverlapFieldsFragment> } };

export type WouldOverlapQueryVariables = Exact<{
  connect: PlannedConnectionInput;
}>;


export type WouldOverlapQuery = { wouldOverlap: { overlaps: boolean, verdict: ConnectionVerdict, collisionCount: number, beyondCount: number, reasons: Array<{ rule: string, message: string, source: string }>, warnings: Array<{ rule: string, message: string, source: string }>, collisions: Array<{ a: string, b: string, aNetwork: string | null, bNetwork: string | null }>, unreachable: Array<{ from: string, to: string, cidr: string, mendable: boolean, reason: { message: string } }>, beyond: Array<{ a: string, b: string, aNetwork: string | null, bNetwork: string | null }>, alternatives: Array<{ kind: string, from: string, to: string, serves: boolean, why: string, needs: Array<string> }> } };

export type GetReachQueryVariables = Exact<{
  routingDomain: string;
  at?: string | null | undefined;
  first: number;
  after?: string | null | undefined;
}>;


export type GetReachQuery = { reach: { status: ReachStatus, at: string | null, domains: { totalCount: number, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ routingDomain: { id: string, name: string } | null, via: Array<{ how: ReachVia, resource: string }> }> } } | null };

export type SearchQueryVariables = Exact<{
  text: string;
  first: number;
}>;


export type SearchQuery = { search: { more: boolean, hits: Array<{ by: MatchedBy, kind: string, id: string, name: string | null, cidr: string | null, chain: Array<string>, note: string }> } };

export type PoolFieldsFragment = { id: string, name: string, description: string, family: Family, uniqueness: Uniqueness | null, depth: number, cidrs: Array<string>, version: number, createdAt: string, createdBy: string, routingDomain: { id: string, name: string } | null, parent: { id: string, name: string } | null, sources: Array<{ cidr: string, allocation: { id: string, pool: { id: string, name: string } | null } }>, rules: { minPrefixLength: number | null, maxPrefixLength: number | null, defaultPrefixLength: number | null, requiredTags: Array<string>, placement: Placement, quarantineSeconds: number, excluded: Array<string>, autoAdopt: boolean }, tags: Array<{ key: string, value: string }> };

export type CapacityFieldsFragment = { total: string, allocated: string, delegated: string, assigned: string, reserved: string, quarantined: string, blocked: string, free: string, utilization: number, fragmentation: number, largestFreeBlock: string | null, freeBlocksByLength: Array<{ prefixLength: number, count: number }> };

export type ListPoolsQueryVariables = Exact<{
  filter?: PoolFilterInput | null | undefined;
  orderBy: PoolOrder;
  first: number;
  after?: string | null | undefined;
}>;


export type ListPoolsQuery = { pools: { totalCount: number, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<(
      { capacity: CapacityFieldsFragment }
      & PoolFieldsFragment
    )> } };

export type GetPoolQueryVariables = Exact<{
  id?: string | null | undefined;
  name?: string | null | undefined;
  tree: boolean;
}>;


export type GetPoolQuery = { pool: (
    { capacity: CapacityFieldsFragment }
    & PoolFieldsFragment
  ) | null };

export type CreatePoolMutationVariables = Exact<{
  input: CreatePoolInput;
}>;


export type CreatePoolMutation = { createPool:
    | FailureFields_CidrConflict_Fragment
    | FailureFields_HasDependents_Fragment
    | FailureFields_InvalidTransition_Fragment
    | FailureFields_NameTaken_Fragment
    | FailureFields_NotFound_Fragment
    | PoolFieldsFragment
    | FailureFields_RuleViolation_Fragment
   };

export type UpdatePoolMutationVariables = Exact<{
  input: UpdatePoolInput;
}>;


export type UpdatePoolMutation = { updatePool:
    | FailureFields_NameTaken_Fragment
    | FailureFields_NotFound_Fragment
    | PoolFieldsFragment
    | FailureFields_RuleViolation_Fragment
    | FailureFields_VersionConflict_Fragment
   };

export type ProvisionCidrMutationVariables = Exact<{
  input: ProvisionCidrInput;
}>;


export type ProvisionCidrMutation = { provisionCidr:
    | FailureFields_CidrConflict_Fragment
    | FailureFields_HasDependents_Fragment
    | FailureFields_InvalidTransition_Fragment
    | FailureFields_NotFound_Fragment
    | PoolFieldsFragment
    | FailureFields_RuleViolation_Fragment
   };

export type DeprovisionCidrMutationVariables = Exact<{
  input: DeprovisionCidrInput;
}>;


export type DeprovisionCidrMutation = { deprovisionCidr:
    | FailureFields_HasDependents_Fragment
    | FailureFields_NotFound_Fragment
    | FailureFields_OutsidePool_Fragment
    | PoolFieldsFragment
   };

export type DeletePoolMutationVariables = Exact<{
  input: DeletePoolInput;
}>;


export type DeletePoolMutation = { deletePool:
    | FailureFields_HasDependents_Fragment
    | FailureFields_NotFound_Fragment
    | PoolFieldsFragment
    | FailureFields_VersionConflict_Fragment
   };

export type LinkFieldsFragment = { id: string, via: string, createdAt: string, createdBy: string, a: { id: string, name: string }, b: { id: string, name: string } };

export type RoutingDomainFieldsFragment = { id: string, name: string, description: string, version: number, createdAt: string, createdBy: string, tags: Array<{ key: string, value: string }>, links: Array<LinkFieldsFragment> };

export type ListRoutingDomainsQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
}>;


export type ListRoutingDomainsQuery = { routingDomains: { totalCount: number, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<RoutingDomainFieldsFragment> } };

export type GetRoutingDomainQueryVariables = Exact<{
  id?: string | null | undefined;
  name?: string | null | undefined;
}>;


export type GetRoutingDomainQuery = { routingDomain: RoutingDomainFieldsFragment | null };

export type CreateRoutingDomainMutationVariables = Exact<{
  input: CreateRoutingDomainInput;
}>;


export type CreateRoutingDomainMutation = { createRoutingDomain:
    | FailureFields_NameTaken_Fragment
    | RoutingDomainFieldsFragment
   };

export type UpdateRoutingDomainMutationVariables = Exact<{
  input: UpdateRoutingDomainInput;
}>;


export type UpdateRoutingDomainMutation = { updateRoutingDomain:
    | FailureFields_NameTaken_Fragment
    | FailureFields_NotFound_Fragment
    | RoutingDomainFieldsFragment
    | FailureFields_VersionConflict_Fragment
   };

export type DeleteRoutingDomainMutationVariables = Exact<{
  input: DeleteRoutingDomainInput;
}>;


export type DeleteRoutingDomainMutation = { deleteRoutingDomain:
    | FailureFields_HasDependents_Fragment
    | FailureFields_NotFound_Fragment
    | RoutingDomainFieldsFragment
   };

export type ConnectRoutingDomainsMutationVariables = Exact<{
  input: ConnectRoutingDomainsInput;
}>;


export type ConnectRoutingDomainsMutation = { connectRoutingDomains:
    | LinkFieldsFragment
    | FailureFields_NotFound_Fragment
    | FailureFields_RuleViolation_Fragment
   };

export type DisconnectRoutingDomainsMutationVariables = Exact<{
  input: DisconnectRoutingDomainsInput;
}>;


export type DisconnectRoutingDomainsMutation = { disconnectRoutingDomains:
    | LinkFieldsFragment
    | FailureFields_NotFound_Fragment
   };

export type PlaceFieldsFragment = { id: string, name: string, depth: number, cidrs: Array<string>, uniqueness: Uniqueness | null, sources: Array<{ cidr: string, allocation: { id: string, pool: { id: string } | null } }>, routingDomain: { id: string, name: string } | null };

export type BlockFieldsFragment = { cidr: string, state: BlockState, reasons: Array<string>, allocation: AllocationFieldsFragment | null };

export type PoolsAroundQueryVariables = Exact<{
  filter: PoolFilterInput;
  first: number;
  after?: string | null | undefined;
}>;


export type PoolsAroundQuery = { pools: { totalCount: number, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<PlaceFieldsFragment> } };

export type BlocksAroundQueryVariables = Exact<{
  pool: string;
  cidr: string;
  first: number;
}>;


export type BlocksAroundQuery = { pool: { blocks: { pageInfo: { hasNextPage: boolean }, nodes: Array<BlockFieldsFragment> } } | null };

export type PoolBlocksQueryVariables = Exact<{
  id?: string | null | undefined;
  name?: string | null | undefined;
  first: number;
  after?: string | null | undefined;
}>;


export type PoolBlocksQuery = { pool: { blocks: { pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<BlockFieldsFragment> } } | null };

export type GetAllocationQueryVariables = Exact<{
  id?: string | null | undefined;
  pool?: string | null | undefined;
  key?: string | null | undefined;
}>;


export type GetAllocationQuery = { allocation: AllocationFieldsFragment | null };

export type ByNameQueryVariables = Exact<{
  name: string;
  text: string;
  first: number;
}>;


export type ByNameQuery = { pool: { id: string } | null, routingDomain: { id: string } | null, keyed: { nodes: Array<AllocationFieldsFragment> }, held: { nodes: Array<AllocationFieldsFragment> } };

export type TokenFieldsFragment = { id: string, name: string, role: Role, createdAt: string, createdBy: string, expiresAt: string | null, revokedAt: string | null };

export type ListTokensQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
}>;


export type ListTokensQuery = { tokens: { totalCount: number, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<TokenFieldsFragment> } };

export type CreateTokenMutationVariables = Exact<{
  input: CreateTokenInput;
}>;


export type CreateTokenMutation = { createToken:
    | { secret: string, token: TokenFieldsFragment }
    | FailureFields_NameTaken_Fragment
    | FailureFields_RuleViolation_Fragment
   };

export type RevokeTokenMutationVariables = Exact<{
  input: RevokeTokenInput;
}>;


export type RevokeTokenMutation = { revokeToken:
    | FailureFields_NotFound_Fragment
    | TokenFieldsFragment
   };

const fragmentHolderFields = `fragment HolderFields on Holder {
  provider
  account
  region
  resourceType
  resourceId
  routingDomain
  contact
}`;

const fragmentAllocationFields = `fragment AllocationFields on Allocation {
  id
  pool {
    id
    name
  }
  cidr
  status
  key
  request
  claim
  holder {
    ...HolderFields
  }
  description
  tags {
    key
    value
  }
  noncompliant
  createdAt
  createdBy
  expiresAt
  availableAt
  releasedAt
  version
}`;

const fragmentChangeFields = `fragment ChangeFields on Change {
  position
  sequence
  pool
  at
  recordedAt
  actor
  correlation
  action
  subject
  detail
}`;

const fragmentDiscoveryAccountFields = `fragment DiscoveryAccountFields on DiscoveryAccount {
  account
  name
  roleArn
  externalId
  regions
  enabled
  source
  createdAt
  createdBy
  updatedAt
  updatedBy
}`;

const fragmentDiscoveryScopeFields = `fragment DiscoveryScopeFields on DiscoveryScope {
  region
  lastGoodAt
  staleSince
  staleReason
  objects
  missing
}`;

const fragmentSweepFields = `fragment SweepFields on Sweep {
  id
  state
  cause
  kinds
  startedAt
  startedBy
  endedAt
  accountsDone
  accountsTotal
  scopesDone
  scopesRunning
  scopesFailed
  scopesTotal
  calls
  throttles
  retries
  objects
  changed
  missing
  remainingSeconds
  problem
}`;

const fragmentSweepReport = `fragment SweepReport on Sweep {
  ...SweepFields
  failedScopes {
    account
    region
    failures {
      kind
      reason
      message
    }
  }
}`;

const fragmentConflictFields = `fragment ConflictFields on Conflict {
  cidr
  reason
  allocation
  key
  resource
  holder {
    ...HolderFields
  }
}`;

const fragmentFactsOfFailure = `fragment FactsOfFailure on Failure {
  __typename
  code
  message
  ... on NoSpace {
    prefixLength
    largestFreeBlock
    freeBlocksByLength {
      prefixLength
      count
    }
  }
  ... on CidrConflict {
    cidr
    conflicts {
      ...ConflictFields
    }
  }
  ... on OutsidePool {
    cidr
    poolCidrs
  }
  ... on RuleViolation {
    rule
    value
    allowed
  }
  ... on KeyConflict {
    key
    cidr
    allocation
    request
    holder {
      ...HolderFields
    }
  }
  ... on AlreadyConfirmed {
    status
    possible
  }
  ... on InvalidTransition {
    status
    possible
  }
  ... on Expired {
    cidr
    expiredAt
    allocation
    takenBy {
      ...ConflictFields
    }
  }
  ... on HasDependents {
    dependents
  }
  ... on VersionConflict {
    version
    changedBy
  }
  ... on NameTaken {
    name
    existing: takenBy
  }
  ... on NotFound {
    id
  }
}`;

const fragmentFailureFields = `fragment FailureFields on Failure {
  ...FactsOfFailure
  ... on BatchRejected {
    failures {
      index
      key
      failure {
        ...FactsOfFailure
      }
    }
  }
}`;

const fragmentFindingFields = `fragment FindingFields on Finding {
  id
  kind
  subject
  severity
  message
  detail
  firstSeen
  lastSeen
  endedAt
  waived
  waiver {
    reason
    contact
    until
    by
    at
  }
}`;

const fragmentObservedFields = `fragment ObservedFields on ObservedObject {
  kind
  id
  account
  region
  vpcId
  name
  cidrs
  configuration
  tags {
    key
    value
  }
  firstSeen
  changedAt
  lastSeen
  missingSince
}`;

const fragmentListFields = `fragment ListFields on ObservedList {
  account
  region
  kind
  objects
  missing
  coveredSince
  lastGoodAt
  lastTriedAt
  staleSince
  staleReason
  suspicious
  dropAccepted
}`;

const fragmentConfigurationChangeFields = `fragment ConfigurationChangeFields on ConfigurationChange {
  position
  at
  recordedAt
  actor
  action
  kind
  resourceId
  name
  account
  region
  vpcId
  vpcs
  path
  old
  new
}`;

const fragmentExternalNetworkFields = `fragment ExternalNetworkFields on ExternalNetwork {
  name
  cidrs
  gateways
  description
  contact
  tags {
    key
    value
  }
  version
  declaredAt
  changedAt
}`;

const fragmentNetworkFields = `fragment NetworkFields on Network {
  id
  kind
  calledName: name
  account
  region
  routingDomain {
    id
    name
  }
  cidrs
  missing
}`;

const fragmentOverlapNetworkFields = `fragment OverlapNetworkFields on OverlapNetwork {
  id
  name
  account
  region
  missing
  addressesInUse
  routingDomain {
    id
    name
  }
  allocation {
    id
    key
    holder {
      ...HolderFields
    }
  }
}`;

const fragmentOverlapFields = `fragment OverlapFields on Overlap {
  subject
  class
  cidr
  inner
  networkCount
  innerNetworkCount
  networks {
    ...OverlapNetworkFields
  }
  innerNetworks {
    ...OverlapNetworkFields
  }
  conflicts(first: 5) {
    totalCount
    nodes {
      a {
        id
      }
      b {
        id
      }
      via {
        how
        resource
      }
    }
  }
  finding {
    id
    waived
    waiver {
      reason
      contact
      until
    }
  }
}`;

const fragmentPoolFields = `fragment PoolFields on Pool {
  id
  name
  description
  family
  uniqueness
  routingDomain {
    id
    name
  }
  parent {
    id
    name
  }
  depth
  cidrs
  sources {
    cidr
    allocation {
      id
      pool {
        id
        name
      }
    }
  }
  rules {
    minPrefixLength
    maxPrefixLength
    defaultPrefixLength
    requiredTags
    placement
    quarantineSeconds
    excluded
    autoAdopt
  }
  tags {
    key
    value
  }
  version
  createdAt
  createdBy
}`;

const fragmentCapacityFields = `fragment CapacityFields on Capacity {
  total
  allocated
  delegated
  assigned
  reserved
  quarantined
  blocked
  free
  utilization
  fragmentation
  largestFreeBlock
  freeBlocksByLength {
    prefixLength
    count
  }
}`;

const fragmentLinkFields = `fragment LinkFields on DomainLink {
  id
  a {
    id
    name
  }
  b {
    id
    name
  }
  via
  createdAt
  createdBy
}`;

const fragmentRoutingDomainFields = `fragment RoutingDomainFields on RoutingDomain {
  id
  name
  description
  tags {
    key
    value
  }
  links {
    ...LinkFields
  }
  version
  createdAt
  createdBy
}`;

const fragmentPlaceFields = `fragment PlaceFields on Pool {
  id
  name
  depth
  cidrs
  sources {
    cidr
    allocation {
      id
      pool {
        id
      }
    }
  }
  uniqueness
  routingDomain {
    id
    name
  }
}`;

const fragmentBlockFields = `fragment BlockFields on PoolBlock {
  cidr
  state
  reasons
  allocation {
    ...AllocationFields
  }
}`;

const fragmentTokenFields = `fragment TokenFields on Token {
  id
  name
  role
  createdAt
  createdBy
  expiresAt
  revokedAt
}`;

export const allocate: Operation<AllocateMutation, AllocateMutationVariables> = {
  kind: 'mutation',
  text: `mutation Allocate($input: AllocateInput!) {
  allocate(input: $input) {
    ...AllocationFields
    ...FailureFields
  }
}
${fragmentAllocationFields}
${fragmentHolderFields}
${fragmentFailureFields}
${fragmentFactsOfFailure}
${fragmentConflictFields}`,
};

export const reserve: Operation<ReserveMutation, ReserveMutationVariables> = {
  kind: 'mutation',
  text: `mutation Reserve($input: ReserveInput!) {
  reserve(input: $input) {
    ...AllocationFields
    ...FailureFields
  }
}
${fragmentAllocationFields}
${fragmentHolderFields}
${fragmentFailureFields}
${fragmentFactsOfFailure}
${fragmentConflictFields}`,
};

export const preview: Operation<PreviewQuery, PreviewQueryVariables> = {
  kind: 'query',
  text: `query Preview($input: AllocateInput!) {
  previewAllocation(input: $input) {
    ... on AllocationPreview {
      cidr
      binding
      allocation
    }
    ...FailureFields
  }
}
${fragmentFailureFields}
${fragmentFactsOfFailure}
${fragmentConflictFields}
${fragmentHolderFields}`,
};

export const adopt: Operation<AdoptMutation, AdoptMutationVariables> = {
  kind: 'mutation',
  text: `mutation Adopt($input: AdoptInput!) {
  adopt(input: $input) {
    ...AllocationFields
    ...FailureFields
  }
}
${fragmentAllocationFields}
${fragmentHolderFields}
${fragmentFailureFields}
${fragmentFactsOfFailure}
${fragmentConflictFields}`,
};

export const confirm: Operation<ConfirmMutation, ConfirmMutationVariables> = {
  kind: 'mutation',
  text: `mutation Confirm($input: ConfirmInput!) {
  confirm(input: $input) {
    ...AllocationFields
    ...FailureFields
  }
}
${fragmentAllocationFields}
${fragmentHolderFields}
${fragmentFailureFields}
${fragmentFactsOfFailure}
${fragmentConflictFields}`,
};

export const renew: Operation<RenewMutation, RenewMutationVariables> = {
  kind: 'mutation',
  text: `mutation Renew($input: RenewInput!) {
  renew(input: $input) {
    ...AllocationFields
    ...FailureFields
  }
}
${fragmentAllocationFields}
${fragmentHolderFields}
${fragmentFailureFields}
${fragmentFactsOfFailure}
${fragmentConflictFields}`,
};

export const release: Operation<ReleaseMutation, ReleaseMutationVariables> = {
  kind: 'mutation',
  text: `mutation Release($input: ReleaseInput!) {
  release(input: $input) {
    ...AllocationFields
    ...FailureFields
  }
}
${fragmentAllocationFields}
${fragmentHolderFields}
${fragmentFailureFields}
${fragmentFactsOfFailure}
${fragmentConflictFields}`,
};

export const restore: Operation<RestoreMutation, RestoreMutationVariables> = {
  kind: 'mutation',
  text: `mutation Restore($input: RestoreAllocationInput!) {
  restoreAllocation(input: $input) {
    ...AllocationFields
    ...FailureFields
  }
}
${fragmentAllocationFields}
${fragmentHolderFields}
${fragmentFailureFields}
${fragmentFactsOfFailure}
${fragmentConflictFields}`,
};

export const checkCidrs: Operation<CheckCidrsQuery, CheckCidrsQueryVariables> = {
  kind: 'query',
  text: `query CheckCidrs($cidrs: [String!]!, $routingDomain: ID) {
  checkCidrs(cidrs: $cidrs, routingDomain: $routingDomain) {
    input
    cidr
    status
    pool {
      id
      name
    }
    conflicts {
      ...ConflictFields
    }
    problem {
      reason
      position
      canonical
    }
  }
}
${fragmentConflictFields}
${fragmentHolderFields}`,
};

export const releaseMany: Operation<ReleaseManyMutation, ReleaseManyMutationVariables> = {
  kind: 'mutation',
  text: `mutation ReleaseMany($input: ReleaseManyInput!) {
  releaseMany(input: $input) {
    ... on Allocations {
      allocations {
        ...AllocationFields
      }
    }
    ...FailureFields
  }
}
${fragmentAllocationFields}
${fragmentHolderFields}
${fragmentFailureFields}
${fragmentFactsOfFailure}
${fragmentConflictFields}`,
};

export const updateAllocation: Operation<UpdateAllocationMutation, UpdateAllocationMutationVariables> = {
  kind: 'mutation',
  text: `mutation UpdateAllocation($input: UpdateAllocationInput!) {
  updateAllocation(input: $input) {
    ...AllocationFields
    ...FailureFields
  }
}
${fragmentAllocationFields}
${fragmentHolderFields}
${fragmentFailureFields}
${fragmentFactsOfFailure}
${fragmentConflictFields}`,
};

export const changesOf: Operation<ChangesOfQuery, ChangesOfQueryVariables> = {
  kind: 'query',
  text: `query ChangesOf($id: ID!, $first: Int!, $after: String) {
  changesOf(id: $id, first: $first, after: $after) {
    totalCount
    pageInfo {
      hasNextPage
      endCursor
    }
    nodes {
      ...ChangeFields
    }
  }
}
${fragmentChangeFields}`,
};

export const followChanges: Operation<FollowChangesSubscription, FollowChangesSubscriptionVariables> = {
  kind: 'subscription',
  text: `subscription FollowChanges($pool: ID, $sinceSequence: BigInt, $sincePosition: BigInt) {
  changes(
    pool: $pool
    sinceSequence: $sinceSequence
    sincePosition: $sincePosition
  ) {
    ...ChangeFields
  }
}
${fragmentChangeFields}`,
};

export const listDiscoveryAccounts: Operation<ListDiscoveryAccountsQuery, ListDiscoveryAccountsQueryVariables> = {
  kind: 'query',
  text: `query ListDiscoveryAccounts($first: Int!, $after: String) {
  discoveryAccounts(first: $first, after: $after) {
    totalCount
    pageInfo {
      hasNextPage
      endCursor
    }
    nodes {
      ...DiscoveryAccountFields
      scopes {
        ...DiscoveryScopeFields
      }
    }
  }
}
${fragmentDiscoveryAccountFields}
${fragmentDiscoveryScopeFields}`,
};

export const addDiscoveryAccounts: Operation<AddDiscoveryAccountsMutation, AddDiscoveryAccountsMutationVariables> = {
  kind: 'mutation',
  text: `mutation AddDiscoveryAccounts($input: AddDiscoveryAccountsInput!) {
  addDiscoveryAccounts(input: $input) {
    ... on DiscoveryAccounts {
      added
      updated
      accounts {
        ...DiscoveryAccountFields
      }
    }
    ...FailureFields
  }
}
${fragmentDiscoveryAccountFields}
${fragmentFailureFields}
${fragmentFactsOfFailure}
${fragmentConflictFields}
${fragmentHolderFields}`,
};

export const updateDiscoveryAccount: Operation<UpdateDiscoveryAccountMutation, UpdateDiscoveryAccountMutationVariables> = {
  kind: 'mutation',
  text: `mutation UpdateDiscoveryAccount($input: UpdateDiscoveryAccountInput!) {
  updateDiscoveryAccount(input: $input) {
    ...DiscoveryAccountFields
    ...FailureFields
  }
}
${fragmentDiscoveryAccountFields}
${fragmentFailureFields}
${fragmentFactsOfFailure}
${fragmentConflictFields}
${fragmentHolderFields}`,
};

export const removeDiscoveryAccounts: Operation<RemoveDiscoveryAccountsMutation, RemoveDiscoveryAccountsMutationVariables> = {
  kind: 'mutation',
  text: `mutation RemoveDiscoveryAccounts($input: RemoveDiscoveryAccountsInput!) {
  removeDiscoveryAccounts(input: $input) {
    ... on RemovedDiscoveryAccounts {
      accounts {
        ...DiscoveryAccountFields
      }
    }
    ...FailureFields
  }
}
${fragmentDiscoveryAccountFields}
${fragmentFailureFields}
${fragmentFactsOfFailure}
${fragmentConflictFields}
${fragmentHolderFields}`,
};

export const importOrganization: Operation<ImportOrganizationMutation, ImportOrganizationMutationVariables> = {
  kind: 'mutation',
  text: `mutation ImportOrganization($input: ImportOrganizationInput!) {
  importOrganization(input: $input) {
    ... on DiscoveryAccounts {
      added
      updated
      gone
      accounts {
        ...DiscoveryAccountFields
      }
    }
    ...FailureFields
  }
}
${fragmentDiscoveryAccountFields}
${fragmentFailureFields}
${fragmentFactsOfFailure}
${fragmentConflictFields}
${fragmentHolderFields}`,
};

export const getSweep: Operation<GetSweepQuery, GetSweepQueryVariables> = {
  kind: 'query',
  text: `query GetSweep($id: ID!) {
  sweep(id: $id) {
    ...SweepReport
  }
}
${fragmentSweepReport}
${fragmentSweepFields}`,
};

export const listSweeps: Operation<ListSweepsQuery, ListSweepsQueryVariables> = {
  kind: 'query',
  text: `query ListSweeps($first: Int!, $after: String) {
  sweeps(first: $first, after: $after) {
    totalCount
    pageInfo {
      hasNextPage
      endCursor
    }
    nodes {
      ...SweepFields
    }
  }
}
${fragmentSweepFields}`,
};

export const startSweep: Operation<StartSweepMutation, StartSweepMutationVariables> = {
  kind: 'mutation',
  text: `mutation StartSweep($input: StartSweepInput!) {
  startSweep(input: $input) {
    ...SweepFields
    ...FailureFields
  }
}
${fragmentSweepFields}
${fragmentFailureFields}
${fragmentFactsOfFailure}
${fragmentConflictFields}
${fragmentHolderFields}`,
};

export const cancelSweep: Operation<CancelSweepMutation, CancelSweepMutationVariables> = {
  kind: 'mutation',
  text: `mutation CancelSweep($input: SweepInput!) {
  cancelSweep(input: $input) {
    ...SweepFields
    ...FailureFields
  }
}
${fragmentSweepFields}
${fragmentFailureFields}
${fragmentFactsOfFailure}
${fragmentConflictFields}
${fragmentHolderFields}`,
};

export const resumeSweep: Operation<ResumeSweepMutation, ResumeSweepMutationVariables> = {
  kind: 'mutation',
  text: `mutation ResumeSweep($input: SweepInput!) {
  resumeSweep(input: $input) {
    ...SweepFields
    ...FailureFields
  }
}
${fragmentSweepFields}
${fragmentFailureFields}
${fragmentFactsOfFailure}
${fragmentConflictFields}
${fragmentHolderFields}`,
};

export const listFindings: Operation<ListFindingsQuery, ListFindingsQueryVariables> = {
  kind: 'query',
  text: `query ListFindings($filter: FindingFilterInput!, $first: Int!, $after: String) {
  findings(filter: $filter, first: $first, after: $after) {
    totalCount
    pageInfo {
      hasNextPage
      endCursor
    }
    nodes {
      ...FindingFields
    }
  }
}
${fragmentFindingFields}`,
};

export const getFinding: Operation<GetFindingQuery, GetFindingQueryVariables> = {
  kind: 'query',
  text: `query GetFinding($id: ID!) {
  finding(id: $id) {
    ...FindingFields
  }
}
${fragmentFindingFields}`,
};

export const waiveFinding: Operation<WaiveFindingMutation, WaiveFindingMutationVariables> = {
  kind: 'mutation',
  text: `mutation WaiveFinding($input: WaiveFindingInput!) {
  waiveFinding(input: $input) {
    ...FindingFields
    ...FailureFields
  }
}
${fragmentFindingFields}
${fragmentFailureFields}
${fragmentFactsOfFailure}
${fragmentConflictFields}
${fragmentHolderFields}`,
};

export const unwaiveFinding: Operation<UnwaiveFindingMutation, UnwaiveFindingMutationVariables> = {
  kind: 'mutation',
  text: `mutation UnwaiveFinding($input: UnwaiveFindingInput!) {
  unwaiveFinding(input: $input) {
    ...FindingFields
    ...FailureFields
  }
}
${fragmentFindingFields}
${fragmentFailureFields}
${fragmentFactsOfFailure}
${fragmentConflictFields}
${fragmentHolderFields}`,
};

export const listObserved: Operation<ListObservedQuery, ListObservedQueryVariables> = {
  kind: 'query',
  text: `query ListObserved($filter: ObservedObjectFilter, $first: Int!, $after: String) {
  observedObjects(filter: $filter, first: $first, after: $after) {
    totalCount
    pageInfo {
      hasNextPage
      endCursor
    }
    nodes {
      ...ObservedFields
    }
  }
}
${fragmentObservedFields}`,
};

export const listLists: Operation<ListListsQuery, ListListsQueryVariables> = {
  kind: 'query',
  text: `query ListLists($account: String, $region: String, $stale: Boolean) {
  observedLists(account: $account, region: $region, stale: $stale) {
    ...ListFields
  }
}
${fragmentListFields}`,
};

export const acceptDrop: Operation<AcceptDropMutation, AcceptDropMutationVariables> = {
  kind: 'mutation',
  text: `mutation AcceptDrop($input: AcceptDropInput!) {
  acceptDrop(input: $input) {
    ...ListFields
    ...FailureFields
  }
}
${fragmentListFields}
${fragmentFailureFields}
${fragmentFactsOfFailure}
${fragmentConflictFields}
${fragmentHolderFields}`,
};

export const listConfigurationChanges: Operation<ListConfigurationChangesQuery, ListConfigurationChangesQueryVariables> = {
  kind: 'query',
  text: `query ListConfigurationChanges($filter: ConfigurationChangeFilter, $first: Int!, $after: String) {
  configurationChanges(filter: $filter, first: $first, after: $after) {
    totalCount
    pageInfo {
      hasNextPage
      endCursor
    }
    nodes {
      ...ConfigurationChangeFields
    }
  }
}
${fragmentConfigurationChangeFields}`,
};

export const getSnapshot: Operation<GetSnapshotQuery, GetSnapshotQueryVariables> = {
  kind: 'query',
  text: `query GetSnapshot($vpc: ID!, $at: DateTime) {
  snapshotAt(vpc: $vpc, at: $at) {
    vpc
    at
    objects {
      presence
      version {
        kind
        id
        account
        region
        vpcId
        name
        cidrs
        configuration
        from
        to
        missingSince
      }
    }
    uncovered {
      account
      region
      kind
      reason
    }
  }
}`,
};

export const listExternalNetworks: Operation<ListExternalNetworksQuery, ListExternalNetworksQueryVariables> = {
  kind: 'query',
  text: `query ListExternalNetworks($first: Int!, $after: String) {
  externalNetworks(first: $first, after: $after) {
    totalCount
    pageInfo {
      hasNextPage
      endCursor
    }
    nodes {
      ...ExternalNetworkFields
    }
  }
}
${fragmentExternalNetworkFields}`,
};

export const declareExternalNetwork: Operation<DeclareExternalNetworkMutation, DeclareExternalNetworkMutationVariables> = {
  kind: 'mutation',
  text: `mutation DeclareExternalNetwork($input: DeclareExternalNetworkInput!) {
  declareExternalNetwork(input: $input) {
    ...ExternalNetworkFields
    ...FailureFields
  }
}
${fragmentExternalNetworkFields}
${fragmentFailureFields}
${fragmentFactsOfFailure}
${fragmentConflictFields}
${fragmentHolderFields}`,
};

export const removeExternalNetwork: Operation<RemoveExternalNetworkMutation, RemoveExternalNetworkMutationVariables> = {
  kind: 'mutation',
  text: `mutation RemoveExternalNetwork($input: RemoveExternalNetworkInput!) {
  removeExternalNetwork(input: $input) {
    ...ExternalNetworkFields
    ...FailureFields
  }
}
${fragmentExternalNetworkFields}
${fragmentFailureFields}
${fragmentFactsOfFailure}
${fragmentConflictFields}
${fragmentHolderFields}`,
};

export const listNetworks: Operation<ListNetworksQuery, ListNetworksQueryVariables> = {
  kind: 'query',
  text: `query ListNetworks($filter: NetworkFilterInput, $first: Int!, $after: String) {
  networks(filter: $filter, first: $first, after: $after) {
    totalCount
    pageInfo {
      hasNextPage
      endCursor
    }
    nodes {
      ...NetworkFields
    }
  }
}
${fragmentNetworkFields}`,
};

export const placeNetwork: Operation<PlaceNetworkMutation, PlaceNetworkMutationVariables> = {
  kind: 'mutation',
  text: `mutation PlaceNetwork($input: PlaceNetworkInput!) {
  placeNetwork(input: $input) {
    ...NetworkFields
    ...FailureFields
  }
}
${fragmentNetworkFields}
${fragmentFailureFields}
${fragmentFactsOfFailure}
${fragmentConflictFields}
${fragmentHolderFields}`,
};

export const adoptObserved: Operation<AdoptObservedMutation, AdoptObservedMutationVariables> = {
  kind: 'mutation',
  text: `mutation AdoptObserved($input: AdoptObservedInput!) {
  adoptObserved(input: $input) {
    ... on Adoption {
      resource
      allocations {
        ...AllocationFields
      }
      pools {
        id
        name
        cidrs
      }
      failures {
        resource
        cidr
        failure {
          ...FactsOfFailure
        }
      }
    }
    ...FailureFields
  }
}
${fragmentAllocationFields}
${fragmentHolderFields}
${fragmentFactsOfFailure}
${fragmentConflictFields}
${fragmentFailureFields}`,
};

export const listOverlaps: Operation<ListOverlapsQuery, ListOverlapsQueryVariables> = {
  kind: 'query',
  text: `query ListOverlaps($filter: OverlapFilterInput!, $first: Int!, $after: String) {
  overlaps(filter: $filter, first: $first, after: $after) {
    totalCount
    pageInfo {
      hasNextPage
      endCursor
    }
    nodes {
      ...OverlapFields
    }
  }
}
${fragmentOverlapFields}
${fragmentOverlapNetworkFields}
${fragmentHolderFields}`,
};

export const wouldOverlap: Operation<WouldOverlapQuery, WouldOverlapQueryVariables> = {
  kind: 'query',
  text: `query WouldOverlap($connect: PlannedConnectionInput!) {
  wouldOverlap(connect: $connect) {
    overlaps
    verdict
    reasons {
      rule
      message
      source
    }
    warnings {
      rule
      message
      source
    }
    collisionCount
    collisions {
      a
      b
      aNetwork
      bNetwork
    }
    unreachable {
      from
      to
      cidr
      mendable
      reason {
        message
      }
    }
    beyondCount
    beyond {
      a
      b
      aNetwork
      bNetwork
    }
    alternatives {
      kind
      from
      to
      serves
      why
      needs
    }
  }
}`,
};

export const getReach: Operation<GetReachQuery, GetReachQueryVariables> = {
  kind: 'query',
  text: `query GetReach($routingDomain: ID!, $at: DateTime, $first: Int!, $after: String) {
  reach(routingDomain: $routingDomain, at: $at) {
    status
    at
    domains(first: $first, after: $after) {
      totalCount
      pageInfo {
        hasNextPage
        endCursor
      }
      nodes {
        routingDomain {
          id
          name
        }
        via {
          how
          resource
        }
      }
    }
  }
}`,
};

export const search: Operation<SearchQuery, SearchQueryVariables> = {
  kind: 'query',
  text: `query Search($text: String!, $first: Int!) {
  search(text: $text, first: $first) {
    more
    hits {
      by
      kind
      id
      name
      cidr
      chain
      note
    }
  }
}`,
};

export const listPools: Operation<ListPoolsQuery, ListPoolsQueryVariables> = {
  kind: 'query',
  text: `query ListPools($filter: PoolFilterInput, $orderBy: PoolOrder!, $first: Int!, $after: String) {
  pools(filter: $filter, orderBy: $orderBy, first: $first, after: $after) {
    totalCount
    pageInfo {
      hasNextPage
      endCursor
    }
    nodes {
      ...PoolFields
      capacity {
        ...CapacityFields
      }
    }
  }
}
${fragmentPoolFields}
${fragmentCapacityFields}`,
};

export const getPool: Operation<GetPoolQuery, GetPoolQueryVariables> = {
  kind: 'query',
  text: `query GetPool($id: ID, $name: String, $tree: Boolean!) {
  pool(id: $id, name: $name) {
    ...PoolFields
    capacity(tree: $tree) {
      ...CapacityFields
    }
  }
}
${fragmentPoolFields}
${fragmentCapacityFields}`,
};

export const createPool: Operation<CreatePoolMutation, CreatePoolMutationVariables> = {
  kind: 'mutation',
  text: `mutation CreatePool($input: CreatePoolInput!) {
  createPool(input: $input) {
    ...PoolFields
    ...FailureFields
  }
}
${fragmentPoolFields}
${fragmentFailureFields}
${fragmentFactsOfFailure}
${fragmentConflictFields}
${fragmentHolderFields}`,
};

export const updatePool: Operation<UpdatePoolMutation, UpdatePoolMutationVariables> = {
  kind: 'mutation',
  text: `mutation UpdatePool($input: UpdatePoolInput!) {
  updatePool(input: $input) {
    ...PoolFields
    ...FailureFields
  }
}
${fragmentPoolFields}
${fragmentFailureFields}
${fragmentFactsOfFailure}
${fragmentConflictFields}
${fragmentHolderFields}`,
};

export const provisionCidr: Operation<ProvisionCidrMutation, ProvisionCidrMutationVariables> = {
  kind: 'mutation',
  text: `mutation ProvisionCidr($input: ProvisionCidrInput!) {
  provisionCidr(input: $input) {
    ...PoolFields
    ...FailureFields
  }
}
${fragmentPoolFields}
${fragmentFailureFields}
${fragmentFactsOfFailure}
${fragmentConflictFields}
${fragmentHolderFields}`,
};

export const deprovisionCidr: Operation<DeprovisionCidrMutation, DeprovisionCidrMutationVariables> = {
  kind: 'mutation',
  text: `mutation DeprovisionCidr($input: DeprovisionCidrInput!) {
  deprovisionCidr(input: $input) {
    ...PoolFields
    ...FailureFields
  }
}
${fragmentPoolFields}
${fragmentFailureFields}
${fragmentFactsOfFailure}
${fragmentConflictFields}
${fragmentHolderFields}`,
};

export const deletePool: Operation<DeletePoolMutation, DeletePoolMutationVariables> = {
  kind: 'mutation',
  text: `mutation DeletePool($input: DeletePoolInput!) {
  deletePool(input: $input) {
    ...PoolFields
    ...FailureFields
  }
}
${fragmentPoolFields}
${fragmentFailureFields}
${fragmentFactsOfFailure}
${fragmentConflictFields}
${fragmentHolderFields}`,
};

export const listRoutingDomains: Operation<ListRoutingDomainsQuery, ListRoutingDomainsQueryVariables> = {
  kind: 'query',
  text: `query ListRoutingDomains($first: Int!, $after: String) {
  routingDomains(first: $first, after: $after) {
    totalCount
    pageInfo {
      hasNextPage
      endCursor
    }
    nodes {
      ...RoutingDomainFields
    }
  }
}
${fragmentRoutingDomainFields}
${fragmentLinkFields}`,
};

export const getRoutingDomain: Operation<GetRoutingDomainQuery, GetRoutingDomainQueryVariables> = {
  kind: 'query',
  text: `query GetRoutingDomain($id: ID, $name: String) {
  routingDomain(id: $id, name: $name) {
    ...RoutingDomainFields
  }
}
${fragmentRoutingDomainFields}
${fragmentLinkFields}`,
};

export const createRoutingDomain: Operation<CreateRoutingDomainMutation, CreateRoutingDomainMutationVariables> = {
  kind: 'mutation',
  text: `mutation CreateRoutingDomain($input: CreateRoutingDomainInput!) {
  createRoutingDomain(input: $input) {
    ...RoutingDomainFields
    ...FailureFields
  }
}
${fragmentRoutingDomainFields}
${fragmentLinkFields}
${fragmentFailureFields}
${fragmentFactsOfFailure}
${fragmentConflictFields}
${fragmentHolderFields}`,
};

export const updateRoutingDomain: Operation<UpdateRoutingDomainMutation, UpdateRoutingDomainMutationVariables> = {
  kind: 'mutation',
  text: `mutation UpdateRoutingDomain($input: UpdateRoutingDomainInput!) {
  updateRoutingDomain(input: $input) {
    ...RoutingDomainFields
    ...FailureFields
  }
}
${fragmentRoutingDomainFields}
${fragmentLinkFields}
${fragmentFailureFields}
${fragmentFactsOfFailure}
${fragmentConflictFields}
${fragmentHolderFields}`,
};

export const deleteRoutingDomain: Operation<DeleteRoutingDomainMutation, DeleteRoutingDomainMutationVariables> = {
  kind: 'mutation',
  text: `mutation DeleteRoutingDomain($input: DeleteRoutingDomainInput!) {
  deleteRoutingDomain(input: $input) {
    ...RoutingDomainFields
    ...FailureFields
  }
}
${fragmentRoutingDomainFields}
${fragmentLinkFields}
${fragmentFailureFields}
${fragmentFactsOfFailure}
${fragmentConflictFields}
${fragmentHolderFields}`,
};

export const connectRoutingDomains: Operation<ConnectRoutingDomainsMutation, ConnectRoutingDomainsMutationVariables> = {
  kind: 'mutation',
  text: `mutation ConnectRoutingDomains($input: ConnectRoutingDomainsInput!) {
  connectRoutingDomains(input: $input) {
    ...LinkFields
    ...FailureFields
  }
}
${fragmentLinkFields}
${fragmentFailureFields}
${fragmentFactsOfFailure}
${fragmentConflictFields}
${fragmentHolderFields}`,
};

export const disconnectRoutingDomains: Operation<DisconnectRoutingDomainsMutation, DisconnectRoutingDomainsMutationVariables> = {
  kind: 'mutation',
  text: `mutation DisconnectRoutingDomains($input: DisconnectRoutingDomainsInput!) {
  disconnectRoutingDomains(input: $input) {
    ...LinkFields
    ...FailureFields
  }
}
${fragmentLinkFields}
${fragmentFailureFields}
${fragmentFactsOfFailure}
${fragmentConflictFields}
${fragmentHolderFields}`,
};

export const poolsAround: Operation<PoolsAroundQuery, PoolsAroundQueryVariables> = {
  kind: 'query',
  text: `query PoolsAround($filter: PoolFilterInput!, $first: Int!, $after: String) {
  pools(filter: $filter, first: $first, after: $after) {
    totalCount
    pageInfo {
      hasNextPage
      endCursor
    }
    nodes {
      ...PlaceFields
    }
  }
}
${fragmentPlaceFields}`,
};

export const blocksAround: Operation<BlocksAroundQuery, BlocksAroundQueryVariables> = {
  kind: 'query',
  text: `query BlocksAround($pool: ID!, $cidr: CIDR!, $first: Int!) {
  pool(id: $pool) {
    blocks(around: $cidr, first: $first) {
      pageInfo {
        hasNextPage
      }
      nodes {
        ...BlockFields
      }
    }
  }
}
${fragmentBlockFields}
${fragmentAllocationFields}
${fragmentHolderFields}`,
};

export const poolBlocks: Operation<PoolBlocksQuery, PoolBlocksQueryVariables> = {
  kind: 'query',
  text: `query PoolBlocks($id: ID, $name: String, $first: Int!, $after: String) {
  pool(id: $id, name: $name) {
    blocks(first: $first, after: $after) {
      pageInfo {
        hasNextPage
        endCursor
      }
      nodes {
        ...BlockFields
      }
    }
  }
}
${fragmentBlockFields}
${fragmentAllocationFields}
${fragmentHolderFields}`,
};

export const getAllocation: Operation<GetAllocationQuery, GetAllocationQueryVariables> = {
  kind: 'query',
  text: `query GetAllocation($id: ID, $pool: ID, $key: String) {
  allocation(id: $id, pool: $pool, key: $key) {
    ...AllocationFields
  }
}
${fragmentAllocationFields}
${fragmentHolderFields}`,
};

export const byName: Operation<ByNameQuery, ByNameQueryVariables> = {
  kind: 'query',
  text: `query ByName($name: String!, $text: String!, $first: Int!) {
  pool(name: $name) {
    id
  }
  routingDomain(name: $name) {
    id
  }
  keyed: allocations(filter: {key: $text}, first: $first) {
    nodes {
      ...AllocationFields
    }
  }
  held: allocations(filter: {holder: {resourceId: $text}}, first: $first) {
    nodes {
      ...AllocationFields
    }
  }
}
${fragmentAllocationFields}
${fragmentHolderFields}`,
};

export const listTokens: Operation<ListTokensQuery, ListTokensQueryVariables> = {
  kind: 'query',
  text: `query ListTokens($first: Int!, $after: String) {
  tokens(first: $first, after: $after) {
    totalCount
    pageInfo {
      hasNextPage
      endCursor
    }
    nodes {
      ...TokenFields
    }
  }
}
${fragmentTokenFields}`,
};

export const createToken: Operation<CreateTokenMutation, CreateTokenMutationVariables> = {
  kind: 'mutation',
  text: `mutation CreateToken($input: CreateTokenInput!) {
  createToken(input: $input) {
    ... on CreatedToken {
      secret
      token {
        ...TokenFields
      }
    }
    ...FailureFields
  }
}
${fragmentTokenFields}
${fragmentFailureFields}
${fragmentFactsOfFailure}
${fragmentConflictFields}
${fragmentHolderFields}`,
};

export const revokeToken: Operation<RevokeTokenMutation, RevokeTokenMutationVariables> = {
  kind: 'mutation',
  text: `mutation RevokeToken($input: RevokeTokenInput!) {
  revokeToken(input: $input) {
    ...TokenFields
    ...FailureFields
  }
}
${fragmentTokenFields}
${fragmentFailureFields}
${fragmentFactsOfFailure}
${fragmentConflictFields}
${fragmentHolderFields}`,
};
