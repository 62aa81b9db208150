import { type Prefix } from '../prefix.js';
import { AWS_RULES } from './aws.js';
import { holdToQuota, type Limits, quotaOf } from './quotas.js';
import { holdToTableQuotas, type TableRoute, destinationsOf, isLocal } from './route-tables.js';
import {
  type Ambiguity,
  type AssociationRow,
  type AssociationState,
  type BlockRules,
  type PeeringSide,
  type PeeringStatus,
  type ProviderRules,
  type Sizes,
} from './rule-set.js';
import { Hearing, type Judgement, type RuleName } from './verdict.js';

/** A block of a VPC. */
export interface VpcBlock {
  readonly cidr: Prefix;
  readonly state: AssociationState;
}

/** A peering of the VPC that is to get a block. */
export interface ExistingPeering {
  readonly id: string;
  readonly status: PeeringStatus;
  /** Which side the VPC is on. */
  readonly side: PeeringSide;
  readonly peerBlocks: readonly Prefix[];
}

/** A network by name, with its blocks. */
export interface NamedNetwork {
  readonly id: string;
  readonly blocks: readonly Prefix[];
}

export interface AssociationContext {
  /** Every route of every route table of the VPC, as far as known. */
  readonly routes?: readonly TableRoute[];
  readonly peerings?: readonly ExistingPeering[];
  /** The other VPCs of the same Direct Connect gateway. */
  readonly directConnectPeers?: readonly NamedNetwork[];
  readonly limits?: Limits;
  /** How somebody who knows has settled what the provider's words do not. */
  readonly settled?: Readonly<Partial<Record<Ambiguity, 'ALLOWED' | 'REFUSED'>>>;
  readonly rules?: ProviderRules;
}

/**
 * Whether a VPC may get this block. `existing` begins with the primary block; none: `candidate` would be the primary
 * block of a new VPC. What the context leaves out is taken not to exist. O(blocks of the VPC, its peers and its routes).
 */
export function mayAssociate(
  existing: readonly VpcBlock[],
  candidate: Prefix,
  context: AssociationContext = {},
): Judgement {
  const rules = context.rules ?? AWS_RULES;
  const { blocks } = rules;
  const hearing = new Hearing();
  const present = existing.filter(({ state }) => blocks.occupying.includes(state));

  holdToSize(hearing, 'block.size', candidate, blocks.sizes[candidate.family]);
  for (const { cidr, why, source } of blocks.neverAllowed) {
    if (!cidr.overlaps(candidate)) continue;
    hearing.say(
      'REFUSED',
      'block.never-allowed',
      `${candidate} is in ${cidr} (${why}), no VPC may have it`,
      source,
    );
  }
  for (const { cidr, why, source } of blocks.advisedAgainst) {
    if (!cidr.overlaps(candidate)) continue;
    hearing.say(
      'WARNED',
      'block.advised-against',
      `${candidate} is advised against, as ${cidr} is: ${why}`,
      source,
    );
  }
  for (const { cidr, state } of present) {
    if (!cidr.overlaps(candidate)) continue;
    hearing.say('REFUSED', 'block.overlap', `the VPC has ${cidr} (${state})`, blocks.statesSource);
  }
  if (candidate.family === 4) {
    const cidrs = present.map(({ cidr }) => cidr).filter(({ family }) => family === 4);
    applyRows(hearing, blocks, cidrs, candidate, context.settled ?? {});
  }
  applyRoutes(hearing, blocks, candidate, context.routes ?? []);
  applyPeerings(hearing, rules, candidate, context.peerings ?? []);
  for (const { id, blocks: theirs } of context.directConnectPeers ?? []) {
    for (const cidr of theirs.filter((each) => each.overlaps(candidate))) {
      const message = `${id} on the same Direct Connect gateway has ${cidr}`;
      hearing.say('REFUSED', 'block.direct-connect', message, rules.blocks.rowsSource);
    }
  }

  const ofFamily = present.filter(({ cidr }) => cidr.family === candidate.family).length;
  const name = candidate.family === 4 ? 'ipv4Blocks' : 'ipv6Blocks';
  holdToQuota(hearing, 'the VPC', ofFamily + 1, quotaOf(name, context.limits, rules));
  // each block adds a local route to every table of the VPC
  const tables = new Set((context.routes ?? []).map(({ table }) => table));
  const added = [...tables].map((table): TableRoute => ({
    table,
    destination: candidate,
    kind: 'local',
    target: 'local',
  }));
  holdToTableQuotas(hearing, [...(context.routes ?? []), ...added], candidate.family, context.limits, rules);
  return hearing.judge();
}

/** Says REFUSED for a length that the provider does not offer, ALLOWED for one that it does. */
export function holdToSize(hearing: Hearing, rule: RuleName, cidr: Prefix, sizes: Sizes): void {
  const { shortest, longest, step, source } = sizes;
  const fits = cidr.length >= shortest && cidr.length <= longest && (cidr.length - shortest) % step === 0;
  const offered = `/${shortest} to /${longest}${step === 1 ? '' : ` in steps of ${step}`}`;
  hearing.say(fits ? 'ALLOWED' : 'REFUSED', rule, `/${cidr.length}: sizes are ${offered}`, source);
}

/** All rows of the table of restrictions that any existing block falls under. */
function applyRows(
  hearing: Hearing,
  rules: BlockRules,
  existing: readonly Prefix[],
  candidate: Prefix,
  settled: NonNullable<AssociationContext['settled']>,
): void {
  const say = (what: 'ALLOWED' | 'REFUSED' | 'AWS_DECIDES', message: string) =>
    hearing.say(what, 'block.association', message, rules.rowsSource);
  const unsettled = (ambiguity: Ambiguity, message: string) =>
    say(settled[ambiguity] ?? 'AWS_DECIDES', `${message}${settled[ambiguity] ? '; settled here' : ''}`);

  const [primary] = existing;
  if (primary === undefined) {
    const unnamed = rules.unnamed.find(({ cidr }) => cidr.overlaps(candidate));
    if (unnamed) unsettled('UNNAMED_RANGE', `${unnamed.cidr} (${unnamed.why}) is named nowhere`);
    return;
  }
  for (const row of rules.rows) {
    const under = existing.filter((block) => fallsUnder(rules, row, block));
    if (under.length === 0) continue;
    const because = `${row.name} (${under.join(', ')})`;
    const restriction = row.restricted.find(
      ({ cidr, whileAnyIn }) =>
        cidr.overlaps(candidate) && (!whileAnyIn || existing.some((block) => block.overlaps(whileAnyIn))),
    );
    if (restriction) {
      const { cidr, whileAnyIn } = restriction;
      const message = `beside ${because} nothing of ${cidr} may be added${whileAnyIn ? ` while a block is in ${whileAnyIn}` : ''}`;
      if (primaryPermits(rules, primary, candidate) && !under.includes(primary)) {
        unsettled(
          'PRIMARY_PERMITS_LATER_RESTRICTS',
          `${message}, but the primary block ${primary} permits it`,
        );
      } else say('REFUSED', message);
    } else if (permits(rules, row, candidate)) say('ALLOWED', `${because} permits ${candidate}`);
    else unsettled('UNNAMED_RANGE', `what ${because} means for ${candidate} is said nowhere`);
  }
  for (const block of existing) {
    if (rules.rows.some((row) => fallsUnder(rules, row, block))) continue;
    unsettled('UNNAMED_RANGE', `what may be added beside ${block} is said nowhere`);
  }
}

/** A private range's row that permits more of the same range: only that block can have come first. */
function primaryPermits(rules: BlockRules, primary: Prefix, candidate: Prefix): boolean {
  return rules.private.some((range) => range.contains(primary) && range.contains(candidate));
}

function fallsUnder(rules: BlockRules, { existing }: AssociationRow, block: Prefix): boolean {
  return existing === 'public' ? isPublic(rules, block) : existing.some((range) => range.overlaps(block));
}

function permits(rules: BlockRules, { permitted }: AssociationRow, candidate: Prefix): boolean {
  return permitted.some((range) =>
    range === 'public' ? isPublic(rules, candidate) : range.contains(candidate),
  );
}

/** In no range that has a name: neither in a row nor among those that no row names. */
function isPublic(rules: BlockRules, block: Prefix): boolean {
  const named = rules.rows.flatMap(({ existing }) => (existing === 'public' ? [] : existing));
  return ![...named, ...rules.unnamed.map(({ cidr }) => cidr)].some((range) => range.overlaps(block));
}

function applyRoutes(
  hearing: Hearing,
  rules: BlockRules,
  candidate: Prefix,
  routes: readonly TableRoute[],
): void {
  for (const route of routes) {
    if (isLocal(route)) continue;
    for (const destination of destinationsOf(route).filter((each) => candidate.contains(each))) {
      const message = `${route.table} has a route to ${destination} (${route.target}); a new block must be smaller than the destination of every route that it overlaps`;
      hearing.say('REFUSED', 'block.route', message, rules.rowsSource);
    }
  }
}

function applyPeerings(
  hearing: Hearing,
  rules: ProviderRules,
  candidate: Prefix,
  peerings: readonly ExistingPeering[],
): void {
  for (const { id, status, side, peerBlocks } of peerings) {
    const { apart, overlapping, why } = rules.peerings[status][side];
    const theirs = peerBlocks.filter((block) => block.overlaps(candidate));
    const overlap = theirs.length === 0 ? '' : `, whose other side has ${theirs.join(', ')}`;
    const message = `${id} is ${status}${overlap}: ${why}`;
    hearing.say(theirs.length === 0 ? apart : overlapping, 'block.peering', message, rules.blocks.rowsSource);
  }
}
