import type { Instant } from '../../platform/context/instant.js';
import type { RequestContext } from '../../platform/context/request-context.js';
import type { Tx } from '../../platform/database/statement.js';
import type { UnitOfWork } from '../../platform/database/unit-of-work.js';
import type { Publisher } from '../../platform/events/index.js';
import type { ConfigurationChangeRepository, ToldChange } from './data/configuration-change.repository.js';
import type { ListKey, ListRepository } from './data/list.repository.js';
import type { ScopeRow } from './data/scope.repository.js';
import type { Before, NewVersion, VersionRepository } from './data/version.repository.js';
import { attachedTo, isAttachable } from './domain/attached.js';
import { type Body, nounOf, UNTOLD_KINDS } from './domain/change.js';
import type { ObservedPage } from './domain/cloud.js';
import { diffObject } from './domain/diff.js';
import { type Absence, absenceOf, isSuspicious, type Known, type ListState } from './domain/list.js';
import type { ObservedKind, ObservedObject } from './domain/observed.js';

/** Throws where the caller has lost the right to write into the scope; asked in every transaction that writes. */
export type Fence = (tx: Tx) => Promise<void>;

/** One reading of one list, as it comes. One call at a time. */
export interface ListRecorder {
  /**
   * Writes what is new or different at once, with the changes; a page that says nothing new costs no transaction.
   * Repeatable. What an object shows is true, whatever becomes of the rest of the list.
   */
  page(page: ObservedPage): Promise<{ seen: number; changed: number }>;
  /**
   * The list was read to its end. What it left out is missing, and ended after K good lists; a suspicious drop is held
   * back, and the list is stale.
   */
  complete(): Promise<{ good: boolean; suspicious: boolean; missing: number; ended: number }>;
  /** The list could not be read to its end: it is stale, and what it left out stays as it was. Repeatable. */
  fail(reason: string): Promise<void>;
}

/** What a recorder works with. */
export interface RecorderParts {
  readonly unitOfWork: UnitOfWork;
  readonly publisher: Publisher;
  readonly lists: ListRepository;
  readonly versions: VersionRepository;
  readonly changes: ConfigurationChangeRepository;
  /** K: good lists in a row without an object until it has ended. */
  readonly patience: number;
}

export interface Reading {
  readonly scope: ScopeRow;
  readonly kind: ObservedKind;
  /** When the sweep of the scope began; all changes take it as their time. */
  readonly at: Instant;
  readonly fence: Fence;
}

/** What is recorded of a list: what the next reading is compared with. */
export interface RecordedState {
  readonly list: ListState;
  readonly known: Map<string, Known>;
  /** Free addresses of subnets. */
  readonly usage: Map<string, number>;
}

/** One statement for a list without objects; else two or three, and about 1 µs of PostgreSQL per object. */
export async function loadState(
  { lists, versions }: Pick<RecorderParts, 'lists' | 'versions'>,
  key: ListKey,
): Promise<RecordedState> {
  const { list, isFilled } = await lists.load(key);
  if (!isFilled) return { list, known: new Map(), usage: new Map() };
  const [known, usage] = await Promise.all([
    versions.known(key),
    key.kind === 'subnet' ? versions.usage(key.scopeId) : new Map<string, number>(),
  ]);
  return { list, known, usage };
}

const LONGEST_REASON = 1000;
const NOTHING_NEW = { good: true, suspicious: false, missing: 0, ended: 0 };

export class PostgresListRecorder implements ListRecorder {
  private readonly key: ListKey;
  private readonly seen = new Set<string>();
  /** Whether the transaction under way records changes. */
  private hasTold = false;

  constructor(
    private readonly parts: RecorderParts,
    private readonly ctx: RequestContext,
    private readonly reading: Reading,
    /** Null after a write whose outcome nobody knows, until it is read again. */
    private state: RecordedState | null,
  ) {
    this.key = { scopeId: reading.scope.id, kind: reading.kind };
  }

  async page({ objects, available }: ObservedPage): Promise<{ seen: number; changed: number }> {
    const { list, known, usage } = await this.current();
    // things move while a list is read page by page: of one object shown twice the last holds
    const shown = new Map(objects.map((object) => [object.id, object]));
    const differing = [...shown.values()].filter(({ id, hash }) => known.get(id)?.hash !== hash);
    const returned = [...shown.values()].filter(({ id, hash }) => {
      const before = known.get(id);
      return before?.hash === hash && before.missingSince !== null;
    });
    const counted = new Map(
      available
        .filter(({ subnetId, addresses }) => usage.get(subnetId) !== addresses)
        .map(({ subnetId, addresses }) => [subnetId, addresses]),
    );
    let reopened: ReadonlyMap<string, Instant> = new Map();
    if (differing.length + returned.length + counted.size > 0) {
      await this.write(async (tx) => {
        const written = await this.writeDiffering(tx, known, differing, this.tells(list));
        reopened = written.reopened;
        const { told } = written;
        const back = await this.parts.versions.returned(
          tx,
          this.key,
          returned.map(({ id }) => id),
        );
        told.push(...back.map((before) => this.whole(before, 'returned', false)));
        if (counted.size > 0)
          await this.parts.versions.setUsage(tx, this.key.scopeId, this.reading.at, counted);
        await this.tell(tx, list, told);
      });
    }
    for (const { id } of returned)
      known.set(id, { ...known.get(id)!, missingSince: null, lastSeen: null, misses: 0 });
    for (const { id, hash } of differing)
      known.set(id, {
        hash,
        seenFrom: reopened.get(id) ?? this.reading.at,
        missingSince: null,
        lastSeen: null,
        misses: 0,
      });
    for (const [id, addresses] of counted) usage.set(id, addresses);
    for (const id of shown.keys()) this.seen.add(id);
    return { seen: shown.size, changed: differing.length };
  }

  async complete(): Promise<{ good: boolean; suspicious: boolean; missing: number; ended: number }> {
    const { at } = this.reading;
    const { list, known } = await this.current();
    if (list.lastGoodAt !== null && list.lastGoodAt >= at) return NOTHING_NEW;
    // what this very sweep has shown in an attempt before this one is there
    const absent = [...known].filter(([id, { seenFrom }]) => !this.seen.has(id) && seenFrom < at);
    const gone = absent.filter(([, { missingSince }]) => missingSince === null).length;
    if (isSuspicious(list, gone, this.parts.patience) && (await this.holdBack(list, gone)))
      return { good: false, suspicious: true, missing: 0, ended: 0 };
    const absences = new Map<string, Absence>(
      absent.map(([id, object]) => [id, absenceOf(object, list, at, this.parts.patience)]),
    );
    const { missing, ended } = await this.write(async (tx) => {
      const found = await this.parts.versions.absent(tx, this.key, at, absences);
      if (this.key.kind === 'subnet' && found.ended.length > 0)
        await this.parts.versions.dropUsage(
          tx,
          this.key.scopeId,
          found.ended.map(({ id }) => id),
        );
      await this.tell(tx, list, [
        ...found.missing.map((before) => this.whole(before, 'missing', false)),
        ...found.ended.map((before) => this.whole(before, 'deleted', true, absences.get(before.id))),
      ]);
      if (!list.baseline) await this.tellBaseline(tx);
      await this.parts.lists.good(tx, this.key, list, at, this.seen.size);
      return found;
    });
    // read again where it is completed again
    this.state = null;
    return { good: true, suspicious: false, missing: missing.length, ended: ended.length };
  }

  async fail(reason: string): Promise<void> {
    const { list } = await this.current();
    await this.write((tx) =>
      this.parts.lists.stale(tx, this.key, this.reading.at, reason.slice(0, LONGEST_REASON), list.suspicious),
    );
  }

  /** False where somebody has accepted the drop since the list was opened. */
  private async holdBack(list: ListState, gone: number): Promise<boolean> {
    const { at } = this.reading;
    const isRepeated = list.suspicious > 0 && list.lastTriedAt === at;
    const reason = `SUSPICIOUS: ${gone} of ${list.objects} are gone at once; believed when the next lists say the same.`;
    return this.write(async (tx) => {
      if (await this.parts.lists.lockDropAccepted(tx, this.key)) return false;
      await this.parts.lists.stale(tx, this.key, at, reason, list.suspicious + (isRepeated ? 0 : 1));
      return true;
    });
  }

  private async writeDiffering(
    tx: Tx,
    known: ReadonlyMap<string, Known>,
    differing: readonly ObservedObject[],
    tells: boolean,
  ): Promise<{ told: ToldChange[]; reopened: ReadonlyMap<string, Instant> }> {
    const { versions } = this.parts;
    const { at } = this.reading;
    const idsWhere = (matches: (before: Known) => boolean): string[] =>
      differing.flatMap(({ id }) => {
        const before = known.get(id);
        return before && matches(before) ? [id] : [];
      });
    const again = new Set(idsWhere(({ seenFrom }) => seenFrom >= at));
    const before = new Map(
      [
        ...(await versions.supersede(
          tx,
          this.key,
          at,
          idsWhere(({ seenFrom }) => seenFrom < at),
        )),
        ...(await versions.takeBack(tx, this.key, [...again])),
      ].map((object) => [object.id, object]),
    );
    const reopened = await versions.reopen(
      tx,
      this.key,
      at,
      differing.filter(({ id }) => again.has(id)),
    );
    const made = differing.map((object) => this.newVersion(object));
    await versions.insert(
      tx,
      this.key,
      at,
      made.filter(({ id }) => !reopened.has(id)),
    );
    const told = tells
      ? made.flatMap((object) => this.differences(before.get(object.id) ?? null, object))
      : [];
    return { told, reopened };
  }

  private newVersion(object: ObservedObject): NewVersion {
    const { kind } = this.key;
    return {
      ...object,
      attachedTo: isAttachable(kind) ? attachedTo(kind, JSON.parse(object.body) as Body) : null,
    };
  }

  private differences(before: Before | null, object: NewVersion): ToldChange[] {
    const { kind } = this.key;
    const { id, name, vpcId } = object;
    const after = { kind, id, vpcId, body: JSON.parse(object.body) as Body };
    const vpcs = vpcsOf(before?.vpcId ?? null, before?.attachedTo ?? [], vpcId, object.attachedTo ?? []);
    const changes = diffObject(before && { kind, id, vpcId: before.vpcId, body: before.body }, after);
    return changes.map((change) => ({ ...change, name, vpcs }));
  }

  /** A change of an object as a whole that no body shows. */
  private whole(before: Before, what: string, showsBody: boolean, absence?: Absence): ToldChange {
    const { id: resourceId, vpcId, name } = before;
    const { kind } = this.key;
    return {
      kind,
      resourceId,
      vpcId,
      name,
      vpcs: vpcsOf(vpcId, before.attachedTo),
      action: `${nounOf(kind)}.${what}`,
      path: '',
      old: showsBody ? before.body : null,
      new: null,
      ...(absence && { more: absenceFacts(absence) }),
    };
  }

  private async tellBaseline(tx: Tx): Promise<void> {
    if (this.seen.size === 0) return;
    const { scope, kind, at } = this.reading;
    const subject = `${scope.provider}/${scope.account}/${scope.region}`;
    const change: ToldChange = {
      kind,
      resourceId: subject,
      vpcId: null,
      name: null,
      vpcs: [],
      action: 'inventory.baseline',
      path: '',
      old: null,
      new: this.seen.size,
    };
    this.hasTold = true;
    await this.parts.changes.record(tx, this.ctx, scope, at, [change]);
  }

  private tells(list: ListState): boolean {
    return list.baseline && !UNTOLD_KINDS.includes(this.key.kind);
  }

  private async tell(tx: Tx, list: ListState, changes: readonly ToldChange[]): Promise<void> {
    if (!this.tells(list) || changes.length === 0) return;
    this.hasTold = true;
    await this.parts.changes.record(tx, this.ctx, this.reading.scope, this.reading.at, changes);
  }

  private async current(): Promise<RecordedState> {
    return (this.state ??= await loadState(this.parts, this.key));
  }

  private async write<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result> {
    try {
      const result = await this.parts.unitOfWork.run(this.ctx, async (tx) => {
        this.hasTold = false;
        await this.reading.fence(tx);
        return work(tx);
      });
      if (this.hasTold) this.parts.publisher.wake();
      return result;
    } catch (error) {
      // it may have happened: whoever goes on compares with what is there
      this.state = null;
      throw error;
    }
  }
}

function absenceFacts(absence: Absence): Readonly<Record<string, unknown>> {
  const instants = absence.kind === 'ended' ? { missingSince: absence.missingSince } : {};
  return Object.fromEntries(
    Object.entries({ lastSeen: absence.lastSeen, ...instants }).map(([name, at]) => [
      name,
      new Date(at / 1000).toISOString(),
    ]),
  );
}

function vpcsOf(...given: (string | null | readonly string[])[]): string[] {
  return [...new Set(given.flat().filter((id) => id !== null))];
}
