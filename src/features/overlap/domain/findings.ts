import type { Observation } from '../../findings/index.js';
import type { Network } from '../../inventory/index.js';
import { conflictPairs, type Overlap } from './overlaps.js';
import type { Reach } from './reach.js';
import type { RouteShadow } from './route-shadows.js';

/** Of networks in a finding's facts; a row may have hundreds. */
const MOST_NETWORKS = 100;

/** An overlap as something wrong. Facts hold nothing that changes while the overlap is the same. */
export function overlapFinding(overlap: Overlap, reach: Reach): Observation {
  const { subject, outer, inner, outerNetworks, innerNetworks } = overlap;
  const networks = [...new Map([...outerNetworks, ...innerNetworks].map((one) => [one.id, one])).values()];
  const what =
    innerNetworks.length === 0
      ? `${outer} is in ${outerNetworks.length} networks`
      : `${inner} in ${nameSome(innerNetworks)} lies inside ${outer} in ${nameSome(outerNetworks)}`;
  return {
    kind: overlap.class,
    subject,
    severity: { CONFLICT: 'CRITICAL', DUPLICATE_GLOBAL: 'WARNING', LATENT: 'INFO' }[overlap.class] as 'INFO',
    message: `${what}${consequence(overlap, reach)}`,
    detail: {
      cidr: `${outer}`,
      inner: `${inner}`,
      networks: networks.slice(0, MOST_NETWORKS).map(({ id }) => id),
      networkCount: networks.length,
      accounts: distinct(networks.map(({ account }) => account)),
      regions: distinct(networks.map(({ region }) => region)),
    },
  };
}

export function shadowFinding(shadow: RouteShadow): Observation {
  const { subject, table, destination, target, network, cidr, expected } = shadow;
  return {
    kind: 'ROUTE_SHADOW',
    subject,
    severity: 'WARNING',
    message:
      `${table} sends ${destination} to ${target}, but ${cidr} of ${network.id}, which it lies in, to ${expected}: ` +
      'remove the more specific route, or waive this.',
    detail: {
      table,
      destination: `${destination}`,
      target,
      network: network.id,
      cidr: `${cidr}`,
      expected,
      accounts: distinct([network.account]),
      regions: distinct([network.region]),
    },
  };
}

function consequence(overlap: Overlap, reach: Reach): string {
  if (overlap.class === 'DUPLICATE_GLOBAL')
    return ', though a GLOBAL pool has it, which nothing may overlap.';
  if (overlap.class === 'LATENT') return '; they do not reach each other.';
  const [first] = conflictPairs(overlap, reach);
  const [way] = first!.via;
  const how = way ? `reach each other by ${way.resource}` : 'are in one routing domain';
  return `: ${first!.a.id} and ${first!.b.id} ${how}.`;
}

function nameSome(networks: readonly Network[]): string {
  const [first, ...others] = networks;
  return others.length === 0 ? first!.id : `${first!.id} and ${others.length} more`;
}

function distinct(values: readonly (string | null)[]): string[] {
  return [...new Set(values.filter((value) => value !== null))].sort();
}
