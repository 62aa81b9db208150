import { Address } from '../address.js';
import { type Family, widthOf } from '../family.js';
import { Prefix } from '../prefix.js';
import { PrefixSet } from '../prefix-set.js';
import { AWS_RULES } from './aws.js';
import { holdToSize, type VpcBlock } from './blocks.js';
import { holdToQuota, type Limits, quotaOf } from './quotas.js';
import { type ProviderRules } from './rule-set.js';
import { Hearing, type Judgement } from './verdict.js';

export interface ReservedAddress {
  readonly address: Address;
  readonly purpose: string;
}

export interface SubnetCapacity {
  readonly subnet: Prefix;
  /** 2^(width - length). */
  readonly total: bigint;
  /** Without the reserved ones. */
  readonly usable: bigint;
  /** Ascending. */
  readonly reserved: readonly ReservedAddress[];
  /** What interfaces can be given whole: IPv4 /28, IPv6 /80. `most` without those that reserved addresses spoil. */
  readonly delegated: { readonly length: number; readonly most: bigint };
}

/** How much a subnet holds. Throws RangeError for one too small for its reserved addresses. */
export function subnetCapacity(subnet: Prefix, rules: ProviderRules = AWS_RULES): SubnetCapacity {
  const reserved = reservedIn(subnet, rules);
  const usable = subnet.size - BigInt(reserved.length);
  if (usable < 0n) throw new RangeError(`${subnet} is too small to be a subnet`);
  const length = rules.subnets.delegated[subnet.family];
  const blocks = length < subnet.length ? 0n : 1n << BigInt(length - subnet.length);
  const spoiled = new Set(reserved.map(({ address }) => Prefix.of(address, length).toString())).size;
  return {
    subnet,
    total: subnet.size,
    usable,
    reserved,
    delegated: { length, most: blocks === 0n ? 0n : blocks - BigInt(spoiled) },
  };
}

function reservedIn(subnet: Prefix, { subnets }: ProviderRules): ReservedAddress[] {
  return subnets.reserved[subnet.family].map(({ offset, purpose }) => {
    const from = offset < 0 ? subnet.last.value + 1n : subnet.first.value;
    return { address: Address.of(subnet.family, from + BigInt(offset)), purpose };
  });
}

export interface SubnetUsage {
  readonly usable: number;
  readonly available: number;
  readonly used: number;
  /** used / usable. */
  readonly share: number;
}

/**
 * Used addresses of an IPv4 subnet, from the free ones that the provider counts (AvailableIpAddressCount): it leaves the
 * reserved ones out, counts those of stopped instances and of prefix reservations as not free, and says nothing about
 * how scattered they are. Throws RangeError for IPv6, for which there is no such figure, and for one that cannot be.
 */
export function subnetUsage(
  subnet: Prefix,
  available: number,
  rules: ProviderRules = AWS_RULES,
): SubnetUsage {
  if (subnet.family !== 4) throw new RangeError(`${subnet}: free addresses are counted for IPv4 only`);
  const usable = Number(subnetCapacity(subnet, rules).usable);
  if (!Number.isInteger(available) || available < 0 || available > usable) {
    throw new RangeError(`${available} of ${usable} addresses of ${subnet} cannot be free`);
  }
  const used = usable - available;
  return { usable, available, used, share: usable === 0 ? 1 : used / usable };
}

export interface Fragmentation {
  /** Addresses that are neither taken nor reserved. */
  readonly free: bigint;
  /** Aligned blocks for delegation that are wholly free. */
  readonly delegable: bigint;
  /** delegable / (free / addresses of such a block, rounded down): 1 is not scattered at all; null: nothing to give. */
  readonly ratio: number | null;
}

/** How scattered the free addresses of a subnet are. O(n log n) in what is taken. */
export function fragmentation(
  subnet: Prefix,
  taken: Iterable<Prefix>,
  rules: ProviderRules = AWS_RULES,
): Fragmentation {
  const width = widthOf(subnet.family);
  const length = rules.subnets.delegated[subnet.family];
  const all = [...taken, ...reservedIn(subnet, rules).map(({ address }) => Prefix.of(address, width))];
  const within = PrefixSet.of([subnet]);
  const free = within.subtract(PrefixSet.of(all)).size();
  const spoiled = PrefixSet.of(all.map((each) => (each.length > length ? each.supernet(length) : each)));
  const whole = length < subnet.length ? 0n : within.subtract(spoiled).size();
  const size = 1n << BigInt(width - length);
  const best = free / size;
  const delegable = whole / size;
  return { free, delegable, ratio: best === 0n ? null : Number(delegable) / Number(best) };
}

export interface SubnetContext {
  readonly limits?: Limits;
  readonly rules?: ProviderRules;
}

/** Whether a VPC with these blocks and subnets may get this subnet. `siblings`: every CIDR of every subnet. */
export function maySubnet(
  candidate: Prefix,
  blocks: readonly VpcBlock[],
  siblings: readonly Prefix[],
  { limits, rules = AWS_RULES }: SubnetContext = {},
): Judgement {
  const hearing = new Hearing();
  const source = rules.subnets.reservedSource;
  holdToSize(hearing, 'subnet.size', candidate, rules.subnets.sizes[candidate.family]);

  const around = blocks.find(({ cidr }) => cidr.contains(candidate));
  if (!around) {
    hearing.say('REFUSED', 'subnet.inside', `no block of the VPC contains ${candidate}`, source);
  } else if (!rules.blocks.usable.includes(around.state)) {
    const message = `${around.cidr} is ${around.state}; only ${rules.blocks.usable.join(', ')} can be used`;
    hearing.say('REFUSED', 'block.state', message, rules.blocks.statesSource);
  } else hearing.say('ALLOWED', 'subnet.inside', `${candidate} is in ${around.cidr}`, source);

  for (const sibling of siblings.filter((each) => each.overlaps(candidate))) {
    hearing.say('REFUSED', 'subnet.overlap', `there is a subnet ${sibling}`, source);
  }
  // a subnet of both families counts once
  const count = Math.max(...([4, 6] as const).map((family) => countOf(siblings, family)));
  const added = countOf(siblings, candidate.family) === count ? 1 : 0;
  holdToQuota(hearing, 'the VPC', count + added, quotaOf('subnets', limits, rules));
  return hearing.judge();
}

const countOf = (cidrs: readonly Prefix[], family: Family) =>
  cidrs.filter((cidr) => cidr.family === family).length;

/** Whether one more of a consumer (a name in `rules.consumers`) may go into an IPv4 subnet with so many free addresses. */
export function mayHost(
  consumer: string,
  subnet: Prefix,
  available: number,
  rules: ProviderRules = AWS_RULES,
): Judgement {
  const asked = rules.consumers.find(({ name }) => name === consumer);
  if (!asked) throw new RangeError(`${consumer} is no consumer of addresses that the rules name`);
  const hearing = new Hearing();
  const { longest, required, recommended, note, source } = asked;
  if (longest !== null && subnet.length > longest) {
    const message = `${consumer} needs a subnet of /${longest} or larger`;
    hearing.say('REFUSED', 'subnet.capacity', message, source);
  }
  const free = `${available} addresses are free`;
  if (available < required) {
    hearing.say(
      'REFUSED',
      'subnet.capacity',
      `${consumer} needs ${required} free addresses; ${free}`,
      source,
    );
  } else {
    hearing.say(
      'ALLOWED',
      'subnet.capacity',
      `${free}; ${consumer} takes ${asked.addresses}, ${note}`,
      source,
    );
    if (available < recommended) {
      const message = `${consumer} should find ${recommended} free addresses; ${free}`;
      hearing.say('WARNED', 'subnet.capacity', message, source);
    }
  }
  return hearing.judge();
}
