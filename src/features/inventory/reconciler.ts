import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS, type Settings } from '../../platform/config/settings.js';
import type { Instant } from '../../platform/context/instant.js';
import type { RequestContext } from '../../platform/context/request-context.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import {
  type Allocation,
  AllocationService,
  ObservedSpaceService,
  type SweptScope,
} from '../allocation/index.js';
import { type FindingKind, FindingsService, type Observation } from '../findings/index.js';
import { Adopter } from './adopter.js';
import { type CountedList, ReconcileRepository } from './data/reconcile.repository.js';
import type { ScopeRow } from './data/scope.repository.js';
import { quotaFindings } from './domain/over-quota.js';
import { observedCidrs, observedDifference } from './domain/observed-difference.js';
import { EXTERNAL_NETWORK } from './domain/observed.js';
import { Prefix } from '../../address/index.js';
import { decideScope, type ScopeDecision, type ScopeState } from './domain/reconcile.js';
import { orphan } from './domain/reconcile-findings.js';
import { type Seen, seenIn } from './domain/seen.js';
import { lookedFor } from './domain/unseen.js';
import { InventoryReads } from './inventory-reads.js';
import { NetworksService } from './networks.service.js';

/** What one account and region is looked through for. */
const KINDS: readonly FindingKind[] = [
  'ROGUE',
  'UNMANAGED',
  'ORPHAN',
  'DRIFT',
  'NONCOMPLIANT',
  'DUPLICATE_GLOBAL',
  'OVER_QUOTA',
];
/** A bad list may have caused these: while lists are bad none is new. */
const DOUBTFUL: readonly FindingKind[] = ['DRIFT', 'ORPHAN'];
/** A route table with no more breaks no quota. */
const FEW_ROUTES = 100;
const MOST_OPEN = 100_000;
const AT_ONCE = 100;
/** They mostly wait for the database, each on a connection that others need too. */
const SCOPES_AT_ONCE = 4;

/** A scope of the cloud, as it is named in findings and as a source of observed space. */
export function areaOf({ provider, account, region }: Omit<ScopeRow, 'id'>): string {
  return provider === DECLARED ? DECLARED : `${provider}/${account}/${region}`;
}

/** The provider of the scope, and the source, of what people declare. */
export const DECLARED = 'declared';

/**
 * Compares what is observed with what is allocated, account and region by account and region. It looks at the state as
 * it is: repeated it does nothing, and what was not done because the process died is done by the next call.
 */
@Injectable()
export class Reconciler {
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly reads: InventoryReads,
    private readonly networks: NetworksService,
    private readonly repository: ReconcileRepository,
    private readonly observedSpace: ObservedSpaceService,
    private readonly allocations: AllocationService,
    private readonly adopter: Adopter,
    private readonly findings: FindingsService,
    private readonly unitOfWork: UnitOfWork,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /** One call after the other in this process. Answers with what was adopted. Cost: O(VPCs and subnets of the scopes). */
  reconcile(ctx: RequestContext, scopes: readonly ScopeRow[]): Promise<Allocation[]> {
    const done = this.last.then(() => this.reconcileNow(ctx, scopes));
    this.last = done.catch(() => undefined);
    return done;
  }

  /** Scopes with lists that nothing has been concluded from yet, as after a crash; and what is stale by now. */
  async catchUp(ctx: RequestContext): Promise<void> {
    const pending = await this.repository.pending();
    if (pending.length > 0) await this.reconcile(ctx, pending);
    await this.tellStale(ctx);
  }

  private async reconcileNow(ctx: RequestContext, scopes: readonly ScopeRow[]): Promise<Allocation[]> {
    const adopted: Allocation[] = [];
    const swept: (SweptScope & { readonly id: number; readonly triedAt: Instant })[] = [];
    await inTurns(scopes, SCOPES_AT_ONCE, async (scope) => {
      if (scope.provider === DECLARED) return this.reportDeclared(ctx);
      // read before what is observed: then all that is concluded from it is at least as new
      const lists = await this.repository.lists([scope.id]);
      adopted.push(...(await this.reconcileScope(ctx, scope, lists)));
      const beganAt = goodSince(lists);
      const triedAt = Math.max(-Infinity, ...lists.map(({ lastTriedAt }) => lastTriedAt ?? -Infinity));
      if (triedAt > -Infinity) swept.push({ ...scope, beganAt, triedAt });
    });
    if (scopes.every(({ provider }) => provider === DECLARED)) return adopted;
    // only now: what a sweep saw blocks before what it did not see is free
    await this.observedSpace.swept(
      ctx,
      swept
        .filter(({ beganAt }) => beganAt > -Infinity)
        .map(({ provider, account, region, beganAt }) => {
          return { provider, account, region, beganAt };
        }),
    );
    if (swept.length > 0)
      await this.unitOfWork.run(ctx, async (tx) => {
        for (const { id, triedAt } of swept) await this.repository.markReconciled(tx, id, triedAt);
      });
    await this.tellStale(ctx);
    return adopted;
  }

  private async reconcileScope(
    ctx: RequestContext,
    scope: ScopeRow,
    lists: readonly CountedList[],
  ): Promise<Allocation[]> {
    const area = areaOf(scope);
    // read before what is observed: then nothing is withdrawn that somebody has reported meanwhile
    const reported = await this.observedSpace.reported(area);
    const { account, region } = scope;
    const objects = (await this.reads.current({ account, region, kinds: ['vpc', 'subnet'] })).filter(
      ({ provider }) => provider === scope.provider,
    );
    const vpcIds = objects.flatMap(({ vpcId }) => vpcId ?? []);
    const seen = seenIn(objects, await this.networks.ensure(ctx, vpcIds));
    const isGood = (kind: string): boolean => isGoodList(lists.find((list) => list.kind === kind));
    const difference = observedDifference(reported, observedCidrs(area, seen), (resource) =>
      isGood(resource.startsWith('subnet-') ? 'subnet' : 'vpc'),
    );
    if (difference.seen.length + difference.withdrawn.length > 0)
      await this.observedSpace.report(ctx, area, difference);

    const own = await this.ownOf(scope, seen);
    const good = isGood('vpc') && isGood('subnet');
    let state = await this.stateOf(scope, own, good);
    let decision = decideScope(state);
    const adopted: Allocation[] = [];
    // VPCs first, so that their subnets find a pool; then what follows from that
    for (let round = 0; round < MOST_ROUNDS && isAny(decision); round++) {
      const done = await this.act(ctx, decision);
      if (done) adopted.push(...done);
      // also where nothing could be done: somebody else was first
      state = await this.stateOf(scope, own, good);
      decision = decideScope(state);
      if (done === null) break;
    }
    const orphans = await this.lookForUnseen(ctx, state, decision, lists);
    const tables = await this.repository.fullTables(scope, FEW_ROUTES);
    const found = [...decision.findings, ...orphans, ...quotaFindings(own, tables)];
    await this.findings.sync(
      ctx,
      { kinds: KINDS, area },
      good ? found : await this.withoutNewDoubts(scope, found),
    );
    return adopted;
  }

  /** Without what a shared VPC or subnet shows in accounts that do not own it, where its owner's account is covered. */
  private async ownOf(scope: ScopeRow, seen: readonly Seen[]): Promise<Seen[]> {
    const shared = seen.filter(({ account }) => account !== scope.account).map(({ resource }) => resource);
    const shown = await this.repository.shownByOwner(scope.id, [...new Set(shared)]);
    return seen.filter(({ resource }) => !shown.has(resource));
  }

  private async stateOf(scope: ScopeRow, seen: readonly Seen[], good: boolean): Promise<ScopeState> {
    const [places, held] = await Promise.all([
      this.observedSpace.places(seen),
      this.observedSpace.allocatedIn([scope]),
    ]);
    const tags = seen.flatMap(({ tag }, index) =>
      tag === null ? [] : [{ index, value: tag, poolId: places[index]?.poolId ?? 0 }],
    );
    const named = tags.length === 0 ? new Map<number, never>() : await this.observedSpace.reservations(tags);
    const tagged = new Map([...named].map(([n, reservation]) => [tags[n]!.index, reservation]));
    const allocated = seen.filter((_, index) => places[index]?.allocations[0]?.status === 'ALLOCATED');
    const sightings = await this.repository.sightings(allocated.map(({ cidr }) => cidr));
    return { good, seen, places, tagged, held, sightings };
  }

  /** Null where nothing of it could be done. */
  private async act(ctx: RequestContext, { settle, adopt }: ScopeDecision): Promise<Allocation[] | null> {
    let settled = 0;
    for (let from = 0; from < settle.length; from += AT_ONCE) {
      const outcomes = await Promise.all(
        settle
          .slice(from, from + AT_ONCE)
          .map(({ allocationId, seen }) => this.adopter.settle(ctx, allocationId, seen)),
      );
      settled += outcomes.filter(({ ok }) => ok).length;
    }
    const adopted: Allocation[] = [];
    for (let from = 0; from < adopt.length; from += AT_ONCE) {
      const chunk = adopt.slice(from, from + AT_ONCE);
      const outcomes = await Promise.all(
        chunk.map(({ poolId, seen }) => this.adopter.adopt(ctx, poolId, seen)),
      );
      for (const [index, outcome] of outcomes.entries()) {
        if (!outcome.ok) continue;
        adopted.push(outcome.allocation);
        const { seen } = chunk[index]!;
        if (seen.kind === 'vpc') await this.adopter.vpcPool(ctx, seen, [outcome.allocation]);
      }
    }
    return settled + adopted.length === 0 ? null : adopted;
  }

  private async lookForUnseen(
    ctx: RequestContext,
    { held }: ScopeState,
    { unseen }: ScopeDecision,
    lists: readonly CountedList[],
  ): Promise<Observation[]> {
    const before = await this.repository.unseen(held.map(({ id }) => id));
    if (before.size + unseen.length === 0) return [];
    const good = goodSince(lists) > -Infinity && lists.every(isGoodList) ? goodSince(lists) : null;
    const rows = new Map(
      (await this.allocations.byIds(unseen.map(({ id }) => id))).map((row) => [row.id, row]),
    );
    const looks = unseen.flatMap((allocation) => {
      const row = rows.get(allocation.id);
      const known = before.get(allocation.id) ?? null;
      const look = row ? lookedFor(known, row, good, this.patience) : null;
      return look ? [{ allocation, look, known }] : [];
    });
    const changed = looks.filter(({ look, known }) => look !== known).map(({ look }) => look);
    const kept = new Set(looks.map(({ look }) => look.allocationId));
    const over = [...before.keys()].filter((id) => !kept.has(id));
    if (changed.length + over.length > 0)
      await this.unitOfWork.run(ctx, async (tx) => {
        await this.repository.setUnseen(tx, changed);
        await this.repository.dropUnseen(tx, over);
      });
    return looks
      .filter(({ look }) => look.looks >= this.patience)
      .map(({ allocation, look }) => orphan(allocation, look.looks));
  }

  private async withoutNewDoubts(
    { account, region }: ScopeRow,
    found: readonly Observation[],
  ): Promise<Observation[]> {
    const open = await this.findings.list({ kinds: DOUBTFUL, account, region, open: true }, MOST_OPEN, null);
    const known = new Set(open.map(({ kind, subject }) => `${kind} ${subject}`));
    return found.filter(({ kind, subject }) => !DOUBTFUL.includes(kind) || known.has(`${kind} ${subject}`));
  }

  private async reportDeclared(ctx: RequestContext): Promise<void> {
    const reported = await this.observedSpace.reported(DECLARED);
    const objects = await this.reads.current({ kinds: [EXTERNAL_NETWORK] });
    const domains = await this.networks.ensure(
      ctx,
      objects.map(({ id }) => id),
    );
    const observed = objects.flatMap(({ id, prefixes }) =>
      prefixes.map((cidr) => ({
        source: DECLARED,
        resource: id,
        routingDomainId: domains.get(id)!,
        cidr: Prefix.must(cidr),
        within: null,
      })),
    );
    const difference = observedDifference(reported, observed, () => true);
    if (difference.seen.length + difference.withdrawn.length > 0)
      await this.observedSpace.report(ctx, DECLARED, difference);
  }

  private async tellStale(ctx: RequestContext): Promise<void> {
    const { staleMinutes } = this.settings.discovery;
    const stale = await this.repository.stale(staleMinutes * 60);
    await this.findings.sync(ctx, { kinds: ['STALE'], area: 'discovery' }, stale.map(staleFinding));
  }

  private get patience(): number {
    return this.settings.discovery.misses;
  }
}

/** VPCs, their subnets, and once more for what these make possible. */
const MOST_ROUNDS = 4;

function isAny({ settle, adopt }: ScopeDecision): boolean {
  return settle.length + adopt.length > 0;
}

function isGoodList(list: CountedList | undefined): boolean {
  return list !== undefined && list.lastGoodAt !== null && list.staleSince === null;
}

/** All of them, `width` at a time; the first error ends it when those that are under way are done. */
async function inTurns<Item>(
  items: readonly Item[],
  width: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const waiting = [...items];
  const turn = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item);
  };
  const settled = await Promise.allSettled(Array.from({ length: width }, turn));
  for (const one of settled) if (one.status === 'rejected') throw one.reason;
}

/** From when on everything was seen that is there: both lists are as new as that. */
function goodSince(lists: readonly CountedList[]): Instant {
  const good = ['vpc', 'subnet'].map(
    (kind) => lists.find((list) => list.kind === kind)?.lastGoodAt ?? -Infinity,
  );
  return Math.min(...good);
}

function staleFinding(scope: {
  readonly provider: string;
  readonly account: string;
  readonly region: string;
  readonly since: Instant;
  readonly reason: string;
  readonly kinds: readonly string[];
}): Observation {
  const { account, region, reason, kinds, since } = scope;
  const at = new Date(since / 1000).toISOString().slice(0, 19);
  return {
    kind: 'STALE',
    subject: areaOf(scope),
    severity: 'WARNING',
    message: `${account} ${region} could not be read since ${at}Z: ${reason}`,
    detail: { account, region, since: `${at}Z`, reason, lists: kinds },
  };
}
