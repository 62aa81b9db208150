import { contains, leftOf, overlap, size, type Span, spanOf } from './spans.js';

// The register of pools in trees as the changes tell it, and what each change needs to be legal where it stands.
// Written from the words of the contract; nothing of it is clever.

/** A recorded change; times are microseconds. */
export interface RecordedChange {
  readonly pool: string | null;
  readonly sequence: number | null;
  readonly position: number;
  readonly at: number;
  readonly recordedAt: number;
  readonly actor: string;
  readonly correlation: string;
  readonly action: string;
  readonly subject: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface GoldenCidr {
  readonly pool: GoldenPool;
  readonly span: Span;
  readonly source: GoldenAllocation | null;
  /** The pool CIDR that the source lies in. */
  readonly parent: GoldenCidr | null;
  /** The latest end of a quarantine that ended because this CIDR goes. */
  restsUntil: number | null;
}

export interface GoldenPool {
  readonly id: string;
  name: string;
  readonly family: string;
  readonly routingDomain: string | null;
  quarantineSeconds: number;
  excluded: Span[];
  /** Oldest first. */
  cidrs: GoldenCidr[];
  readonly live: Set<GoldenAllocation>;
  readonly claims: Map<string, GoldenAllocation>;
  sequence: number;
  recordedAt: number;
}

export interface GoldenAllocation {
  readonly id: string;
  readonly pool: GoldenPool;
  readonly span: Span;
  readonly poolCidr: GoldenCidr;
  fields: Record<string, unknown>;
}

type Fields = Readonly<Record<string, unknown>>;

const DAY = 86_400_000_000;
const LIVE = ['RESERVED', 'ALLOCATED', 'QUARANTINED'];

/** For each action on an allocation: the status before (null: it is made), and after. */
const STEPS: Readonly<Record<string, readonly (readonly [string | null, string])[]>> = {
  'allocation.allocated': [
    [null, 'ALLOCATED'],
    ['RESERVED', 'ALLOCATED'],
  ],
  'allocation.reserved': [[null, 'RESERVED']],
  'allocation.adopted': [[null, 'ALLOCATED']],
  'allocation.confirmed': [
    ['RESERVED', 'ALLOCATED'],
    ['EXPIRED', 'ALLOCATED'],
  ],
  'allocation.revived': [
    ['EXPIRED', 'RESERVED'],
    ['EXPIRED', 'ALLOCATED'],
  ],
  'allocation.renewed': [['RESERVED', 'RESERVED']],
  'allocation.released': [
    ['RESERVED', 'RELEASED'],
    ['ALLOCATED', 'QUARANTINED'],
    ['ALLOCATED', 'RELEASED'],
  ],
  'allocation.restored': [['QUARANTINED', 'ALLOCATED']],
  'allocation.expired': [['RESERVED', 'EXPIRED']],
  'allocation.quarantine_ended': [['QUARANTINED', 'RELEASED']],
  'allocation.deprovisioned': [['QUARANTINED', 'RELEASED']],
  'allocation.claim_ended': [['EXPIRED', 'EXPIRED']],
  'allocation.held': [['ALLOCATED', 'ALLOCATED']],
  'allocation.updated': LIVE.map((status) => [status, status] as const),
  'allocation.key_handed_over': ['RESERVED', 'ALLOCATED', 'EXPIRED'].map(
    (status) => [status, status] as const,
  ),
  'allocation.key_taken_over': ['RESERVED', 'EXPIRED'].map((status) => [status, status] as const),
};

export class TreeRegister {
  readonly pools = new Map<string, GoldenPool>();
  readonly byName = new Map<string, GoldenPool>();
  readonly allocations = new Map<string, GoldenAllocation>();
  /** By the id of the allocation. */
  readonly fed = new Map<string, GoldenCidr>();
  /** What was wrong, change by change. */
  readonly violations: string[] = [];
  private readonly holds = new Map<string, number>();
  private position = 0;

  apply(change: RecordedChange): void {
    const wrong = (what: string): void => {
      this.violations.push(`${what}: ${JSON.stringify(change)}`);
    };
    if (change.position !== ++this.position) {
      wrong(`position ${this.position} is missing`);
      this.position = change.position;
    }
    if (change.action.startsWith('pool.')) this.applyToPool(change, wrong);
    else if (change.action.startsWith('allocation.')) this.applyToAllocation(change, wrong);
    if (change.pool !== null) this.follow(change, wrong);
  }

  /** What has to be over when nobody works. */
  settled(): string[] {
    const held = [...this.holds].map(([id, until]) => `${id} was never held until ${until}`);
    const alone = [...this.pools.values()].flatMap(({ claims }) =>
      [...claims].flatMap(([claim, { id, fields }]) =>
        fields.claim === 'PENDING' && !claims.has(`OPEN ${String(fields.key)}`)
          ? [`${id} has a pending claim beside no open one (${claim})`]
          : [],
      ),
    );
    return [...held, ...alone];
  }

  parentOf(pool: GoldenPool): GoldenPool | null {
    return pool.cidrs[0]?.parent?.pool ?? null;
  }

  depthOf(pool: GoldenPool): number {
    const parent = this.parentOf(pool);
    return parent ? this.depthOf(parent) + 1 : 0;
  }

  /** All CIDRs below, each once, with their own. */
  extent(cidrs: readonly GoldenCidr[]): GoldenCidr[] {
    const below = [...this.pools.values()].flatMap((pool) =>
      pool.cidrs.filter(({ parent }) => parent !== null && cidrs.includes(parent)),
    );
    return below.length === 0 ? [...cidrs] : [...cidrs, ...this.extent(below)];
  }

  /** Live in a pool CIDR; `now` null: as recorded, whatever has fallen due. */
  liveIn(poolCidr: GoldenCidr, now: number | null): GoldenAllocation[] {
    return [...poolCidr.pool.live].filter(
      (row) => row.poolCidr === poolCidr && (now === null || isLiveAt(row, now)),
    );
  }

  blockedIn({ pool, span }: GoldenCidr): Span[] {
    return pool.excluded.filter((excluded) => overlap(excluded, span));
  }

  /** Maximal free blocks. */
  freeIn(poolCidr: GoldenCidr, now: number | null): Span[] {
    const live = this.liveIn(poolCidr, now).map((row) => row.span);
    return leftOf(poolCidr.span, [...live, ...this.blockedIn(poolCidr)]);
  }

  private follow(change: RecordedChange, wrong: (what: string) => void): void {
    const pool = this.pools.get(change.pool!);
    if (!pool) {
      if (change.action !== 'pool.deleted') wrong('of a pool that does not exist');
      return;
    }
    if (change.sequence !== pool.sequence + 1) wrong(`sequence ${pool.sequence + 1} is missing`);
    if (change.recordedAt < pool.recordedAt) wrong('recorded before the one before it');
    pool.sequence = change.sequence!;
    pool.recordedAt = change.recordedAt;
  }

  private applyToPool(change: RecordedChange, wrong: (what: string) => void): void {
    const { detail, subject } = change;
    if (subject !== change.pool) wrong('a change of a pool in the trail of another');
    if (change.at !== change.recordedAt) wrong('took effect at another time than it was recorded');
    if (change.action === 'pool.created') return this.create(change, wrong);
    const pool = this.pools.get(subject);
    if (!pool) return wrong('no such pool');
    switch (change.action) {
      case 'pool.cidr_provisioned':
        return this.provision(pool, detail, wrong);
      case 'pool.cidr_deprovisioned':
        return this.deprovision(pool, spanOf(detail.cidr as string), wrong);
      case 'pool.updated':
        if (detail.name) return wrong('names are never changed here');
        if (detail.quarantineSeconds) pool.quarantineSeconds = (detail.quarantineSeconds as number[])[1]!;
        if (detail.excluded) pool.excluded = (detail.excluded as string[][])[1]!.map(spanOf);
        return;
      case 'pool.deleted':
        if (pool.cidrs.length > 0) wrong('deleted with CIDRs');
        this.pools.delete(subject);
        this.byName.delete(pool.name);
        return;
      default:
        wrong('an action that nobody knows');
    }
  }

  private create({ subject, detail, recordedAt }: RecordedChange, wrong: (what: string) => void): void {
    const rules = detail.rules as { quarantineSeconds: number; excluded: string[] };
    const name = detail.name as string;
    if (this.pools.has(subject)) wrong('made twice');
    if (this.byName.has(name)) wrong('its name belongs to another pool');
    const pool: GoldenPool = {
      id: subject,
      name,
      family: String(detail.family),
      routingDomain: detail.routingDomain as string | null,
      quarantineSeconds: rules.quarantineSeconds,
      excluded: rules.excluded.map(spanOf),
      cidrs: [],
      live: new Set(),
      claims: new Map(),
      sequence: 0,
      recordedAt,
    };
    this.pools.set(subject, pool);
    this.byName.set(name, pool);
  }

  private provision(pool: GoldenPool, detail: Fields, wrong: (what: string) => void): void {
    const span = spanOf(detail.cidr as string);
    const sourceId = detail.source as string | undefined;
    const source = sourceId === undefined ? null : (this.allocations.get(sourceId) ?? null);
    if (String(span.family) !== pool.family) wrong('another family than the pool');
    if (pool.cidrs.some((own) => overlap(own.span, span))) wrong('overlaps a CIDR of the same pool');
    if (pool.cidrs.some((own) => (own.source === null) !== (sourceId === undefined)))
      wrong('root and child CIDRs in one pool');
    if (sourceId !== undefined) {
      if (!source) return wrong('its source does not exist');
      if (source.fields.status !== 'ALLOCATED') wrong(`its source is ${String(source.fields.status)}`);
      if (source.span.cidr !== span.cidr) wrong(`its source is ${source.span.cidr}`);
      if (this.fed.has(source.id)) wrong('its source feeds another pool');
      if (source.pool === pool) wrong('its source lies in the very pool');
      if (!source.pool.cidrs.includes(source.poolCidr)) wrong('its source lies in a CIDR that is gone');
    } else {
      for (const other of this.rootCidrsInScope(pool.routingDomain))
        if (overlap(other.span, span)) wrong(`overlaps the root CIDR ${other.span.cidr} of ${other.pool.id}`);
    }
    const made: GoldenCidr = { pool, span, source, parent: source?.poolCidr ?? null, restsUntil: null };
    pool.cidrs.push(made);
    if (source) this.fed.set(source.id, made);
  }

  /** Root CIDRs that a root CIDR of this scope (null: GLOBAL) may not overlap. */
  rootCidrsInScope(routingDomain: string | null): GoldenCidr[] {
    return [...this.pools.values()]
      .filter(
        (pool) =>
          routingDomain === null || pool.routingDomain === null || pool.routingDomain === routingDomain,
      )
      .flatMap(({ cidrs }) => cidrs.filter(({ source }) => source === null));
  }

  private deprovision(pool: GoldenPool, span: Span, wrong: (what: string) => void): void {
    const going = pool.cidrs.find((own) => own.span.cidr === span.cidr);
    if (!going) return wrong('not a CIDR of the pool');
    const left = this.liveIn(going, null);
    if (left.length > 0) wrong(`${left.map(({ id }) => id).join()} are live in it`);
    for (const row of pool.claims.values())
      if (row.poolCidr === going) wrong(`the claim of ${row.id} in it has not ended`);
    pool.cidrs = pool.cidrs.filter((own) => own !== going);
    if (!going.source) return;
    this.fed.delete(going.source.id);
    if (going.restsUntil !== null) this.holds.set(going.source.id, going.restsUntil);
  }

  private applyToAllocation(change: RecordedChange, wrong: (what: string) => void): void {
    const pool = this.pools.get(change.pool ?? '');
    if (!pool) return wrong('of a pool that does not exist');
    const known = this.allocations.get(change.subject);
    if (known && known.pool !== pool) return wrong('of another pool');
    const before: Fields | null = known ? { ...known.fields } : null;
    const row = known ?? this.made(pool, change, wrong);
    if (!row) return;
    if (change.action === 'allocation.held') row.fields = this.held(row, change, wrong);
    else if (before) row.fields = changed(before, change.detail, wrong);
    this.allocations.set(row.id, row);
    this.checkStep(row, before, change, wrong);
    this.index(row, before, wrong);
  }

  private made(
    pool: GoldenPool,
    { subject, detail }: RecordedChange,
    wrong: (what: string) => void,
  ): GoldenAllocation | null {
    const span = spanOf(detail.cidr as string);
    const poolCidr = pool.cidrs.find((own) => contains(own.span, span));
    if (!poolCidr) {
      wrong('outside the CIDRs of its pool');
      return null;
    }
    return { id: subject, pool, span, poolCidr, fields: { ...detail } };
  }

  private held(
    row: GoldenAllocation,
    { subject, detail }: RecordedChange,
    wrong: (what: string) => void,
  ): Fields {
    const until = micros(detail.heldUntil)!;
    if (this.holds.get(subject) !== until)
      wrong(`should be held until ${this.holds.get(subject) ?? 'never'}`);
    this.holds.delete(subject);
    const longer = Math.max(until, micros(row.fields.held_until) ?? 0);
    return { ...row.fields, held_until: longer === until ? detail.heldUntil : row.fields.held_until };
  }

  private checkStep(
    row: GoldenAllocation,
    before: Fields | null,
    change: RecordedChange,
    wrong: (what: string) => void,
  ): void {
    const { action, recordedAt: now } = change;
    const { fields } = row;
    const [from, to] = [(before?.status ?? null) as string | null, fields.status as string];
    if (!STEPS[action]?.some(([old, next]) => old === from && next === to)) wrong(`from ${from} to ${to}`);
    const comesAlive = LIVE.includes(to) && !LIVE.includes(from ?? '');
    if (comesAlive) this.checkSpace(row, action === 'allocation.adopted', wrong);
    if (this.fed.has(row.id) && to !== 'ALLOCATED') wrong('the source of a pool');
    if (
      to === 'RESERVED' &&
      !(micros(fields.expires_at)! > now) &&
      (from === null || action === 'allocation.revived')
    )
      wrong('reserved until the past');
    const dueAt: Readonly<Record<string, number | null>> = {
      'allocation.expired': micros(before?.expires_at),
      'allocation.quarantine_ended': micros(before?.available_at),
    };
    if (action in dueAt) {
      if (change.at !== dueAt[action] || change.at > now) wrong(`due at ${dueAt[action]}`);
    } else if (
      !['allocation.claim_ended', 'allocation.key_taken_over'].includes(action) &&
      change.at !== now
    ) {
      wrong('took effect at another time than it was recorded');
    }
    if (before && action !== 'allocation.expired' && from === 'RESERVED' && micros(before.expires_at)! <= now)
      if (action !== 'allocation.key_taken_over') wrong('of a reservation that has expired');
    if (action === 'allocation.restored' && micros(before!.available_at)! <= now)
      wrong('its quarantine has ended');
    if (action === 'allocation.renewed' && micros(fields.expires_at)! <= micros(before!.expires_at)!)
      wrong('renewed to an earlier deadline');
    if (action === 'allocation.confirmed' && from === 'EXPIRED' && before!.key && !before!.claim)
      wrong('confirmed although it lost its key');
    if (action === 'allocation.revived' && !before!.claim) wrong('revived without a claim');
    if (action === 'allocation.released' && from === 'ALLOCATED') this.checkRest(row, now, wrong);
    if (action === 'allocation.deprovisioned') {
      const until = micros(before!.available_at)!;
      if (until <= now) wrong('its quarantine has ended by itself');
      row.poolCidr.restsUntil = Math.max(row.poolCidr.restsUntil ?? 0, until);
    }
    if (action === 'allocation.claim_ended' && change.actor === 'system:clock') {
      if (change.at !== micros(before!.expires_at)! + 30 * DAY || change.at > now)
        wrong('its claim has time left');
    }
  }

  private checkRest({ pool, fields }: GoldenAllocation, now: number, wrong: (what: string) => void): void {
    const until = Math.max(now + pool.quarantineSeconds * 1_000_000, micros(fields.held_until) ?? 0);
    const [status, rests] = until > now ? ['QUARANTINED', until] : ['RELEASED', null];
    if (fields.status !== status || (rests !== null && micros(fields.available_at) !== rests))
      wrong(`should be ${status} until ${rests}`);
  }

  private checkSpace(
    { id, pool, span, poolCidr }: GoldenAllocation,
    adopted: boolean,
    wrong: (what: string) => void,
  ): void {
    if (!pool.cidrs.includes(poolCidr)) wrong('its pool CIDR is gone');
    for (const other of pool.live)
      if (other.id !== id && overlap(other.span, span)) wrong(`overlaps ${other.id} ${other.span.cidr}`);
    if (!adopted && this.blockedIn(poolCidr).some((blocked) => overlap(blocked, span)))
      wrong('in blocked space');
  }

  private index(row: GoldenAllocation, before: Fields | null, wrong: (what: string) => void): void {
    const { claims, live } = row.pool;
    if (LIVE.includes(row.fields.status as string)) live.add(row);
    else live.delete(row);
    const claimOf = (fields: Fields | null): string | null =>
      fields?.claim ? `${String(fields.claim)} ${String(fields.key)}` : null;
    const [old, now] = [claimOf(before), claimOf(row.fields)];
    if (old !== now && old !== null) claims.delete(old);
    if (now === null) return;
    if (claims.has(now) && claims.get(now) !== row) wrong(`${claims.get(now)!.id} has the same claim`);
    claims.set(now, row);
  }
}

/** By the clock, whether that was written down or not. */
export function statusAt({ fields }: GoldenAllocation, now: number): string {
  if (fields.status === 'RESERVED' && micros(fields.expires_at)! <= now) return 'EXPIRED';
  if (fields.status === 'QUARANTINED' && micros(fields.available_at)! <= now) return 'RELEASED';
  return fields.status as string;
}

export function isLiveAt(row: GoldenAllocation, now: number): boolean {
  return LIVE.includes(statusAt(row, now));
}

/** Of an instant as it is written in a change; null stays null. */
export function micros(text: unknown): number | null {
  if (typeof text !== 'string') return null;
  const [, seconds, fraction] = /^([^.Z]+)(?:\.(\d+))?Z$/.exec(text)!;
  return Date.parse(`${seconds}Z`) * 1000 + Number((fraction ?? '').padEnd(6, '0'));
}

export function sumOf(spans: readonly Span[]): bigint {
  return spans.reduce((sum, span) => sum + size(span), 0n);
}

/** The fields after a change that says `[old, new]` of each that differs. */
function changed(before: Fields, detail: Fields, wrong: (what: string) => void): Record<string, unknown> {
  const after: Record<string, unknown> = { ...before };
  for (const [field, value] of Object.entries(detail)) {
    if (field === 'cidr') {
      if (value !== before.cidr) wrong('another CIDR');
      continue;
    }
    const [old, now] = value as [unknown, unknown];
    const plain = typeof old !== 'object' && old !== '';
    if (plain && old !== (before[field] ?? null)) wrong(`${field} was ${String(before[field])}`);
    after[field] = now;
  }
  return after;
}
