import { type Family, type Prefix, widthOf } from '../../../address/index.js';
import type { FailureOf } from './failure.js';
import type { PoolRules } from './pool.js';

type RuleViolation = FailureOf<'RULE_VIOLATION'>;

const LONGEST_QUARANTINE = 10 * 365 * 24 * 3600;
/** allocation_key keeps 32 bits for the owner, so an IPv6 pool CIDR is at least this long; a shorter one becomes several. */
const SHORTEST_IPV6 = 32;
const SHORTEST_IPV6_SPLIT = 24;

function violation(rule: string, value: string, allowed: string): RuleViolation {
  return {
    code: 'RULE_VIOLATION',
    message: `${rule} has to be ${allowed}; it is ${value}.`,
    rule,
    value,
    allowed,
  };
}

/** The first rule that makes no sense, alone or with the others. */
export function brokenRules(family: Family, rules: PoolRules): RuleViolation | null {
  const width = widthOf(family);
  const { minPrefixLength: min, maxPrefixLength: max, defaultPrefixLength: fallback } = rules;
  for (const [name, value] of Object.entries({
    minPrefixLength: min,
    maxPrefixLength: max,
    defaultPrefixLength: fallback,
  })) {
    if (value !== null && !(value >= 0 && value <= width))
      return violation(name, `${value}`, `from 0 to ${width} (IPv${family})`);
  }
  const [shortest, longest] = [min ?? 0, max ?? width];
  if (shortest > longest) return violation('minPrefixLength', `${min}`, `at most maxPrefixLength, ${max}`);
  if (fallback !== null && !(fallback >= shortest && fallback <= longest)) {
    return violation(
      'defaultPrefixLength',
      `${fallback}`,
      `from ${shortest} to ${longest}, as the other lengths say`,
    );
  }
  const { quarantineSeconds } = rules;
  if (!(quarantineSeconds >= 0 && quarantineSeconds <= LONGEST_QUARANTINE)) {
    return violation(
      'quarantineSeconds',
      `${quarantineSeconds}`,
      `from 0 to ${LONGEST_QUARANTINE} (ten years)`,
    );
  }
  const foreign = rules.excluded.find((cidr) => cidr.family !== family);
  return foreign ? violation('excluded', `${foreign}`, `IPv${family} only`) : null;
}

/** Whether `cidr` can be provisioned into a pool of `family`. */
export function brokenPoolCidr(family: Family, cidr: Prefix): RuleViolation | null {
  if (cidr.family !== family) return violation('family', `${cidr}`, `IPv${family} only`);
  if (family === 6 && cidr.length < SHORTEST_IPV6_SPLIT)
    return violation('cidrs', `${cidr}`, `/${SHORTEST_IPV6_SPLIT} or longer (IPv6)`);
  return null;
}

/** CIDRs of one pool that overlap each other: the first pair. */
export function overlapAmong(cidrs: readonly Prefix[]): FailureOf<'CIDR_CONFLICT'> | null {
  const sorted = [...cidrs].sort((a, b) => a.compare(b));
  // in this order what overlaps a CIDR at all overlaps the one before it or lies in what that lies in
  const at = sorted.findIndex((cidr, index) => index > 0 && sorted[index - 1]!.overlaps(cidr));
  if (at === -1) return null;
  const [other, cidr] = [sorted[at - 1]!, sorted[at]!];
  return {
    code: 'CIDR_CONFLICT',
    message: `${cidr} overlaps ${other}, which is given too.`,
    cidr,
    conflicts: [{ cidr: other, allocationId: null, holder: null, key: null, reason: 'pool' }],
  };
}

/** The pool CIDRs that a CIDR is provisioned as: itself, or its /32s where an IPv6 CIDR is shorter. */
export function splitForKey(cidr: Prefix): Prefix[] {
  return cidr.family === 6 && cidr.length < SHORTEST_IPV6 ? [...cidr.subnets(SHORTEST_IPV6)] : [cidr];
}
