import type { Prefix } from '../../../address/index.js';
import { widthOf } from '../../../address/index.js';
import type { Tags } from './allocation.js';
import type { SpaceRequest } from './command.js';
import type { FailureOf } from './failure.js';
import type { PoolFacts, PoolRules } from './pool.js';

type RuleViolation = FailureOf<'RULE_VIOLATION'>;

function violation(rule: string, value: string, allowed: string): RuleViolation {
  return {
    code: 'RULE_VIOLATION',
    message: `The pool's rule ${rule} allows ${allowed}; the request has ${value}.`,
    rule,
    value,
    allowed,
  };
}

/** The length that a request asks for, or which rule has none to give. */
export function requestedLength(pool: PoolFacts, request: SpaceRequest): number | RuleViolation {
  const length = request.cidr?.length ?? request.prefixLength ?? pool.rules.defaultPrefixLength;
  if (length !== null) return length;
  return violation(
    'defaultPrefixLength',
    'neither prefixLength nor cidr',
    'no request without one of them, since the pool has no default length',
  );
}

/** The first rule that a new allocation of this length breaks. */
export function brokenRule(
  pool: PoolFacts,
  request: SpaceRequest,
  length: number,
  tags: Tags,
): RuleViolation | null {
  const width = widthOf(pool.family);
  if (request.cidr && request.cidr.family !== pool.family)
    return violation('family', `${request.cidr}`, `IPv${pool.family} only`);
  if (length > width || length < 0)
    return violation('family', `/${length}`, `/0 to /${width} (IPv${pool.family})`);
  return brokenLength(pool.rules, length) ?? missingTags(pool.rules, tags) ?? brokenPlacement(pool, request);
}

function brokenPlacement(pool: PoolFacts, request: SpaceRequest): RuleViolation | null {
  if (request.cidr || (request.placement ?? pool.rules.placement) !== 'NEAR') return null;
  if (!request.near)
    return violation('near', 'no near', 'placement NEAR only together with near: the CIDR to be close to');
  return request.near.family === pool.family
    ? null
    : violation('near', `${request.near}`, `IPv${pool.family} only`);
}

function brokenLength(rules: PoolRules, length: number): RuleViolation | null {
  const { minPrefixLength: min, maxPrefixLength: max } = rules;
  if (min !== null && length < min) return violation('minPrefixLength', `/${length}`, `/${min} and longer`);
  if (max !== null && length > max) return violation('maxPrefixLength', `/${length}`, `/${max} and shorter`);
  return null;
}

export function missingTags(rules: PoolRules, tags: Tags): RuleViolation | null {
  const missing = rules.requiredTags.filter((tag) => !Object.hasOwn(tags, tag));
  if (missing.length === 0) return null;
  return violation(
    'requiredTags',
    `no tag ${missing.join(', ')}`,
    `only what has the tags ${rules.requiredTags.join(', ')}`,
  );
}

/** Names of all rules that an adopted CIDR breaks; it is adopted all the same. */
export function brokenByAdoption(rules: PoolRules, cidr: Prefix, tags: Tags): string[] {
  const length = brokenLength(rules, cidr.length);
  const excluded = rules.excluded.some((range) => range.overlaps(cidr));
  return [length?.rule, missingTags(rules, tags)?.rule, excluded ? 'excluded' : undefined].filter(
    (rule) => rule !== undefined,
  );
}
