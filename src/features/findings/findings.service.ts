import { Injectable } from '@nestjs/common';
import { formatInstant } from '../../platform/context/instant.js';
import type { RequestContext } from '../../platform/context/request-context.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { type ChangeNote, Publisher, recordChange, recordChanges } from '../../platform/events/index.js';
import { numberOfId, publicId } from '../../platform/graphql/public-id.js';
import { FindingRepository } from './data/finding.repository.js';
import { notFound, type Outcome, refused } from './domain/failure.js';
import {
  type Finding,
  type FindingFilter,
  type FindingPlace,
  isTold,
  type Observation,
  type Waiver,
} from './domain/finding.js';
import { decideSync, type Within } from './domain/sync.js';

/** What is wrong. Features that come later write it by `sync`. */
@Injectable()
export class FindingsService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly findings: FindingRepository,
    private readonly publisher: Publisher,
  ) {}

  /**
   * Makes the open findings of these kinds in this area exactly `found`, in one transaction. Repeatable: what is as it
   * was is not written, and one that comes back is a new one with its waiver. Syncs of one area wait for each other.
   */
  async sync(
    ctx: RequestContext,
    within: Within,
    found: readonly Observation[],
  ): Promise<{ opened: number; closed: number }> {
    const done = await this.unitOfWork.run(ctx, async (tx) => {
      const now = await this.findings.lockArea(tx, within.area);
      const subjects = found.map(({ subject }) => subject);
      const plan = decideSync(await this.findings.open(tx, within, subjects), within, found, now);
      await this.findings.close(
        tx,
        now,
        plan.closed.map(({ id }) => id),
      );
      await this.findings.change(tx, within.area, now, plan.changed);
      await this.findings.touch(
        tx,
        now,
        plan.touched.map(({ id }) => id),
      );
      const opened = await this.findings.insert(tx, within.area, now, plan.opened);
      const notes = [
        ...plan.closed.filter(({ kind }) => isTold(kind)).map((one) => noteOf('finding.closed', one)),
        ...plan.changed
          .filter(({ from, to }) => isTold(to.kind) && from.severity !== to.severity)
          .map(({ from: { id, kind, subject, severity }, to }) => ({
            action: 'finding.changed',
            subject: publicId('finding', id),
            detail: { kind, about: subject, severity: [severity, to.severity], message: to.message },
          })),
        ...opened.filter(({ kind }) => isTold(kind)).map((one) => noteOf('finding.opened', one)),
      ];
      await recordChanges(tx, ctx, notes);
      return { opened: opened.length, closed: plan.closed.length, told: notes.length };
    });
    if (done.told > 0) this.publisher.wake();
    return { opened: done.opened, closed: done.closed };
  }

  /** What is open of some kinds in an area, with its waivers: of all subjects, or of these. For whoever syncs the area. */
  openIn(within: Within, subjects: readonly string[] | null): Promise<Finding[]> {
    return this.findings.openIn(within, subjects);
  }

  /** By severity, then age. */
  list(filter: FindingFilter, limit: number, after: FindingPlace | null): Promise<Finding[]> {
    return this.findings.list(filter, limit, after);
  }

  count(filter: FindingFilter): Promise<number> {
    return this.findings.count(filter);
  }

  /** Null for what is not there. */
  async find(id: string): Promise<Finding | null> {
    const number = numberOfId('finding', id);
    return number === null ? null : this.findings.byId(number);
  }

  /** The same waiver again writes nothing; another replaces it. NOT_FOUND; RULE_VIOLATION for an end in the past. */
  async waive(ctx: RequestContext, id: string, waiver: Waiver): Promise<Outcome<Finding>> {
    return this.change(ctx, id, waiver);
  }

  /** Takes a waiver away; without one nothing is written. NOT_FOUND. */
  async unwaive(ctx: RequestContext, id: string): Promise<Outcome<Finding>> {
    return this.change(ctx, id, null);
  }

  private async change(ctx: RequestContext, id: string, waiver: Waiver | null): Promise<Outcome<Finding>> {
    const number = numberOfId('finding', id);
    if (number === null) return refused(notFound(id));
    const outcome = await this.unitOfWork
      .run<Outcome<Finding>>(ctx, async (tx) => {
        const before = await this.findings.lock(tx, number);
        if (!before) return refused(notFound(id));
        if (isSameWaiver(before.waiver, waiver)) return { ok: true, value: before };
        await this.findings.setWaiver(tx, number, waiver, ctx.actor);
        const after = (await this.findings.byId(number, tx))!;
        // at the instant of the database, which the transaction is undone for
        if (waiver && !after.waived) throw new OverError(waiver);
        const { kind, subject } = after;
        const said = waiver && { ...waiver, until: formatInstant(waiver.until) };
        await recordChange(tx, ctx, {
          action: waiver ? 'finding.waived' : 'finding.unwaived',
          subject: publicId('finding', number),
          detail: { kind, about: subject, ...said },
        });
        return { ok: true, value: after };
      })
      .catch((error: unknown) => {
        if (error instanceof OverError) return refused(error.failure);
        throw error;
      });
    if (outcome.ok) this.publisher.wake();
    return outcome;
  }
}

/** A waiver that would be over at once. */
class OverError extends Error {
  readonly failure;

  constructor({ until }: Waiver) {
    const value = formatInstant(until);
    super(`A waiver until ${value} is over already: give an instant in the future.`);
    const allowed = 'an instant in the future';
    this.failure = { code: 'RULE_VIOLATION', message: this.message, rule: 'until', value, allowed } as const;
  }
}

function isSameWaiver(a: Waiver | null, b: Waiver | null): boolean {
  if (a === null || b === null) return a === b;
  return a.reason === b.reason && a.contact === b.contact && a.until === b.until;
}

function noteOf(
  action: string,
  finding: Observation & { readonly id: number; readonly waived?: boolean },
): ChangeNote {
  const { id, kind, subject, severity, message, detail, waived } = finding;
  return {
    action,
    subject: publicId('finding', id),
    detail: { kind, about: subject, severity, message, ...(waived && { waived }), facts: detail },
  };
}
