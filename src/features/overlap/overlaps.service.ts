import { Injectable } from '@nestjs/common';
import type { Prefix } from '../../address/index.js';
import type { RequestContext } from '../../platform/context/request-context.js';
import { PoolService } from '../allocation/index.js';
import { type Finding, FindingsService, type Observation } from '../findings/index.js';
import type { Network } from '../inventory/index.js';
import {
  compareOverlaps,
  conflictPairs,
  type ConflictPair,
  type Overlap,
  OVERLAP_CLASSES,
  type OverlapClass,
  overlapsOf,
} from './domain/overlaps.js';
import { overlapFinding, shadowFinding } from './domain/findings.js';
import type { Reach } from './domain/reach.js';
import { routeShadowsOf } from './domain/route-shadows.js';
import { ObservedWorld } from './observed-world.js';

/** What a list is narrowed to; all given conditions hold. */
export interface OverlapFilter {
  readonly classes?: readonly OverlapClass[];
  readonly routingDomainId?: number;
  /** Id of a network. */
  readonly network?: string;
  readonly account?: string;
  readonly region?: string;
  /** What overlaps it. */
  readonly cidr?: Prefix;
  readonly waived?: boolean;
}

/** Where a page ended. */
export type OverlapPlace = Pick<Overlap, 'class' | 'outer' | 'inner'>;

/** An overlap as it is shown. */
export interface ShownOverlap extends Overlap {
  /** Null until the sweep after it has found it. */
  readonly finding: Finding | null;
  readonly reach: Reach;
}

const AREA = 'overlap';
const KINDS = [...OVERLAP_CLASSES, 'ROUTE_SHADOW'] as const;
const PAGE = 1000;

/** Overlaps, computed from what is current as they are asked for: thousands of networks take milliseconds. */
@Injectable()
export class OverlapsService {
  constructor(
    private readonly world: ObservedWorld,
    private readonly pools: PoolService,
    private readonly findings: FindingsService,
  ) {}

  /** A page and how many there are in all; the worst first, then by address. */
  async list(
    filter: OverlapFilter,
    limit: number,
    after: OverlapPlace | null,
  ): Promise<{ rows: ShownOverlap[]; total: number }> {
    const [{ networks, reach }, globalCidrs] = await Promise.all([this.world.read(), this.globalCidrs()]);
    const open = filter.waived === undefined ? null : await this.openFindings(null);
    const isWaived = (one: Overlap): boolean => open?.get(keyOf(one))?.waived ?? false;
    const all = overlapsOf(networks, reach, globalCidrs).filter(
      (one) => matches(one, filter) && (filter.waived === undefined || isWaived(one) === filter.waived),
    );
    const rest = after === null ? all : all.filter((one) => compareOverlaps(one, after) > 0);
    const page = rest.slice(0, limit);
    const findings = await this.openFindings(page);
    const rows = page.map((one) => ({ ...one, reach, finding: findings.get(keyOf(one)) ?? null }));
    return { rows, total: all.length };
  }

  /** Pairs that make it a conflict, from the `skip`th on. */
  conflicts(overlap: ShownOverlap, skip: number, limit: number): ConflictPair[] {
    const found: ConflictPair[] = [];
    let at = 0;
    for (const pair of conflictPairs(overlap, overlap.reach)) {
      if (at++ < skip) continue;
      found.push(pair);
      if (found.length === limit) break;
    }
    return found;
  }

  /** Makes the open findings what is so now. Repeatable. */
  async record(ctx: RequestContext): Promise<{ opened: number; closed: number }> {
    const [world, globalCidrs] = await Promise.all([this.world.readRouted(), this.globalCidrs()]);
    const overlaps = overlapsOf(world.networks, world.reach, globalCidrs);
    const found: Observation[] = [
      ...overlaps.map((one) => overlapFinding(one, world.reach)),
      ...routeShadowsOf(world).map(shadowFinding),
    ];
    return this.findings.sync(ctx, { kinds: KINDS, area: AREA }, found);
  }

  /** CIDRs of root pools that are unique everywhere. */
  private async globalCidrs(): Promise<Prefix[]> {
    const cidrs: Prefix[] = [];
    for (let after: { depth: number; name: string } | null = null; ;) {
      const page = await this.pools.list({ parentId: null }, 'DEPTH', PAGE, after);
      for (const pool of page) if (pool.routingDomainId === null && !pool.isChild) cidrs.push(...pool.cidrs);
      const last = page.at(-1);
      if (page.length < PAGE || !last) return cidrs;
      after = { depth: last.depth, name: last.name };
    }
  }

  /** By class and subject: all, or those of some overlaps. */
  private async openFindings(of: readonly Overlap[] | null): Promise<Map<string, Finding>> {
    if (of?.length === 0) return new Map();
    const within = { kinds: OVERLAP_CLASSES, area: AREA };
    const found = await this.findings.openIn(within, of && of.map(({ subject }) => subject));
    return new Map(found.map((finding) => [`${finding.kind} ${finding.subject}`, finding]));
  }
}

/** As its finding is kept. */
function keyOf(overlap: Overlap): string {
  return `${overlap.class} ${overlap.subject}`;
}

function matches(overlap: Overlap, filter: OverlapFilter): boolean {
  const { classes, routingDomainId, network, account, region, cidr } = filter;
  if (classes && !classes.includes(overlap.class)) return false;
  if (cidr && !overlap.inner.overlaps(cidr)) return false;
  const asked = (one: Network): boolean =>
    (routingDomainId === undefined || one.routingDomainId === routingDomainId) &&
    (network === undefined || one.id === network) &&
    (account === undefined || one.account === account) &&
    (region === undefined || one.region === region);
  return overlap.outerNetworks.some(asked) || overlap.innerNetworks.some(asked);
}
