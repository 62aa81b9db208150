import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../platform/context/request-context.js';
import type { Tx } from '../../platform/database/statement.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { Publisher, recordChange } from '../../platform/events/index.js';
import { DiscoveryAccountRepository } from './data/discovery-account.repository.js';
import { ScopeRepository } from './data/scope.repository.js';
import { SweepRepository } from './data/sweep.repository.js';
import { type DiscoveryOutcome, missing, refusedFor, violation } from './domain/discovery-failure.js';
import { OBSERVED_KINDS, type ObservedKind } from './domain/observed.js';
import type { FailedScope, Sweep, SweepCause } from './domain/sweep.js';
import { SweepRunner } from './sweep-runner.js';

/** What of all that is discovered is to be swept; empty: all of it. */
export interface SweepRequest {
  readonly accounts: readonly string[];
  readonly regions: readonly string[];
  readonly kinds: readonly ObservedKind[];
}

export const EVERYTHING: SweepRequest = { accounts: [], regions: [], kinds: [] };

/** So long after its end a sweep is forgotten, when another begins. */
const KEEP_DAYS = 30;
/** Of one answer, over all its sweeps. */
const MOST_FAILED = 1_000;
const LARGEST_ID = 2 ** 31 - 1;

/** Use cases over sweeps. Who may call them is decided before. */
@Injectable()
export class SweepsService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly sweeps: SweepRepository,
    private readonly accounts: DiscoveryAccountRepository,
    private readonly scopes: ScopeRepository,
    private readonly runner: SweepRunner,
    private readonly publisher: Publisher,
  ) {}

  /** Begins to sweep what of the discovered accounts is meant. NOT_FOUND, RULE_VIOLATION. */
  async start(
    ctx: RequestContext,
    request: SweepRequest,
    { cause = 'asked', fence }: { cause?: SweepCause; fence?: (tx: Tx) => Promise<void> } = {},
  ): Promise<DiscoveryOutcome<Sweep>> {
    const accounts = await this.accounts.list(
      request.accounts.length > 0 ? { accounts: request.accounts } : {},
    );
    const unknown = request.accounts.find((asked) => !accounts.some(({ account }) => account === asked));
    if (unknown !== undefined) return refusedFor(missing('discovered account', unknown));
    const chosen = accounts
      .filter(({ enabled }) => enabled)
      .flatMap(({ account, regions }) =>
        regions
          .filter((region) => request.regions.length === 0 || request.regions.includes(region))
          .map((region) => ({ provider: 'aws', account, region })),
      );
    if (chosen.length === 0) {
      const rule = request.regions.length > 0 ? 'regions' : 'accounts';
      const value = request[rule].join(', ') || 'none';
      const allowed = 'what is discovered';
      const message = 'Nothing of that is discovered: add accounts or regions, or enable the accounts.';
      return refusedFor({ ...violation(rule, value, allowed), message });
    }
    // in the order in which one depends on another, not in the order asked
    const kinds = OBSERVED_KINDS.filter((kind) => request.kinds.length === 0 || request.kinds.includes(kind));
    const sweep = await this.unitOfWork.run(ctx, async (tx) => {
      await fence?.(tx);
      await this.sweeps.forget(tx, KEEP_DAYS);
      const rows = await this.scopes.ensure(tx, chosen);
      const ids = rows.map(({ id }) => id);
      const id = await this.sweeps.insert(tx, ctx, cause, kinds, ids);
      // those by schedule would drown the trail; the sweeps themselves say when they were
      if (cause === 'asked')
        await recordChange(tx, ctx, {
          action: 'sweep.started',
          subject: sweepId(id),
          detail: { ...request, scopes: ids.length },
        });
      return (await this.sweeps.find(id, tx))!;
    });
    this.publisher.wake();
    this.runner.wake();
    return { ok: true, value: sweep };
  }

  /** What was read stays; what is being read stops within a second, in all processes. NOT_FOUND, RULE_VIOLATION. */
  async cancel(ctx: RequestContext, id: string): Promise<DiscoveryOutcome<Sweep>> {
    const outcome = await this.change(ctx, id, async (tx, number, status) => {
      if (status !== 'RUNNING') return refusedFor(violation('status', status, 'RUNNING, to be cancelled'));
      await this.sweeps.cancel(tx, number);
      await recordChange(tx, ctx, { action: 'sweep.cancelled', subject: id, detail: {} });
      return { ok: true, value: (await this.sweeps.find(number, tx))! };
    });
    if (outcome.ok) this.runner.cancel(outcome.value.id);
    return outcome;
  }

  /** Sweeps again what of a sweep failed or was left. NOT_FOUND, RULE_VIOLATION. */
  async resume(ctx: RequestContext, id: string): Promise<DiscoveryOutcome<Sweep>> {
    return this.change(ctx, id, async (tx, number, status) => {
      const again = await this.sweeps.resume(tx, number);
      if (again === 0)
        return refusedFor(violation('status', status, 'a sweep of which something failed or was left'));
      await recordChange(tx, ctx, { action: 'sweep.resumed', subject: id, detail: { scopes: again } });
      return { ok: true, value: (await this.sweeps.find(number, tx))! };
    });
  }

  /** Null where there is none, or none any more. */
  async find(id: string): Promise<Sweep | null> {
    const number = numberOf(id);
    return number === null ? null : this.sweeps.find(number);
  }

  /** The latest first; `before` is the number of the last one seen. */
  list(limit: number, before: number | null): Promise<Sweep[]> {
    return this.sweeps.list(limit, before);
  }

  count(): Promise<number> {
    return this.sweeps.count();
  }

  async failedScopes(ids: readonly number[]): Promise<FailedScope[][]> {
    const failed = await this.sweeps.failedScopes(ids, MOST_FAILED);
    return ids.map((id) => failed.get(id)!);
  }

  private async change(
    ctx: RequestContext,
    id: string,
    work: (tx: Tx, number: number, status: Sweep['status']) => Promise<DiscoveryOutcome<Sweep>>,
  ): Promise<DiscoveryOutcome<Sweep>> {
    const number = numberOf(id);
    if (number === null) return refusedFor(missing('sweep', id));
    const outcome = await this.unitOfWork.run<DiscoveryOutcome<Sweep>>(ctx, async (tx) => {
      const status = await this.sweeps.lock(tx, number);
      return status === null ? refusedFor(missing('sweep', id)) : work(tx, number, status);
    });
    if (outcome.ok) {
      this.publisher.wake();
      this.runner.wake();
    }
    return outcome;
  }
}

/** How clients write the id of a sweep. */
export function sweepId(id: number): string {
  return `sweep_${id}`;
}

function numberOf(id: string): number | null {
  const digits = /^sweep_([1-9]\d{0,9})$/.exec(id)?.[1];
  return digits !== undefined && Number(digits) <= LARGEST_ID ? Number(digits) : null;
}
