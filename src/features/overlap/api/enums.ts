import { registerEnumType } from '@nestjs/graphql';
import type { OverlapClass } from '../domain/overlaps.js';
import type { Way } from '../domain/reach.js';
import type { MatchedBy } from '../domain/search.js';
import type { ConnectionKind } from '../domain/would-overlap.js';

type EnumOf<T extends string> = { readonly [Name in T]: Name };

export const OverlapClassEnum: EnumOf<OverlapClass> = {
  CONFLICT: 'CONFLICT',
  DUPLICATE_GLOBAL: 'DUPLICATE_GLOBAL',
  LATENT: 'LATENT',
};
registerEnumType(OverlapClassEnum, {
  name: 'OverlapClass',
  description: 'The worst of the pairs of networks in an overlap.',
  valuesMap: {
    CONFLICT: {
      description: 'Two of the networks are in one routing domain, or in two that reach each other.',
    },
    DUPLICATE_GLOBAL: {
      description: 'No two reach each other, but a GLOBAL pool has these addresses, for one use only.',
    },
    LATENT: {
      description: 'No two reach each other, and nothing says that they may not have the same addresses.',
    },
  },
});

export const WayEnum: EnumOf<Way> = {
  PEERING: 'PEERING',
  TRANSIT_GATEWAY: 'TRANSIT_GATEWAY',
  VPN: 'VPN',
  DIRECT_CONNECT: 'DIRECT_CONNECT',
  DECLARED: 'DECLARED',
};
registerEnumType(WayEnum, {
  name: 'ReachVia',
  description: 'How routing domains reach each other.',
  valuesMap: {
    PEERING: { description: 'A VPC peering that is active.' },
    TRANSIT_GATEWAY: { description: 'Route tables of transit gateways, also over peerings between them.' },
    VPN: { description: 'A VPN connection, of a virtual private gateway or a transit gateway.' },
    DIRECT_CONNECT: { description: 'A Direct Connect gateway that is attached to a transit gateway.' },
    DECLARED: { description: 'Somebody declared a link.' },
  },
});

export const ReachStatusEnum = { RESOLVED: 'RESOLVED', UNKNOWN: 'UNKNOWN' } as const;
registerEnumType(ReachStatusEnum, {
  name: 'ReachStatus',
  description: 'Whether it is known.',
  valuesMap: {
    RESOLVED: { description: 'As it is listed.' },
    UNKNOWN: { description: 'Nothing was observed yet at that instant.' },
  },
});

export const ConnectionKindEnum: EnumOf<ConnectionKind> = {
  PEERING: 'PEERING',
  TRANSIT_GATEWAY: 'TRANSIT_GATEWAY',
  VPN: 'VPN',
};
registerEnumType(ConnectionKindEnum, {
  name: 'PlannedConnection',
  description: 'How two ends are to be connected.',
  valuesMap: {
    PEERING: { description: 'A VPC peering.' },
    TRANSIT_GATEWAY: { description: 'Attachments to one transit gateway, that of b the later one.' },
    VPN: { description: 'A VPN connection or Direct Connect to a site.' },
  },
});

export const PlanVerdictEnum = {
  ALLOWED: 'ALLOWED',
  REFUSED: 'REFUSED',
  AWS_DECIDES: 'AWS_DECIDES',
} as const;
registerEnumType(PlanVerdictEnum, {
  name: 'ConnectionVerdict',
  description: 'Whether the provider makes a connection.',
  valuesMap: {
    ALLOWED: { description: 'It is made; whether it then carries everything is another question.' },
    REFUSED: { description: 'It is not made.' },
    AWS_DECIDES: { description: "The provider's own words do not settle it." },
  },
});

export const MatchedByEnum: EnumOf<MatchedBy> = {
  ID: 'ID',
  ADDRESS: 'ADDRESS',
  NAME: 'NAME',
  TAG: 'TAG',
  TEXT: 'TEXT',
};
registerEnumType(MatchedByEnum, {
  name: 'MatchedBy',
  description: 'What of a thing a search has found; the first is the best.',
  valuesMap: {
    ID: { description: 'Its id, or that of the resource that holds it.' },
    ADDRESS: { description: 'Its CIDR contains what was asked for, or is it.' },
    NAME: { description: 'Its name or key.' },
    TAG: { description: 'A tag.' },
    TEXT: { description: 'What else is said of it.' },
  },
});
