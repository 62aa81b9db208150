import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS, type Settings } from '../../platform/config/settings.js';
import type { Instant } from '../../platform/context/instant.js';
import type { RequestContext } from '../../platform/context/request-context.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import {
  type AllocatedResource,
  type Allocation,
  AllocationService,
  ObservedSpaceService,
  sourceOfScope,
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
/** Scopes that are read together: their VPCs and subnets are in memory. */
const SCOPES_AT_ONCE = 25;

/** What is observed in a scope. */
interface Look {
  readonly scope: ScopeRow;
  readonly lists: readonly CountedList[];
  /** The lists of VPCs and of subnets are good. */
  readonly good: boolean;
  readonly own: readonly Seen[];
}

/** A scope of the cloud, as it is named in findings and as a source of observed space. */
export function areaOf({ provider, account, region }: Omit<ScopeRow, 'id'>): string {
  return provider === DECLARED ? DECLARED : sourceOfScope({ provider, account, region });
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

  private async reconcileNow(ctx: RequestContext, given: readonly ScopeRow[]): Promise<Allocation[]> {
    const scopes = given.filter(({ provider }) => provider !== DECLARED);
    if (scopes.length < given.length) await this.reportDeclared(ctx);
    if (scopes.length === 0) return [];
    const adopted: Allocation[] = [];
    const swept: (SweptScope & { readonly id: number; readonly triedAt: Instant })[] = [];
    for (let from = 0; from < scopes.length; from += SCOPES_AT_ONCE) {
      const some = await this.reconcileSome(ctx, scopes.slice(from, from + SCOPES_AT_ONCE));
      adopted.push(...some.adopted);
      for (const { scope, lists } of some.looked) {
        const triedAt = Math.max(-Infinity, ...lists.map(({ lastTriedAt }) => lastTriedAt ?? -Infinity));
        if (triedAt > -Infinity) swept.push({ ...scope, beganAt: goodSince(lists), triedAt });
      }
    }
    // only now: what a sweep saw blocks before what it did not see is free
    await this.observedSpace.swept(
      ctx,
      swept
        .filter(({ beganAt }) => beganAt > -Infinity)
        .map(({ provider, account, region, beganAt }) => {
          return { provider, account, region, beganAt };
        }),
    );
    if (swept.length > 0) await this.unitOfWork.run(ctx, (tx) => this.repository.markReconciled(tx, swept));
    await this.tellStale(ctx);
    return adopted;
  }

  /** Reads for all of them at once, decides and acts for one after the other. */
  private async reconcileSome(
    ctx: RequestContext,
    scopes: readonly ScopeRow[],
  ): Promise<{ adopted: Allocation[]; looked: readonly Look[] }> {
    const looked = await this.look(ctx, scopes);
    const tables = await this.repository.fullTables(scopes, FEW_ROUTES);
    const states = await this.statesOf(looked);
    const adopted: Allocation[] = [];
    let isOld = false;
    for (const [index, look] of looked.entries()) {
      // what was done for one of them may be what another one is compared with
      let state = isOld ? await this.stateOf(look) : states[index]!;
      let decision = decideScope(state);
      // VPCs first, so that their subnets find a pool; then what follows from that
      for (let round = 0; round < MOST_ROUNDS && isAny(decision); round++) {
        const done = await this.act(ctx, decision);
        isOld = true;
        if (done) adopted.push(...done);
        // also where nothing could be done: somebody else was first
        state = await this.stateOf(look);
        decision = decideScope(state);
        if (done === null) break;
      }
      const { scope, lists, own, good } = look;
      const orphans = await this.lookForUnseen(ctx, state, decision, lists);
      const quotas = quotaFindings(own, tables.get(scope.id) ?? []);
      const found = [...decision.findings, ...orphans, ...quotas];
      await this.findings.sync(
        ctx,
        { kinds: KINDS, area: areaOf(scope) },
        good ? found : await this.withoutNewDoubts(scope, found),
      );
    }
    return { adopted, looked };
  }

  /** Reads what is observed in the scopes, and reports what of it is in use. */
  private async look(ctx: RequestContext, scopes: readonly ScopeRow[]): Promise<Look[]> {
    // lists and reports before what is observed: then all that is concluded from it is at least as new, and nothing is
    // withdrawn that somebody has reported meanwhile
    const ids = scopes.map(({ id }) => id);
    const lists = byScope(await this.repository.lists(ids));
    const reported = await this.observedSpace.reportedBy(scopes.map(areaOf));
    const objects = await this.reads.current({ scopeIds: ids, kinds: ['vpc', 'subnet'] });
    const domains = await this.networks.ensure(
      ctx,
      objects.flatMap(({ vpcId }) => vpcId ?? []),
    );
    const found = byScope(objects);
    const looked: Look[] = [];
    for (const scope of scopes) {
      const area = areaOf(scope);
      const own = lists.get(scope.id) ?? [];
      const isGood = (kind: string): boolean => isGoodList(own.find((list) => list.kind === kind));
      const seen = seenIn(found.get(scope.id) ?? [], domains);
      const difference = observedDifference(reported.get(area)!, observedCidrs(area, seen), (resource) =>
        isGood(resource.startsWith('subnet-') ? 'subnet' : 'vpc'),
      );
      if (difference.seen.length + difference.withdrawn.length > 0)
        await this.observedSpace.report(ctx, area, difference);
      const good = isGood('vpc') && isGood('subnet');
      looked.push({ scope, lists: own, good, own: await this.ownOf(scope, seen) });
    }
    return looked;
  }

  /** Without what a shared VPC or subnet shows in accounts that do not own it, where its owner's account is covered. */
  private async ownOf(scope: ScopeRow, seen: readonly Seen[]): Promise<Seen[]> {
    const shared = seen.filter(({ account }) => account !== scope.account).map(({ resource }) => resource);
    const shown = await this.repository.shownByOwner(scope.id, [...new Set(shared)]);
    return seen.filter(({ resource }) => !shown.has(resource));
  }

  private async stateOf(look: Look): Promise<ScopeState> {
    return (await this.statesOf([look]))[0]!;
  }

  /** What each is compared with: two statements, and two more where there are allocations. */
  private async statesOf(looked: readonly Look[]): Promise<ScopeState[]> {
    const all = looked.flatMap(({ own }) => own);
    const [places, held] = await Promise.all([
      this.observedSpace.places(all),
      this.observedSpace.allocatedIn(looked.map(({ scope }) => scope)),
    ]);
    const tags = all.flatMap(({ tag }, index) =>
      tag === null ? [] : [{ index, value: tag, poolId: places[index]?.poolId ?? 0 }],
    );
    const named = tags.length === 0 ? new Map<number, never>() : await this.observedSpace.reservations(tags);
    const tagged = new Map([...named].map(([n, reservation]) => [tags[n]!.index, reservation]));
    const allocated = all.filter((_, index) => places[index]?.allocations[0]?.status === 'ALLOCATED');
    const sightings = await this.repository.sightings(allocated.map(({ cidr }) => cidr));
    let from = 0;
    return looked.map(({ scope, own: seen, good }) => {
      const first = from;
      from += seen.length;
      const cidrs = new Set(seen.map(({ cidr }) => cidr.toString()));
      return {
        good,
        seen,
        places: places.slice(first, from),
        tagged: new Map(
          [...tagged].flatMap(([index, one]) =>
            index >= first && index < from ? [[index - first, one]] : [],
          ),
        ),
        held: held.filter(({ holder }) => isHeldIn(scope, holder)),
        sightings: sightings.filter(({ cidr }) => cidrs.has(cidr.toString())),
      };
    });
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

function byScope<Row extends { readonly scopeId: number }>(rows: readonly Row[]): Map<number, Row[]> {
  const found = new Map<number, Row[]>();
  for (const row of rows) {
    const of = found.get(row.scopeId);
    if (of) of.push(row);
    else found.set(row.scopeId, [row]);
  }
  return found;
}

function isHeldIn({ provider, account, region }: ScopeRow, holder: AllocatedResource['holder']): boolean {
  return (holder.provider ?? 'aws') === provider && holder.account === account && holder.region === region;
}

function isAny({ settle, adopt }: ScopeDecision): boolean {
  return settle.length + adopt.length > 0;
}

function isGoodList(list: CountedList | undefined): boolean {
  return list !== undefined && list.lastGoodAt !== null && list.staleSince === null;
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
