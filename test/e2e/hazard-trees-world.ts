/** A place in the tree that one pool after the other may take; the name is the pool's. */
export interface Place {
  readonly name: string;
  readonly family: 4 | 6;
  /** Pools that its CIDRs may come from, the usual one first; none for a root. */
  readonly from: readonly string[];
  /** Length of its CIDRs. */
  readonly length: number;
  /** Prefix lengths that are asked for in it, the one of its children first. */
  readonly lengths: readonly number[];
  readonly cidrs: readonly string[];
  readonly routingDomain: string | null;
}

/** Everything of the shared space but its first /21. */
const BEHIND_SHARED = [
  '100.64.8.0/21',
  '100.64.16.0/20',
  '100.64.32.0/19',
  '100.64.64.0/18',
  '100.64.128.0/17',
  '100.65.0.0/16',
  '100.66.0.0/15',
  '100.68.0.0/14',
  '100.72.0.0/13',
  '100.80.0.0/12',
  '100.96.0.0/11',
];

export const ROUTING_DOMAINS = ['da', 'db'] as const;
/** What somebody may provision into a root beside what it has; roots of other scopes may want the same. */
export const EXPANSIONS = ['10.1.0.0/24', '10.1.0.0/25', '10.0.0.0/16', '100.64.0.0/16', '10.1.1.0/24'];
/** By pool: rules other than the defaults. */
export const EXCLUDED: Readonly<Record<string, readonly string[]>> = { shared: BEHIND_SHARED };

/** Root, region, account, VPC (with shared space and a twin of IPv6), and two levels below a VPC. */
export const PLACES: readonly Place[] = [
  root('shared', 4, '100.64.0.0/10', null, [26, 27, 24]),
  root('six', 6, '2001:db8::/52', null, [56, 60]),
  ...ROUTING_DOMAINS.flatMap((domain) => [
    root(domain, 4, '10.0.0.0/20', domain, [22, 23]),
    ...['r1', 'r2'].flatMap((region) => [
      child(`${domain}-${region}`, [domain], 22, [24, 25]),
      ...(region === 'r1' ? ['x', 'y'] : ['x']).flatMap((account) => {
        const name = `${domain}-${region}-${account}`;
        return [
          child(name, [`${domain}-${region}`], 24, [26, 27]),
          child(`${name}-v1`, [name, 'shared'], 26, [28, 29]),
          child(`${name}-v2`, [name, 'shared'], 26, [28, 29, 27]),
          child(`${name}-v1-six`, ['six'], 56, [64, 62], 6),
          child(`${name}-v1-s`, [`${name}-v1`, `${name}-v2`, 'shared'], 28, [30, 31]),
          child(`${name}-v1-s-t`, [`${name}-v1-s`, `${name}-v1`], 30, [32, 31]),
        ];
      }),
    ]),
  ]),
];

function root(
  name: string,
  family: 4 | 6,
  cidr: string,
  routingDomain: string | null,
  lengths: readonly number[],
): Place {
  return { name, family, from: [], length: 0, lengths, cidrs: [cidr], routingDomain };
}

function child(
  name: string,
  from: readonly string[],
  length: number,
  lengths: readonly number[],
  family: 4 | 6 = 4,
): Place {
  return { name, family, from, length, lengths, cidrs: [], routingDomain: null };
}
