import type { Instant } from '../../platform/context/instant.js';
import type { RequestContext } from '../../platform/context/request-context.js';
import type { Tx } from '../../platform/database/statement.js';
import type { ToldChange } from './data/configuration-change.repository.js';
import type { ListKey } from './data/list.repository.js';
import type { ScopeRow } from './data/scope.repository.js';
import type { Before, NewVersion } from './data/version.repository.js';
import { attachedTo, isAttachable } from './domain/attached.js';
import { type Body, nounOf, UNTOLD_KINDS } from './domain/change.js';
import type { ObservedPage } from './domain/cloud.js';
import { diffObject } from './domain/diff.js';
import { type Absence, absenceOf, isSuspicious, type Known, type ListState } from './domain/list.js';
import type { ObservedKind, ObservedObject } from './domain/observed.js';
import type { ListWrites, ScopeWrites, WritingParts } from './scope-writes.js';

/** One reading of one list, as it comes. One call at a time. */
export interface ListRecorder {
  /**
   * Writes what is new or different, with the changes; a page that says nothing new costs no transaction. Of a scope's
   * recorder what is new waits for a thousand such objects, or for `finish`. Repeatable. What an object shows is true, whatever becomes of the rest of the list.
   */
  page(page: ObservedPage): Promise<{ seen: number; changed: number }>;
  /**
   * The list was read to its end. What it left out is missing, and ended after K good lists; a suspicious drop is held
   * back, and the list is stale.
   */
  complete(): Promise<Completed>;
  /** The list could not be read to its end: it is stale, and what it left out stays as it was. Repeatable. */
  fail(reason: string): Promise<void>;
}

export interface Completed {
  readonly good: boolean;
  readonly suspicious: boolean;
  readonly missing: number;
  readonly ended: number;
  /** Of a suspicious list, in words: how much is gone, and what to do. */
  readonly heldBack?: string;
}

/** What a recorder works with. */
export interface RecorderParts extends Pick<WritingParts, 'lists' | 'versions' | 'changes'> {
  /** K: good lists in a row without an object until it has ended. */
  readonly patience: number;
}

export interface Reading {
  readonly scope: ScopeRow;
  readonly kind: ObservedKind;
  /** When the sweep of the scope began; all changes take it as their time. */
  readonly at: Instant;
}

/** What is recorded of a list: what the next reading is compared with. */
export interface RecordedState {
  readonly list: ListState;
  readonly known: Map<string, Known>;
  /** Free addresses of subnets. */
  readonly usage: Map<string, number>;
}

/** One statement where no list has objects; else two or three, and about 1 µs of PostgreSQL per object. */
export async function loadStates(
  { lists, versions }: Pick<RecorderParts, 'lists' | 'versions'>,
  scopeId: number,
  kinds: readonly ObservedKind[],
): Promise<Map<ObservedKind, RecordedState>> {
  const loaded = await lists.load(scopeId, kinds);
  const filled = kinds.filter((kind) => loaded.get(kind)!.isFilled);
  const [known, usage] = await Promise.all([
    filled.length > 0 ? versions.known(scopeId, filled) : null,
    filled.includes('subnet') ? versions.usage(scopeId) : null,
  ]);
  return new Map(
    kinds.map((kind) => [
      kind,
      {
        list: loaded.get(kind)!.list,
        known: known?.get(kind) ?? new Map<string, Known>(),
        usage: (kind === 'subnet' && usage) || new Map<string, number>(),
      },
    ]),
  );
}

const LONGEST_REASON = 1000;
const heldBackText = (gone: number, of: number): string =>
  `${gone} of ${of} gone at once: held back; \`cadastre observed accept-drop\` accepts it`;
const NOTHING_NEW = { good: true, suspicious: false, missing: 0, ended: 0 };

export class PostgresListRecorder implements ListRecorder {
  private readonly key: ListKey & { readonly kind: ObservedKind };
  private readonly seen = new Set<string>();

  constructor(
    private readonly parts: RecorderParts,
    private readonly ctx: RequestContext,
    private readonly reading: Reading,
    private readonly writes: ScopeWrites,
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
    if (returned.length > 0 || differing.some(({ id }) => known.has(id))) {
      await this.now(async (tx) => {
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
    } else if (differing.length + counted.size > 0) {
      const made = differing.map((object) => this.newVersion(object));
      const told = this.tells(list) ? made.flatMap((object) => this.differences(null, object)) : [];
      await this.later({ made, counted, told });
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

  async complete(): Promise<Completed> {
    const { at } = this.reading;
    const { list, known } = await this.current();
    if (list.lastGoodAt !== null && list.lastGoodAt >= at) return NOTHING_NEW;
    // what this very sweep has shown in an attempt before this one is there
    const absent = [...known].filter(([id, { seenFrom }]) => !this.seen.has(id) && seenFrom < at);
    const gone = absent.filter(([, { missingSince }]) => missingSince === null).length;
    if (isSuspicious(list, gone, this.parts.patience) && (await this.holdBack(list, gone)))
      return {
        good: false,
        suspicious: true,
        missing: 0,
        ended: 0,
        heldBack: heldBackText(gone, list.objects),
      };
    const absences = new Map<string, Absence>(
      absent.map(([id, object]) => [id, absenceOf(object, list, at, this.parts.patience)]),
    );
    const objects = this.seen.size;
    if (absences.size === 0 && list.staleSince === null) {
      await this.later({ good: objects, told: list.baseline ? [] : this.baseline() });
      this.state = null;
      return { good: true, suspicious: false, missing: 0, ended: 0 };
    }
    const { missing, ended } = await this.now(async (tx) => {
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
      if (!list.baseline) await this.record(tx, this.baseline());
      if (list.staleSince !== null) await this.parts.lists.endGap(tx, this.key, at);
      this.parts.lists.good(tx, this.key.scopeId, at, new Map([[this.key.kind, objects]]));
      return found;
    });
    // read again where it is completed again
    this.state = null;
    return { good: true, suspicious: false, missing: missing.length, ended: ended.length };
  }

  async fail(reason: string): Promise<void> {
    const { list } = await this.current();
    // also of a list that the database refuses it is written that it failed
    await this.orAnew(() => this.writes.flush());
    this.writes.forget(this.key.kind);
    await this.now((tx) =>
      this.parts.lists.stale(tx, this.key, this.reading.at, reason.slice(0, LONGEST_REASON), list.suspicious),
    );
  }

  /** False where somebody has accepted the drop since the list was opened. */
  private async holdBack(list: ListState, gone: number): Promise<boolean> {
    const { at } = this.reading;
    const isRepeated = list.suspicious > 0 && list.lastTriedAt === at;
    const reason = `SUSPICIOUS: ${gone} of ${list.objects} are gone at once; believed when the next lists say the same.`;
    return this.now(async (tx) => {
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
      this.key.scopeId,
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
      kind,
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

  /** What a first good list is told by. */
  private baseline(): ToldChange[] {
    if (this.seen.size === 0) return [];
    const { scope, kind } = this.reading;
    return [
      {
        kind,
        resourceId: `${scope.provider}/${scope.account}/${scope.region}`,
        vpcId: null,
        name: null,
        vpcs: [],
        action: 'inventory.baseline',
        path: '',
        old: null,
        new: this.seen.size,
      },
    ];
  }

  private tells(list: ListState): boolean {
    return list.baseline && !UNTOLD_KINDS.includes(this.key.kind);
  }

  private async tell(tx: Tx, list: ListState, changes: readonly ToldChange[]): Promise<void> {
    if (this.tells(list)) await this.record(tx, changes);
  }

  private async record(tx: Tx, changes: readonly ToldChange[]): Promise<void> {
    if (changes.length === 0) return;
    this.writes.tells();
    await this.parts.changes.record(tx, this.ctx, this.reading.scope, this.reading.at, changes);
  }

  private async current(): Promise<RecordedState> {
    const { scopeId, kind } = this.key;
    return (this.state ??= (await loadStates(this.parts, scopeId, [kind])).get(kind)!);
  }

  private now<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result> {
    return this.orAnew(() => this.writes.now(this.key.kind, work));
  }

  private later(writes: ListWrites): Promise<void> {
    return this.orAnew(() => this.writes.add(this.key.kind, writes));
  }

  private async orAnew<Result>(write: () => Promise<Result>): Promise<Result> {
    try {
      return await write();
    } catch (error) {
      // it may have happened: whoever goes on compares with what is there
      this.state = null;
      this.writes.forget(this.key.kind);
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
