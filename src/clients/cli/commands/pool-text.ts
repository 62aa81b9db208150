import type { CapacityFieldsFragment, PoolFieldsFragment } from '../../graphql/operations.js';
import type { Printer } from '../output/printer.js';
import { abridged, instantText, percent, tagsText } from '../output/words.js';

const MOST_CIDRS = 20;

/** All that is known of a pool, a line each. */
export function poolText(
  out: Printer,
  pool: PoolFieldsFragment & { readonly capacity?: CapacityFieldsFragment },
): string {
  const { id, name, family, uniqueness, routingDomain, parent, depth, cidrs, sources, capacity } = pool;
  const sourceOf = new Map(sources.map(({ cidr, allocation }) => [cidr, allocation]));
  const shown = cidrs.slice(0, MOST_CIDRS).map((cidr) => {
    const source = sourceOf.get(cidr);
    return ['CIDR', source ? `${cidr} from ${source.pool?.name} (${source.id})` : cidr] as const;
  });
  return out.record([
    ['pool', name],
    ['id', id],
    ['description', pool.description],
    ['family', family === 'IPV4' ? 'IPv4' : 'IPv6'],
    ['parent', parent && `${parent.name} (${parent.id}), depth ${depth}`],
    ['unique in', uniqueness === 'GLOBAL' ? 'everywhere' : routingDomain?.name],
    ...shown,
    ['', cidrs.length > MOST_CIDRS ? `and ${cidrs.length - MOST_CIDRS} more CIDRs` : null],
    ...(capacity ? capacityEntries(capacity) : []),
    ...ruleEntries(pool.rules),
    ['tags', tagsText(pool.tags)],
    ['version', String(pool.version)],
    ['since', `${instantText(pool.createdAt)} by ${pool.createdBy}`],
  ]);
}

function capacityEntries(capacity: CapacityFieldsFragment): [string, string | null][] {
  const { total, allocated, delegated, reserved, quarantined, blocked, free } = capacity;
  const blocks = capacity.freeBlocksByLength.map(({ prefixLength, count }) => `${count} /${prefixLength}`);
  return [
    ['addresses', grouped(total)],
    [
      'used',
      `${percent(capacity.utilization)} (${grouped(allocated)} allocated, ${grouped(reserved)} reserved)`,
    ],
    ['delegated', delegated === '0' ? null : `${grouped(delegated)} of the allocated`],
    ['in quarantine', quarantined === '0' ? null : grouped(quarantined)],
    ['blocked', blocked === '0' ? null : grouped(blocked)],
    ['free', grouped(free)],
    ['largest free', capacity.largestFreeBlock],
    ['free blocks', blocks.join(', ')],
    ['fragmentation', free === '0' ? null : percent(capacity.fragmentation)],
  ];
}

function ruleEntries(rules: PoolFieldsFragment['rules']): [string, string | null][] {
  const { minPrefixLength: min, maxPrefixLength: max, defaultPrefixLength: usual, placement } = rules;
  const lengths = [
    min !== null && `from /${min}`,
    max !== null && `to /${max}`,
    usual !== null && `usually /${usual}`,
  ];
  return [
    ['lengths', lengths.filter(Boolean).join(', ')],
    ['placement', placement.toLowerCase().replaceAll('_', '-')],
    ['quarantine', durationText(rules.quarantineSeconds)],
    ['tags required', rules.requiredTags.join(', ')],
    ['excluded', abridged(rules.excluded)],
    ['auto-adopt', rules.autoAdopt ? 'on' : null],
  ];
}

function durationText(seconds: number): string {
  for (const [size, unit] of [
    [86_400, 'd'],
    [3600, 'h'],
    [60, 'm'],
  ] as const)
    if (seconds >= size && seconds % size === 0) return `${seconds / size}${unit}`;
  return `${seconds}s`;
}

/** `4,194,304`; the largest counts have 39 digits. */
function grouped(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+$)/g, ',');
}
