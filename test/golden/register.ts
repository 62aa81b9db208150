import { type Prefix } from '../../src/address/index.js';
import {
  type Allocation,
  type ClaimState,
  EXPIRED_CLAIM_SECONDS,
  type Holder,
  type Tags,
} from '../../src/features/allocation/domain/allocation.js';
import {
  type AdoptCommand,
  type AllocateCommand,
  type Command,
  type ConfirmCommand,
  type Outcome,
  type ReleaseCommand,
  type RenewCommand,
  type ReserveCommand,
  type RestoreCommand,
  type SettleCommand,
  type UpdateCommand,
} from '../../src/features/allocation/domain/command.js';
import { type Conflict, type Failure } from '../../src/features/allocation/domain/failure.js';
import { type Block, type PoolCidr, type PoolFacts } from '../../src/features/allocation/domain/pool.js';
import { type Instant, plusSeconds } from '../../src/platform/context/instant.js';
import {
  freeBlocksWithin,
  inAddressOrder,
  liesIn,
  overlap,
  place,
  sameCidr,
  widthOf,
} from './register-space.js';

export const CLOCK_ACTOR = 'system:clock';

/** Who does something, and when. */
interface Stamp {
  readonly actor: string;
  readonly now: Instant;
}

/** How a new row stands to its key: its claim, whom it names, and the rows that lose their claim to it. */
interface Place {
  readonly claim: ClaimState | null;
  readonly replaces: number | null;
  readonly losers: readonly Allocation[];
}

/** A CIDR in use, as a source says. */
export interface GoldenObserved {
  source: string;
  resource: string;
  cidr: Prefix;
  within: Prefix | null;
}

export interface GoldenChange {
  action: string;
  subject: number;
  at: Instant;
}

/**
 * The allocation core once more, slow and obvious: a table of rows, everything else computed anew for every
 * question. One pool, whose facts never change. It follows the design's words, not the code it checks.
 */
export class GoldenRegister {
  private readonly table = new Map<number, Allocation>();
  private readonly log: GoldenChange[] = [];
  private given: readonly Block[] = [];
  private observed: GoldenObserved[] = [];
  /** By id: since when the space of a dead row waits for a sweep. */
  private readonly unswept = new Map<number, Instant>();
  /** By account and region: when the last good sweep began. */
  private readonly swept = new Map<string, Instant>();

  constructor(
    private readonly pool: PoolFacts,
    blocks: readonly Block[] = [],
  ) {
    this.setBlocks(blocks);
  }

  /** No command changes the blocks; whoever plays discovery may, between two commands. */
  setBlocks(blocks: readonly Block[]): void {
    this.given = withExcluded(this.pool, blocks);
  }

  /** A source says that a resource uses a CIDR. */
  observe(seen: GoldenObserved): void {
    this.withdraw(seen);
    this.observed.push(seen);
  }

  withdraw(gone: GoldenObserved): void {
    this.observed = this.observed.filter(
      (row) => row.source !== gone.source || row.resource !== gone.resource || !sameCidr(row.cidr, gone.cidr),
    );
  }

  /** A good sweep of an account and region has ended that began then. What is due and not turned yet will see it. */
  sweptScope(account: string, region: string, beganAt: Instant): void {
    const place = `${account} ${region}`;
    this.swept.set(place, Math.max(beganAt, this.swept.get(place) ?? -Infinity));
    for (const [id, since] of this.unswept) {
      const { holder } = this.table.get(id)!;
      if (`${holder.account} ${holder.region}` === place && beganAt > since) this.unswept.delete(id);
    }
  }

  unsweptRows(): { id: number; since: Instant }[] {
    return [...this.unswept].map(([id, since]) => ({ id, since })).sort((a, b) => a.id - b.id);
  }

  observedBlocks(): Block[] {
    const all = this.observed.flatMap(({ source, resource, cidr, within }) =>
      this.pool.cidrs
        .filter((poolCidr) => overlap(poolCidr.cidr, cidr) && (!within || liesIn(poolCidr.cidr, within)))
        .map((poolCidr): Block => ({
          poolCidrId: poolCidr.id,
          cidr: liesIn(cidr, poolCidr.cidr) ? cidr : poolCidr.cidr,
          reason: 'observed',
          subject: `${source}:${resource}`,
        })),
    );
    // two CIDRs of one resource that reach out of a pool CIDR block all of it, once
    return all.filter((block, index) => {
      const same = (other: Block): boolean =>
        other.subject === block.subject && sameCidr(other.cidr, block.cidr);
      return all.findIndex(same) === index;
    });
  }

  private get blocks(): readonly Block[] {
    const unswept = [...this.unswept.keys()].map((id): Block => {
      const { cidr, poolCidrId } = this.table.get(id)!;
      return { poolCidrId, cidr, reason: 'unswept', subject: `alloc_${id}` };
    });
    return [...this.given, ...this.observedBlocks(), ...unswept];
  }

  /** One that goes its own way from here. */
  copy(): GoldenRegister {
    const copy = new GoldenRegister(this.pool, this.given);
    copy.observed = [...this.observed];
    for (const [id, since] of this.unswept) copy.unswept.set(id, since);
    for (const [place, beganAt] of this.swept) copy.swept.set(place, beganAt);
    for (const row of this.table.values()) copy.table.set(row.id, row);
    copy.log.push(...this.log);
    return copy;
  }

  rows(): Allocation[] {
    return [...this.table.values()].sort((a, b) => a.id - b.id);
  }

  freeBlocks(): Prefix[] {
    const taken = [...this.liveRows(), ...this.blocks].map((holding) => holding.cidr);
    return this.pool.cidrs.flatMap((poolCidr) => freeBlocksWithin(poolCidr.cidr, taken)).sort(inAddressOrder);
  }

  changes(): GoldenChange[] {
    return [...this.log];
  }

  /** Turns what has fallen due, one at a time, the earliest first. */
  sweep(now: Instant): void {
    for (;;) {
      const due = this.rows().filter((row) => dueTime(row) !== null && dueTime(row)! <= now);
      due.sort((a, b) => dueTime(a)! - dueTime(b)! || a.id - b.id);
      const row = due[0];
      if (row === undefined) return;
      this.turn(row, { actor: CLOCK_ACTOR, now: dueTime(row)! });
    }
  }

  apply(command: Command, actor: string, now: Instant, newId: number): Outcome {
    this.sweep(now);
    const stamp = { actor, now };
    switch (command.kind) {
      case 'allocate':
      case 'reserve':
        return this.take(command, stamp, newId);
      case 'adopt':
        return this.adopt(command, stamp, newId);
      case 'confirm':
        return this.confirm(command, stamp);
      case 'renew':
        return this.renew(command, stamp);
      case 'release':
        return this.release(command, stamp);
      case 'settle':
        return this.settle(command, stamp);
      case 'restore':
        return this.restore(command, stamp);
      case 'update':
        return this.update(command, stamp);
    }
  }

  // ---- what falls due ----------------------------------------------------------------------------------------

  private turn(row: Allocation, stamp: Stamp): void {
    if (row.status === 'RESERVED') {
      this.change(row, { status: 'EXPIRED' }, 'expire', stamp);
    } else if (row.status === 'QUARANTINED') {
      this.change(row, { status: 'RELEASED' }, 'free', stamp);
    } else {
      this.change(row, { claim: null }, 'endClaim', stamp);
      if (row.claim === 'OPEN') this.openThePendingClaim(row.key!, stamp);
    }
  }

  // ---- allocate and reserve ----------------------------------------------------------------------------------

  private take(command: AllocateCommand | ReserveCommand, stamp: Stamp, newId: number): Outcome {
    if (command.key === undefined) {
      return this.takeNew(command, { claim: null, replaces: null, losers: [] }, stamp, newId);
    }
    const open = this.claimOf(command.key, 'OPEN');
    const pending = this.claimOf(command.key, 'PENDING');
    const answering = pending ?? open;
    if (answering === undefined) return this.takeUnclaimedKey(command, command.key, stamp, newId);

    const sameRequest = asksFor(command, answering);
    const namesAnswering = command.replaces === answering.id;
    const namesOpenBesidePending =
      pending !== undefined &&
      open !== undefined &&
      open.status === 'ALLOCATED' &&
      command.replaces === open.id;

    // `replaces` naming an expired claim: another CIDR, unless its own one is asked for and can be had.
    if (namesAnswering && answering.status === 'EXPIRED' && !(sameRequest && this.isFreeTo(answering))) {
      const place = this.placeOfTheExpired(command, answering, open);
      return this.takeNew(command, place, stamp, newId);
    }

    // `replaces` naming the ALLOCATED claim, with nothing pending beside it.
    if (namesAnswering && answering.status === 'ALLOCATED' && answering.claim === 'OPEN') {
      const place: Place =
        command.kind === 'reserve'
          ? { claim: 'PENDING', replaces: answering.id, losers: [] }
          : { claim: 'OPEN', replaces: answering.id, losers: [answering] };
      return this.takeNew(command, place, stamp, newId);
    }

    if (!sameRequest) return refuse(keyConflict(answering));

    if (answering.status === 'RESERVED') {
      if (command.kind === 'reserve') return again(this.extend(answering, command.ttlSeconds, stamp));
      if (namesOpenBesidePending) return again(done(this.makeAllocated(answering, {}, 'allocate', stamp)));
      return refuse(wrongStatus('INVALID_TRANSITION', answering));
    }
    if (answering.status === 'ALLOCATED') return again(done(answering));
    if (!this.isFreeTo(answering)) return refuse(this.expired(answering));
    if (command.kind === 'allocate') return again(done(this.makeAllocated(answering, {}, 'revive', stamp)));
    const expiresAt = plusSeconds(stamp.now, command.ttlSeconds);
    return again(done(this.change(answering, { status: 'RESERVED', expiresAt }, 'revive', stamp)));
  }

  /** The place of an expired claim: it was OPEN, or it was PENDING beside `open`. */
  private placeOfTheExpired(
    command: AllocateCommand | ReserveCommand,
    expired: Allocation,
    open: Allocation | undefined,
  ): Place {
    if (expired.claim === 'OPEN') return { claim: 'OPEN', replaces: expired.id, losers: [expired] };
    if (command.kind === 'reserve') return { claim: 'PENDING', replaces: open!.id, losers: [expired] };
    return { claim: 'OPEN', replaces: expired.id, losers: [expired, open!] };
  }

  private takeUnclaimedKey(
    command: AllocateCommand | ReserveCommand,
    key: string,
    stamp: Stamp,
    newId: number,
  ): Outcome {
    const released =
      command.kind === 'allocate' && command.cidr ? this.lastReleased(key, command.cidr) : undefined;
    if (released === undefined) {
      return this.takeNew(command, { claim: 'OPEN', replaces: null, losers: [] }, stamp, newId);
    }
    const violation = this.brokenRule(released.cidr.length, released.cidr, command.tags);
    if (violation) return refuse(violation);
    const restored: Partial<Allocation> = {
      status: 'ALLOCATED',
      claim: 'OPEN',
      request: requestOf(command),
      holder: command.holder,
      tags: command.tags,
      description: command.description,
      availableAt: null,
      releasedAt: null,
    };
    return done(this.change(released, restored, 'restore', stamp));
  }

  /** The quarantined row with this CIDR and this key, if the key released no other quarantined one later. */
  private lastReleased(key: string, cidr: Prefix): Allocation | undefined {
    const quarantined = this.rows().filter((row) => row.status === 'QUARANTINED' && row.key === key);
    const row = quarantined.find((candidate) => sameCidr(candidate.cidr, cidr));
    if (row === undefined) return undefined;
    const releasedLater = quarantined.some((other) => other.releasedAt! > row.releasedAt!);
    return releasedLater ? undefined : row;
  }

  /** A new row: the rules, then its space, then the row itself; the losers give up their claim. */
  private takeNew(
    command: AllocateCommand | ReserveCommand,
    placeOfKey: Place,
    stamp: Stamp,
    newId: number,
  ): Outcome {
    const length = command.cidr
      ? command.cidr.length
      : (command.prefixLength ?? this.pool.rules.defaultPrefixLength);
    if (length === null) {
      return refuse(ruleViolation('defaultPrefixLength', 'none', 'a prefix length or a CIDR must be given'));
    }
    const violation = this.brokenRule(length, command.cidr, command.tags);
    if (violation) return refuse(violation);

    const space = command.cidr ? this.checkCidr(command.cidr, true) : this.findSpace(command, length);
    if ('code' in space) return refuse(space);

    const row: Allocation = {
      ...this.blankRow(newId, space, command, stamp),
      status: command.kind === 'reserve' ? 'RESERVED' : 'ALLOCATED',
      expiresAt: command.kind === 'reserve' ? plusSeconds(stamp.now, command.ttlSeconds) : null,
      key: command.key ?? null,
      request: command.key === undefined ? null : requestOf(command),
      claim: placeOfKey.claim,
      replaces: placeOfKey.replaces,
    };
    for (const loser of placeOfKey.losers) this.change(loser, { claim: null }, 'loseKey', stamp);
    return done(this.insert(row, command.kind, stamp));
  }

  private findSpace(command: AllocateCommand | ReserveCommand, length: number): Prefix | Failure {
    const placement = command.placement ?? this.pool.rules.placement;
    const freeBlocks = this.freeBlocks();
    let found: Prefix | null;
    if (placement === 'NEAR') {
      if (command.near === undefined) return ruleViolation('near', 'none', 'NEAR needs a CIDR to be near to');
      if (command.near.family !== this.pool.family) {
        return ruleViolation('near', command.near.toString(), `IPv${this.pool.family}`);
      }
      found = place(freeBlocks, length, { placement, near: command.near });
    } else {
      found = place(freeBlocks, length, { placement });
    }
    return found ?? noSpace(length, freeBlocks);
  }

  // ---- adopt -------------------------------------------------------------------------------------------------

  private adopt(command: AdoptCommand, stamp: Stamp, newId: number): Outcome {
    const answering =
      command.key === undefined
        ? undefined
        : (this.claimOf(command.key, 'PENDING') ?? this.claimOf(command.key, 'OPEN'));
    if (answering !== undefined) {
      if (!asksFor(command, answering)) return refuse(keyConflict(answering));
      if (answering.status === 'RESERVED') return refuse(wrongStatus('INVALID_TRANSITION', answering));
      if (answering.status === 'ALLOCATED') return again(done(answering));
      if (!this.isFreeTo(answering)) return refuse(this.expired(answering));
      return again(done(this.makeAllocated(answering, {}, 'revive', stamp)));
    }

    if (command.cidr.family !== this.pool.family) {
      return refuse(ruleViolation('family', command.cidr.toString(), `IPv${this.pool.family}`));
    }
    const space = this.checkCidr(command.cidr, false);
    if ('code' in space) return refuse(space);

    const row: Allocation = {
      ...this.blankRow(newId, space, command, stamp),
      status: 'ALLOCATED',
      key: command.key ?? null,
      request: command.key === undefined ? null : requestOf(command),
      claim: command.key === undefined ? null : 'OPEN',
      noncompliant: this.noncompliance(command),
    };
    return done(this.insert(row, 'adopt', stamp));
  }

  private noncompliance(command: AdoptCommand): string[] {
    const { minPrefixLength, maxPrefixLength } = this.pool.rules;
    const broken: string[] = [];
    if (minPrefixLength !== null && command.cidr.length < minPrefixLength) broken.push('minPrefixLength');
    if (maxPrefixLength !== null && command.cidr.length > maxPrefixLength) broken.push('maxPrefixLength');
    if (this.missingTags(command.tags).length > 0) broken.push('requiredTags');
    if (this.blocks.some((block) => block.reason === 'excluded' && overlap(block.cidr, command.cidr))) {
      broken.push('excluded');
    }
    return broken;
  }

  // ---- commands on one row -----------------------------------------------------------------------------------

  private confirm(command: ConfirmCommand, stamp: Stamp): Outcome {
    const row = this.table.get(command.id);
    if (row === undefined) return refuse(notFound(command.id));
    const confirmed = {
      nonce: command.nonce ?? null,
      settledAt: null,
      holder: merged(row.holder, command.holder),
    };
    switch (row.status) {
      case 'RESERVED':
        return done(this.makeAllocated(row, confirmed, 'confirm', stamp));
      case 'ALLOCATED':
        if (command.nonce !== undefined && command.nonce === row.nonce) return done(row);
        if (row.settledAt !== null) return done(this.change(row, confirmed, 'confirm', stamp));
        return refuse(wrongStatus('ALREADY_CONFIRMED', row));
      case 'EXPIRED':
        if (lostItsKey(row) || !this.isFreeTo(row, command.holder?.resourceId))
          return refuse(this.expired(row));
        return done(this.makeAllocated(row, confirmed, 'confirm', stamp));
      case 'QUARANTINED':
      case 'RELEASED':
        return refuse(wrongStatus('INVALID_TRANSITION', row));
    }
  }

  private settle(command: SettleCommand, stamp: Stamp): Outcome {
    const row = this.table.get(command.id);
    if (row === undefined) return refuse(notFound(command.id));
    if (row.status === 'ALLOCATED') return done(row);
    if (row.status !== 'RESERVED') return refuse(wrongStatus('INVALID_TRANSITION', row));
    const settled = { settledAt: stamp.now, holder: merged(command.resource, row.holder) };
    return done(this.makeAllocated(row, settled, 'settle', stamp));
  }

  private renew(command: RenewCommand, stamp: Stamp): Outcome {
    const row = this.table.get(command.id);
    if (row === undefined) return refuse(notFound(command.id));
    if (row.status === 'RESERVED') return this.extend(row, command.ttlSeconds, stamp);
    if (row.status === 'EXPIRED') return refuse(this.expired(row));
    return refuse(wrongStatus('INVALID_TRANSITION', row));
  }

  private release(command: ReleaseCommand, stamp: Stamp): Outcome {
    const row = this.table.get(command.id);
    if (row === undefined) return refuse(notFound(command.id));
    if (row.status !== 'RESERVED' && row.status !== 'ALLOCATED') {
      return refuse(wrongStatus('INVALID_TRANSITION', row));
    }
    if (!command.force) {
      const inUse = this.observedBlocks().filter(
        (block) =>
          liesIn(block.cidr, row.cidr) ||
          (overlap(block.cidr, row.cidr) && resourceOf(block) === row.holder.resourceId),
      );
      if (inUse.length > 0) {
        const dependents = [
          ...new Set(inUse.map((block) => `${resourceOf(block)} ${block.cidr.toString()} (observed)`)),
        ].sort();
        return refuse({ code: 'HAS_DEPENDENTS', message: 'it is in use', dependents });
      }
    }
    let released: Partial<Allocation>;
    const quarantineEnds = Math.max(
      plusSeconds(stamp.now, this.pool.rules.quarantineSeconds),
      row.heldUntil ?? stamp.now,
    );
    if (row.status === 'ALLOCATED' && quarantineEnds > stamp.now) {
      released = { status: 'QUARANTINED', availableAt: quarantineEnds };
    } else {
      released = { status: 'RELEASED', availableAt: null };
    }
    const after = this.change(
      row,
      { ...released, releasedAt: stamp.now, expiresAt: null, claim: null },
      'release',
      stamp,
    );
    if (row.claim === 'OPEN') this.openThePendingClaim(row.key!, stamp);
    return done(after);
  }

  private restore(command: RestoreCommand, stamp: Stamp): Outcome {
    const row = this.table.get(command.id);
    if (row === undefined) return refuse(notFound(command.id));
    if (row.status !== 'QUARANTINED') return refuse(wrongStatus('INVALID_TRANSITION', row));
    const keyIsUnclaimed =
      row.key !== null &&
      this.claimOf(row.key, 'OPEN') === undefined &&
      this.claimOf(row.key, 'PENDING') === undefined;
    const restored: Partial<Allocation> = {
      status: 'ALLOCATED',
      availableAt: null,
      releasedAt: null,
      claim: keyIsUnclaimed ? 'OPEN' : null,
    };
    return done(this.change(row, restored, 'restore', stamp));
  }

  private update(command: UpdateCommand, stamp: Stamp): Outcome {
    const row = this.table.get(command.id);
    if (row === undefined) return refuse(notFound(command.id));
    if (row.version !== command.version) {
      return refuse({
        code: 'VERSION_CONFLICT',
        message: `version is ${row.version}`,
        version: row.version,
        changedBy: row.updatedBy,
      });
    }
    if (row.status === 'RELEASED' || row.status === 'EXPIRED')
      return refuse(wrongStatus('INVALID_TRANSITION', row));
    if (command.tags !== undefined) {
      const violation = this.tagViolation(command.tags);
      if (violation) return refuse(violation);
    }
    const after = {
      holder: command.holder ?? row.holder,
      tags: command.tags ?? row.tags,
      description: command.description ?? row.description,
    };
    const unchanged =
      sameFields(after.holder, row.holder) &&
      sameFields(after.tags, row.tags) &&
      after.description === row.description;
    return done(unchanged ? row : this.change(row, after, 'update', stamp));
  }

  // ---- steps that several commands share ---------------------------------------------------------------------

  /** The later of the old deadline and the one asked for. */
  private extend(row: Allocation, ttlSeconds: number, stamp: Stamp): Outcome {
    const wanted = plusSeconds(stamp.now, ttlSeconds);
    if (wanted <= row.expiresAt!) return done(row);
    return done(this.change(row, { expiresAt: wanted }, 'renew', stamp));
  }

  /** A pending claim takes the key over with it. */
  private makeAllocated(
    row: Allocation,
    fields: Partial<Allocation>,
    action: string,
    stamp: Stamp,
  ): Allocation {
    if (row.claim !== 'PENDING') {
      return this.change(row, { ...fields, status: 'ALLOCATED', expiresAt: null }, action, stamp);
    }
    const open = this.claimOf(row.key!, 'OPEN');
    if (open !== undefined) this.change(open, { claim: null }, 'loseKey', stamp);
    return this.change(
      row,
      { ...fields, status: 'ALLOCATED', expiresAt: null, claim: 'OPEN' },
      action,
      stamp,
    );
  }

  private openThePendingClaim(key: string, stamp: Stamp): void {
    const pending = this.claimOf(key, 'PENDING');
    if (pending !== undefined) this.change(pending, { claim: 'OPEN' }, 'takeKey', stamp);
  }

  private change(row: Allocation, fields: Partial<Allocation>, action: string, stamp: Stamp): Allocation {
    const after: Allocation = {
      ...row,
      ...fields,
      version: row.version + 1,
      updatedAt: stamp.now,
      updatedBy: stamp.actor,
    };
    this.table.set(row.id, after);
    this.log.push({ action, subject: row.id, at: stamp.now });
    if (isAlive(after)) this.unswept.delete(row.id);
    else if (isAlive(row)) this.waitForSweep(after);
    return after;
  }

  /** Where discovery looks, and has not looked since: nobody knows whether the space is unused. */
  private waitForSweep(row: Allocation): void {
    const { provider, account, region } = row.holder;
    if (provider !== undefined && provider !== 'aws') return;
    const beganAt = this.swept.get(`${account} ${region}`);
    const since = row.status === 'EXPIRED' ? row.expiresAt! : row.releasedAt!;
    if (beganAt !== undefined && beganAt <= since) this.unswept.set(row.id, since);
  }

  private insert(row: Allocation, action: string, stamp: Stamp): Allocation {
    if (this.table.has(row.id)) throw new Error(`id ${row.id} is taken`);
    this.table.set(row.id, row);
    this.log.push({ action, subject: row.id, at: stamp.now });
    return row;
  }

  private blankRow(
    id: number,
    cidr: Prefix,
    described: { holder: Holder; tags: Tags; description: string },
    stamp: Stamp,
  ): Allocation {
    const poolCidr = this.poolCidrAround(cidr)!;
    return {
      id,
      poolId: this.pool.id,
      poolCidrId: poolCidr.id,
      poolCidr: poolCidr.cidr,
      cidr,
      status: 'ALLOCATED',
      expiresAt: null,
      availableAt: null,
      releasedAt: null,
      heldUntil: null,
      key: null,
      request: null,
      claim: null,
      replaces: null,
      nonce: null,
      settledAt: null,
      holder: described.holder,
      tags: described.tags,
      description: described.description,
      noncompliant: [],
      version: 1,
      createdAt: stamp.now,
      createdBy: stamp.actor,
      updatedAt: stamp.now,
      updatedBy: stamp.actor,
    };
  }

  // ---- questions to the table --------------------------------------------------------------------------------

  private claimOf(key: string, state: ClaimState): Allocation | undefined {
    return this.rows().find((row) => row.key === key && row.claim === state);
  }

  private liveRows(): Allocation[] {
    return this.rows().filter(
      (row) => row.status === 'RESERVED' || row.status === 'ALLOCATED' || row.status === 'QUARANTINED',
    );
  }

  private poolCidrAround(cidr: Prefix): PoolCidr | undefined {
    return this.pool.cidrs.find((poolCidr) => liesIn(cidr, poolCidr.cidr));
  }

  private isFreeTo(expired: Allocation, confirming?: string): boolean {
    return this.poolCidrAround(expired.cidr) !== undefined && this.takersOf(expired, confirming).length === 0;
  }

  /** What stands on the CIDR of an expired row now, its own apart: `unswept`, `growth`, and what its resource uses. */
  private takersOf(expired: Allocation, confirming?: string): Conflict[] {
    const blocks = this.blocks.filter((block) => !isOwn(block, expired, confirming, this.blocks));
    return this.conflictsWith(expired.cidr, blocks);
  }

  private conflictsWith(cidr: Prefix, blocks: readonly Block[]): Conflict[] {
    const conflicts: Conflict[] = [];
    for (const row of this.liveRows()) {
      if (!overlap(row.cidr, cidr)) continue;
      conflicts.push({
        cidr: row.cidr,
        allocationId: row.id,
        holder: row.holder,
        key: row.key,
        reason: 'allocated',
      });
    }
    for (const block of blocks) {
      if (!overlap(block.cidr, cidr)) continue;
      conflicts.push({
        cidr: block.cidr,
        allocationId: null,
        holder: null,
        key: null,
        reason: block.reason,
        ...(block.reason === 'observed' && { resource: resourceOf(block) }),
      });
    }
    return conflicts.sort((a, b) => inAddressOrder(a.cidr, b.cidr)).slice(0, 100);
  }

  /** The CIDR itself if it can be had, else why not. */
  private checkCidr(cidr: Prefix, blocksMatter: boolean): Prefix | Failure {
    if (this.poolCidrAround(cidr) === undefined) {
      return {
        code: 'OUTSIDE_POOL',
        message: `${cidr.toString()} lies in no CIDR of the pool`,
        cidr,
        poolCidrs: this.pool.cidrs.map((poolCidr) => poolCidr.cidr),
      };
    }
    const conflicts = this.conflictsWith(cidr, blocksMatter ? this.blocks : []);
    if (conflicts.length === 0) return cidr;
    return { code: 'CIDR_CONFLICT', message: `${cidr.toString()} is not free`, cidr, conflicts };
  }

  /** The first rule that a new allocation would break. */
  private brokenRule(length: number, cidr: Prefix | undefined, tags: Tags): Failure | null {
    const { minPrefixLength, maxPrefixLength } = this.pool.rules;
    const width = widthOf(this.pool.family);
    if (cidr !== undefined && cidr.family !== this.pool.family) {
      return ruleViolation('family', cidr.toString(), `IPv${this.pool.family}`);
    }
    if (length > width) return ruleViolation('family', `/${length}`, `at most /${width}`);
    if (minPrefixLength !== null && length < minPrefixLength) {
      return ruleViolation('minPrefixLength', `/${length}`, `/${minPrefixLength} or longer`);
    }
    if (maxPrefixLength !== null && length > maxPrefixLength) {
      return ruleViolation('maxPrefixLength', `/${length}`, `/${maxPrefixLength} or shorter`);
    }
    return this.tagViolation(tags);
  }

  private tagViolation(tags: Tags): Failure | null {
    const missing = this.missingTags(tags);
    if (missing.length === 0) return null;
    const required = this.pool.rules.requiredTags;
    return ruleViolation('requiredTags', Object.keys(tags).join(', '), required.join(', '));
  }

  private missingTags(tags: Tags): string[] {
    return this.pool.rules.requiredTags.filter((name) => !Object.hasOwn(tags, name));
  }

  private expired(row: Allocation): Failure {
    return {
      code: 'EXPIRED',
      message: `${row.cidr.toString()} expired`,
      allocationId: row.id,
      cidr: row.cidr,
      expiredAt: row.expiresAt!,
      takenBy: lostItsKey(row) ? [] : this.takersOf(row),
    };
  }
}

/** When the clock has something to do on this row; null when never. */
function dueTime(row: Allocation): Instant | null {
  if (row.status === 'RESERVED') return row.expiresAt;
  if (row.status === 'QUARANTINED') return row.availableAt;
  if (row.status === 'EXPIRED' && row.claim !== null)
    return plusSeconds(row.expiresAt!, EXPIRED_CLAIM_SECONDS);
  return null;
}

interface Asked {
  readonly cidr?: Prefix;
  readonly prefixLength?: number;
  readonly request?: string;
}

/** Whether the claim is what the command asks its key for: the request, and the CIDR where both are named. */
function asksFor(command: Asked, claim: Allocation): boolean {
  if (command.request !== undefined && !sameCidr(command.cidr!, claim.cidr)) return false;
  return claim.request === requestOf(command);
}

function requestOf(command: Asked): string {
  if (command.request !== undefined) return command.request;
  if (command.cidr !== undefined) return command.cidr.toString();
  if (command.prefixLength !== undefined) return `/${command.prefixLength}`;
  return 'default';
}

function lostItsKey(row: Allocation): boolean {
  return row.key !== null && row.claim === null;
}

function isAlive({ status }: Allocation): boolean {
  return status === 'RESERVED' || status === 'ALLOCATED' || status === 'QUARANTINED';
}

/** What stands behind the first colon. */
function resourceOf({ subject }: Block): string {
  return subject.split(':').slice(1).join(':');
}

function isOwn(
  block: Block,
  row: Allocation,
  confirming: string | undefined,
  all: readonly Block[],
): boolean {
  if (block.reason === 'observed') {
    const { provider = 'aws', account, region } = row.holder;
    // made where the holder is, with exactly the CIDR of the row
    const made = all.some(
      (other) =>
        other.subject === `${provider}/${account}/${region}:${resourceOf(block)}` &&
        other.reason === 'observed' &&
        sameCidr(other.cidr, row.cidr),
    );
    return made || resourceOf(block) === row.holder.resourceId || resourceOf(block) === confirming;
  }
  return (block.reason === 'unswept' || block.reason === 'growth') && block.subject === `alloc_${row.id}`;
}

/** The blocks given, and those that the rule `excluded` makes where they are not among them. */
function withExcluded(pool: PoolFacts, given: readonly Block[]): Block[] {
  const blocks = [...given];
  for (const excluded of pool.rules.excluded) {
    for (const poolCidr of pool.cidrs) {
      if (!overlap(excluded, poolCidr.cidr)) continue;
      const inside = liesIn(excluded, poolCidr.cidr) ? excluded : poolCidr.cidr;
      const known = blocks.some((block) => block.reason === 'excluded' && sameCidr(block.cidr, inside));
      if (known) continue;
      blocks.push({
        poolCidrId: poolCidr.id,
        cidr: inside,
        reason: 'excluded',
        subject: excluded.toString(),
      });
    }
  }
  return blocks;
}

function merged(old: Holder, given: Holder | undefined): Holder {
  const holder: Holder = { ...old };
  for (const [name, value] of Object.entries(given ?? {})) {
    if (value !== undefined) holder[name as keyof Holder] = value;
  }
  return holder;
}

function sameFields(a: object, b: object): boolean {
  const text = (fields: object): string => JSON.stringify(Object.entries(fields).sort());
  return text(a) === text(b);
}

function done(allocation: Allocation): Outcome {
  return { ok: true, allocation };
}

/** The key had this answer already. */
function again(outcome: Outcome): Outcome {
  return outcome.ok ? { ...outcome, replayed: true } : outcome;
}

function refuse(failure: Failure): Outcome {
  return { ok: false, failure };
}

function ruleViolation(rule: string, value: string, allowed: string): Failure {
  return { code: 'RULE_VIOLATION', message: `${rule}: ${value} is not allowed`, rule, value, allowed };
}

function keyConflict(answering: Allocation): Failure {
  return {
    code: 'KEY_CONFLICT',
    message: `key ${answering.key!} holds ${answering.cidr.toString()} for another request`,
    key: answering.key!,
    allocationId: answering.id,
    cidr: answering.cidr,
    request: answering.request!,
    holder: answering.holder,
  };
}

function wrongStatus(code: 'ALREADY_CONFIRMED' | 'INVALID_TRANSITION', row: Allocation): Failure {
  const possible = {
    RESERVED: ['confirm', 'renew', 'release', 'update'],
    ALLOCATED: ['release', 'update'],
    QUARANTINED: ['restore', 'update'],
    RELEASED: [],
    EXPIRED: ['confirm'],
  };
  return { code, message: `is ${row.status}`, status: row.status, possible: possible[row.status] };
}

function notFound(id: number): Failure {
  return { code: 'NOT_FOUND', message: 'no such allocation', id: `alloc_${id}` };
}

function noSpace(prefixLength: number, freeBlocks: readonly Prefix[]): Failure {
  const lengths = [...new Set(freeBlocks.map((block) => block.length))].sort((a, b) => a - b);
  return {
    code: 'NO_SPACE',
    message: `no room for a /${prefixLength}`,
    prefixLength,
    largestFreeBlock: freeBlocks.find((block) => block.length === lengths[0]) ?? null,
    freeBlocksByLength: lengths.map((length) => ({
      prefixLength: length,
      count: freeBlocks.filter((block) => block.length === length).length,
    })),
  };
}
