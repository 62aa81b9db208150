import type { Observation } from '../../findings/index.js';
import type { Seen } from './seen.js';

/** What AWS allows unless somebody had it raised: blocks of a VPC, by family. */
const MOST_BLOCKS = { 4: 5, 6: 5 } as const;

/** VPCs that have more blocks than the default allows. */
export function quotaFindings(seen: readonly Seen[]): Observation[] {
  const counts = new Map<string, { vpc: Seen; count: number }>();
  for (const one of seen) {
    if (one.kind !== 'vpc') continue;
    const key = `${one.resource} ${one.cidr.family}`;
    counts.set(key, { vpc: one, count: (counts.get(key)?.count ?? 0) + 1 });
  }
  return [...counts.values()].flatMap(({ vpc, count }): Observation[] => {
    const { resource, name, account, region, cidr } = vpc;
    const most = MOST_BLOCKS[cidr.family];
    if (count <= most) return [];
    const message = `${resource} in ${account} ${region} has ${count} IPv${cidr.family} blocks; ${most} are allowed unless that was raised.`;
    const detail = {
      account,
      region,
      resource,
      name,
      vpc: resource,
      quota: `ipv${cidr.family}Blocks`,
      count,
      limit: most,
    };
    return [
      {
        kind: 'OVER_QUOTA',
        subject: `${resource} IPv${cidr.family} blocks`,
        severity: 'WARNING',
        message,
        detail,
      },
    ];
  });
}
