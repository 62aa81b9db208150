import { Prefix } from '../../src/address/index.js';
import { type Allocation, type Placement } from '../../src/features/allocation/domain/allocation.js';
import { type Command, type Outcome } from '../../src/features/allocation/domain/command.js';
import { type Failure } from '../../src/features/allocation/domain/failure.js';
import {
  type Block,
  DEFAULT_RULES,
  type PoolFacts,
  type PoolRules,
} from '../../src/features/allocation/domain/pool.js';
import { type Instant, parseInstant, plusSeconds } from '../../src/platform/context/instant.js';
import { commonSupernetLength, freeBlocksWithin, place, positionsIn } from './register-space.js';
import { GoldenRegister } from './register.js';

const START = parseInstant('2026-01-01T00:00:00Z');
const MINUTE = 60;
const HOUR = 3600;
const DAY = 24 * HOUR;

const p = (text: string): Prefix => Prefix.must(text);
const texts = (prefixes: readonly Prefix[]): string[] => prefixes.map((prefix) => prefix.toString());

function poolOf(cidrs: string[], rules: Partial<PoolRules> = {}): PoolFacts {
  return {
    id: 1,
    family: p(cidrs[0]!).family,
    rules: { ...DEFAULT_RULES, quarantineSeconds: DAY, ...rules },
    cidrs: cidrs.map((cidr, i) => ({ id: i + 1, cidr: p(cidr) })),
  };
}

function block(cidr: string, reason: Block['reason'], subject: string): Block {
  return { poolCidrId: 1, cidr: p(cidr), reason, subject };
}

/** A register with a clock of its own and short forms of the commands; ids are 1, 2, 3, … in order of trial. */
class Scene {
  now: Instant = START;
  readonly register: GoldenRegister;
  private tried = 0;

  constructor(pool: PoolFacts, blocks: Block[] = []) {
    this.register = new GoldenRegister(pool, blocks);
  }

  after(seconds: number): this {
    this.now = plusSeconds(this.now, seconds);
    return this;
  }

  run(command: Command, actor = 'user:a'): Outcome {
    this.tried += 1;
    return this.register.apply(command, actor, this.now, this.tried);
  }

  ok(command: Command, actor?: string): Allocation {
    const outcome = this.run(command, actor);
    if (!outcome.ok) throw new Error(`refused: ${outcome.failure.code} ${outcome.failure.message}`);
    return outcome.allocation;
  }

  failure(command: Command): Failure {
    const before = this.swept();
    const outcome = this.run(command);
    if (outcome.ok) throw new Error(`not refused: ${outcome.allocation.cidr.toString()}`);
    expect(this.register.rows()).toEqual(before);
    return outcome.failure;
  }

  code(command: Command): string {
    const failure = this.failure(command);
    return failure.code === 'RULE_VIOLATION' ? `${failure.code} ${failure.rule}` : failure.code;
  }

  row(id: number): Allocation {
    return this.swept().find((row) => row.id === id)!;
  }

  free(): string[] {
    this.swept();
    return texts(this.register.freeBlocks());
  }

  private swept(): Allocation[] {
    this.register.sweep(this.now);
    return this.register.rows();
  }
}

const plain = { holder: {}, tags: {}, description: '' };
type Space = {
  cidr?: string;
  key?: string;
  replaces?: number;
  placement?: Placement;
  near?: string;
  tags?: Record<string, string>;
  holder?: Allocation['holder'];
  description?: string;
};
function space(length: number | null, more: Space) {
  const { cidr, near, ...rest } = more;
  return {
    ...plain,
    ...(length === null ? {} : { prefixLength: length }),
    ...(cidr === undefined ? {} : { cidr: p(cidr) }),
    ...(near === undefined ? {} : { near: p(near) }),
    ...rest,
  };
}
const allocate = (length: number | null, more: Space = {}): Command => ({
  kind: 'allocate',
  ...space(length, more),
});
const reserve = (length: number | null, more: Space = {}, ttlSeconds = HOUR): Command => ({
  kind: 'reserve',
  ttlSeconds,
  ...space(length, more),
});
const adopt = (cidr: string, more: { key?: string; tags?: Record<string, string> } = {}): Command => ({
  kind: 'adopt',
  ...plain,
  cidr: p(cidr),
  ...more,
});
const confirm = (id: number, nonce?: string, holder?: Allocation['holder']): Command => ({
  kind: 'confirm',
  id,
  nonce,
  holder,
});
const renew = (id: number, ttlSeconds = HOUR): Command => ({ kind: 'renew', id, ttlSeconds });
const release = (id: number): Command => ({ kind: 'release', id, force: false });
const restore = (id: number): Command => ({ kind: 'restore', id });

const small = (rules: Partial<PoolRules> = {}, blocks: Block[] = []): Scene =>
  new Scene(poolOf(['10.0.0.0/22'], rules), blocks);

describe('space', () => {
  it('follows the buddy vectors', () => {
    const scene = small({ quarantineSeconds: 0 });
    expect(scene.ok(allocate(24)).cidr.toString()).toBe('10.0.0.0/24');
    expect(scene.free()).toEqual(['10.0.1.0/24', '10.0.2.0/23']);
    expect(scene.ok(allocate(25)).cidr.toString()).toBe('10.0.1.0/25');
    expect(scene.free()).toEqual(['10.0.1.128/25', '10.0.2.0/23']);
    expect(scene.ok(allocate(24)).cidr.toString()).toBe('10.0.2.0/24');
    expect(scene.free()).toEqual(['10.0.1.128/25', '10.0.3.0/24']);
    scene.ok(release(2));
    expect(scene.free()).toEqual(['10.0.1.0/24', '10.0.3.0/24']);
    scene.ok(release(1));
    expect(scene.free()).toEqual(['10.0.0.0/23', '10.0.3.0/24']);
    scene.ok(release(3));
    expect(scene.free()).toEqual(['10.0.0.0/22']);
  });

  it('works for IPv6 too', () => {
    const scene = new Scene(poolOf(['2001:db8::/118']));
    expect(scene.ok(allocate(128)).cidr.toString()).toBe('2001:db8::/128');
    expect(scene.ok(allocate(120)).cidr.toString()).toBe('2001:db8::100/120');
    expect(scene.free().slice(-2)).toEqual(['2001:db8::80/121', '2001:db8::200/119']);
  });

  it('never joins free blocks across two pool CIDRs', () => {
    const scene = new Scene(poolOf(['10.0.0.128/25', '10.0.0.0/25']));
    expect(scene.free()).toEqual(['10.0.0.0/25', '10.0.0.128/25']);
    expect(scene.code(allocate(24))).toBe('NO_SPACE');
    expect(scene.code(allocate(null, { cidr: '10.0.0.0/24' }))).toBe('OUTSIDE_POOL');
    const row = scene.ok(allocate(25));
    expect([row.cidr.toString(), row.poolCidrId, row.poolCidr.toString()]).toEqual([
      '10.0.0.0/25',
      2,
      '10.0.0.0/25',
    ]);
  });

  it('hands out nothing that is blocked, also where blocks overlap', () => {
    const scene = small({}, [
      block('10.0.0.0/24', 'excluded', 'rule'),
      block('10.0.0.128/25', 'observed', 'vpc-1'),
      block('10.0.3.255/32', 'growth', 'alloc_7'),
    ]);
    expect(scene.free()[0]).toBe('10.0.1.0/24');
    expect(scene.ok(allocate(24)).cidr.toString()).toBe('10.0.1.0/24');
    expect(scene.ok(allocate(24)).cidr.toString()).toBe('10.0.2.0/24');
    expect(scene.code(allocate(24))).toBe('NO_SPACE');
  });

  it('keeps the rule `excluded` even where no block was given for it', () => {
    const scene = small({ excluded: [p('10.0.0.0/23'), p('192.168.0.0/16')] });
    expect(scene.free()).toEqual(['10.0.2.0/23']);
  });

  it('takes the space of an allocation back minus the blocks', () => {
    const scene = small({ quarantineSeconds: 0 }, [block('10.0.0.0/25', 'observed', 'vpc-1')]);
    scene.ok(adopt('10.0.0.0/24'));
    expect(scene.free()).toEqual(['10.0.1.0/24', '10.0.2.0/23']);
    scene.ok(release(1));
    expect(scene.free()).toEqual(['10.0.0.128/25', '10.0.1.0/24', '10.0.2.0/23']);
  });

  it('says in NO_SPACE what there is', () => {
    const scene = small();
    scene.ok(allocate(null, { cidr: '10.0.1.0/24' }));
    scene.ok(allocate(null, { cidr: '10.0.3.0/25' }));
    expect(scene.failure(allocate(23))).toMatchObject({
      code: 'NO_SPACE',
      prefixLength: 23,
      largestFreeBlock: p('10.0.0.0/24'),
      freeBlocksByLength: [
        { prefixLength: 24, count: 2 },
        { prefixLength: 25, count: 1 },
      ],
    });
  });

  it('says in CIDR_CONFLICT what stands there', () => {
    const scene = small({}, [block('10.0.1.0/25', 'observed', 'vpc-1')]);
    scene.ok(allocate(null, { cidr: '10.0.0.64/26', key: 'k', holder: { account: '1' } }));
    expect(scene.failure(allocate(null, { cidr: '10.0.0.0/23' }))).toMatchObject({
      code: 'CIDR_CONFLICT',
      cidr: p('10.0.0.0/23'),
      conflicts: [
        { cidr: p('10.0.0.64/26'), allocationId: 1, holder: { account: '1' }, key: 'k', reason: 'allocated' },
        { cidr: p('10.0.1.0/25'), allocationId: null, reason: 'observed' },
      ],
    });
  });
});

describe('placement', () => {
  const free = ['10.0.0.0/26', '10.0.0.128/25', '10.0.2.64/26', '10.0.3.0/24'].map(p);
  const placed = (length: number, placement: 'BEST_FIT' | 'SPARSE' | 'LAST'): string =>
    String(place(free, length, { placement }));

  it('BEST_FIT: smallest free block that fits, lowest address', () => {
    expect(placed(26, 'BEST_FIT')).toBe('10.0.0.0/26');
    expect(placed(28, 'BEST_FIT')).toBe('10.0.0.0/28');
    expect(placed(25, 'BEST_FIT')).toBe('10.0.0.128/25');
    expect(placed(23, 'BEST_FIT')).toBe('null');
  });

  it('LAST: smallest free block that fits, highest address', () => {
    expect(placed(26, 'LAST')).toBe('10.0.2.64/26');
    expect(placed(28, 'LAST')).toBe('10.0.2.112/28');
    expect(placed(24, 'LAST')).toBe('10.0.3.0/24');
  });

  it('SPARSE: start of the largest free block', () => {
    expect(placed(28, 'SPARSE')).toBe('10.0.3.0/28');
    const scene = small({ placement: 'SPARSE' });
    expect([1, 2, 3, 4].map(() => scene.ok(allocate(26)).cidr.toString())).toEqual([
      '10.0.0.0/26',
      '10.0.2.0/26',
      '10.0.1.0/26',
      '10.0.3.0/26',
    ]);
  });

  it('NEAR: what summarises best with it, then the smaller block, then the shorter way', () => {
    const near = (length: number, to: string): string =>
      String(place(free, length, { placement: 'NEAR', near: p(to) }));
    expect(near(26, '10.0.0.64/26')).toBe('10.0.0.0/26');
    expect(near(25, '10.0.2.128/25')).toBe('10.0.3.0/25');
    // 10.0.0.128/25 makes a /24 with it, 10.0.0.0/26 makes a /25
    expect(near(28, '10.0.0.96/28')).toBe('10.0.0.48/28');
    // nothing summarises below /23: of 10.0.0.0/26 and 10.0.0.128/25 the smaller block
    expect(near(27, '10.0.1.0/27')).toBe('10.0.0.32/27');
    // a CIDR that lies inside what is free, or is free itself
    expect(near(26, '10.0.3.64/26')).toBe('10.0.3.64/26');
    expect(near(28, '10.0.3.0/26')).toBe('10.0.3.0/28');
    // far outside: the longest common supernet is the same for all, the smaller block, then the distance
    expect(near(26, '192.168.0.0/16')).toBe('10.0.2.64/26');
  });

  it('NEAR: equal blocks at equal distance go to the lower address', () => {
    const two = ['10.0.0.0/28', '10.0.0.32/28'].map(p);
    expect(String(place(two, 28, { placement: 'NEAR', near: p('10.0.0.0/26') }))).toBe('10.0.0.0/28');
    expect(String(place(two, 28, { placement: 'NEAR', near: p('10.0.0.16/28') }))).toBe('10.0.0.0/28');
    const around = ['10.0.0.16/28', '10.0.0.48/28'].map(p);
    expect(String(place(around, 28, { placement: 'NEAR', near: p('10.0.0.32/27') }))).toBe('10.0.0.48/28');
  });

  it('is the command’s, else the pool’s; NEAR needs `near`', () => {
    const scene = small({ placement: 'LAST' });
    expect(scene.ok(allocate(26)).cidr.toString()).toBe('10.0.3.192/26');
    expect(scene.ok(allocate(26, { placement: 'BEST_FIT' })).cidr.toString()).toBe('10.0.3.128/26');
    expect(scene.ok(allocate(26, { placement: 'SPARSE' })).cidr.toString()).toBe('10.0.0.0/26');
    expect(scene.ok(allocate(26, { placement: 'NEAR', near: '10.0.0.0/26' })).cidr.toString()).toBe(
      '10.0.0.64/26',
    );
    expect(scene.code(allocate(26, { placement: 'NEAR' }))).toBe('RULE_VIOLATION near');
    expect(small({ placement: 'NEAR' }).code(allocate(26))).toBe('RULE_VIOLATION near');
  });
});

describe('rules', () => {
  const rules = { minPrefixLength: 24, maxPrefixLength: 28, requiredTags: ['env'] };
  const tags = { env: 'test' };

  it('hold for a length, a CIDR and the default', () => {
    const scene = small(rules);
    expect(scene.code(allocate(23, { tags }))).toBe('RULE_VIOLATION minPrefixLength');
    expect(scene.code(reserve(29, { tags }))).toBe('RULE_VIOLATION maxPrefixLength');
    expect(scene.code(allocate(null, { cidr: '10.0.0.0/23', tags }))).toBe('RULE_VIOLATION minPrefixLength');
    expect(scene.code(allocate(null, { cidr: '10.0.0.0/32', tags }))).toBe('RULE_VIOLATION maxPrefixLength');
    expect(scene.code(allocate(24))).toBe('RULE_VIOLATION requiredTags');
    expect(scene.code(allocate(null, { tags }))).toBe('RULE_VIOLATION defaultPrefixLength');
    expect(scene.code(allocate(33, { tags }))).toBe('RULE_VIOLATION family');
    expect(scene.code(allocate(null, { cidr: '2001:db8::/64', tags }))).toBe('RULE_VIOLATION family');
    expect(scene.ok(allocate(24, { tags })).cidr.length).toBe(24);
    expect(scene.ok(allocate(28, { tags })).cidr.length).toBe(28);
    expect(small({ defaultPrefixLength: 27 }).ok(allocate(null)).cidr.length).toBe(27);
  });

  it('come before the space, and after the key', () => {
    const scene = small(rules);
    expect(scene.code(allocate(null, { cidr: '192.168.0.0/16', tags }))).toBe(
      'RULE_VIOLATION minPrefixLength',
    );
    expect(scene.code(allocate(null, { cidr: '192.168.0.0/24', tags }))).toBe('OUTSIDE_POOL');
    scene.ok(allocate(24, { key: 'k', tags }));
    expect(scene.code(allocate(23, { key: 'k' }))).toBe('KEY_CONFLICT');
    expect(scene.ok(allocate(24, { key: 'k' })).version).toBe(1);
  });

  it('do not refuse an adopt, which lists what it broke', () => {
    const scene = small({ ...rules, excluded: [p('10.0.2.0/24')] }, [
      block('10.0.2.0/24', 'excluded', 'rule'),
    ]);
    expect(scene.ok(adopt('10.0.2.0/23')).noncompliant).toEqual([
      'minPrefixLength',
      'requiredTags',
      'excluded',
    ]);
    expect(scene.ok(adopt('10.0.0.0/32', { tags })).noncompliant).toEqual(['maxPrefixLength']);
    expect(scene.ok(adopt('10.0.1.0/24', { tags })).noncompliant).toEqual([]);
    expect(scene.code(adopt('10.0.3.0/24'))).toBe('CIDR_CONFLICT');
    expect(scene.code(adopt('10.0.4.0/24'))).toBe('OUTSIDE_POOL');
    expect(scene.code(adopt('2001:db8::/64'))).toBe('RULE_VIOLATION family');
  });
});

describe('a new row', () => {
  it('has everything that was given', () => {
    const scene = small();
    const given = { key: 'k', holder: { account: '1' }, tags: { a: 'b' }, description: 'web' };
    expect(scene.ok(reserve(26, given, HOUR), 'user:x')).toEqual({
      id: 1,
      poolId: 1,
      poolCidrId: 1,
      poolCidr: p('10.0.0.0/22'),
      cidr: p('10.0.0.0/26'),
      status: 'RESERVED',
      expiresAt: plusSeconds(START, HOUR),
      availableAt: null,
      releasedAt: null,
      heldUntil: null,
      key: 'k',
      request: '/26',
      claim: 'OPEN',
      replaces: null,
      nonce: null,
      settledAt: null,
      holder: { account: '1' },
      tags: { a: 'b' },
      description: 'web',
      noncompliant: [],
      version: 1,
      createdAt: START,
      createdBy: 'user:x',
      updatedAt: START,
      updatedBy: 'user:x',
    });
  });

  it('without a key has neither request nor claim, and a retry gives a second CIDR', () => {
    const scene = small();
    expect(scene.ok(allocate(26))).toMatchObject({
      key: null,
      request: null,
      claim: null,
      status: 'ALLOCATED',
    });
    expect(scene.ok(allocate(26)).id).toBe(2);
  });
});

describe('a key', () => {
  it('answers the same request with the same allocation, another one with KEY_CONFLICT', () => {
    const scene = small({ defaultPrefixLength: 26 });
    const first = scene.ok(allocate(26, { key: 'k', holder: { account: '1' } }));
    expect(
      scene.after(MINUTE).ok(allocate(26, { key: 'k', description: 'other', placement: 'LAST' })),
    ).toEqual(first);
    expect(scene.ok(reserve(26, { key: 'k' }))).toEqual(first);
    expect(scene.failure(allocate(27, { key: 'k' }))).toMatchObject({
      code: 'KEY_CONFLICT',
      key: 'k',
      allocationId: 1,
      cidr: first.cidr,
      request: '/26',
      holder: { account: '1' },
    });
    expect(scene.code(allocate(null, { key: 'k', cidr: '10.0.0.0/26' }))).toBe('KEY_CONFLICT');
    // neither length nor CIDR is a request of its own, also where the default is that length
    expect(scene.code(allocate(null, { key: 'k' }))).toBe('KEY_CONFLICT');
    expect(scene.ok(allocate(null, { key: 'd' })).request).toBe('default');
    expect(scene.ok(allocate(null, { key: 'd' })).cidr.toString()).toBe('10.0.0.64/26');
  });

  it('moves the deadline to the later one when reserved again', () => {
    const scene = small();
    const first = scene.ok(reserve(26, { key: 'k' }, HOUR));
    expect(scene.after(MINUTE).ok(reserve(26, { key: 'k' }, MINUTE), 'user:b')).toEqual(first);
    const moved = scene.ok(reserve(26, { key: 'k' }, HOUR), 'user:b');
    expect(moved).toEqual({
      ...first,
      expiresAt: plusSeconds(START, HOUR + MINUTE),
      version: 2,
      updatedAt: scene.now,
      updatedBy: 'user:b',
    });
  });

  it('does not allocate a reserved claim: it is to be confirmed', () => {
    const scene = small();
    scene.ok(reserve(26, { key: 'k' }));
    expect(scene.failure(allocate(26, { key: 'k' }))).toMatchObject({
      code: 'INVALID_TRANSITION',
      status: 'RESERVED',
    });
    expect(scene.code(allocate(26, { key: 'k', replaces: 1 }))).toBe('INVALID_TRANSITION');
    expect(scene.code(adopt('10.0.0.0/26', { key: 'k' }))).toBe('KEY_CONFLICT');
  });

  it('is free for a new request after the release', () => {
    const scene = small();
    scene.ok(reserve(26, { key: 'k' }));
    scene.ok(release(1));
    expect(scene.ok(allocate(27, { key: 'k' }))).toMatchObject({ id: 3, request: '/27', replaces: null });
    scene.ok(release(3));
    expect(scene.ok(allocate(28, { key: 'k' })).id).toBe(5);
  });

  it('answers an adopt as an allocate of that CIDR', () => {
    const scene = small();
    const row = scene.ok(adopt('10.0.0.0/26', { key: 'k' }));
    expect(row).toMatchObject({ status: 'ALLOCATED', claim: 'OPEN', request: '10.0.0.0/26' });
    expect(scene.ok(adopt('10.0.0.0/26', { key: 'k' }))).toEqual(row);
    expect(scene.ok(allocate(null, { key: 'k', cidr: '10.0.0.0/26' }))).toEqual(row);
    expect(scene.code(adopt('10.0.0.64/26', { key: 'k' }))).toBe('KEY_CONFLICT');
    scene.ok(reserve(null, { key: 'r', cidr: '10.0.1.0/26' }));
    expect(scene.code(adopt('10.0.1.0/26', { key: 'r' }))).toBe('INVALID_TRANSITION');
    scene.after(HOUR);
    expect(scene.ok(adopt('10.0.1.0/26', { key: 'r' }))).toMatchObject({
      status: 'ALLOCATED',
      expiresAt: null,
    });
  });
});

describe('what falls due', () => {
  it('an expired reservation is free at once', () => {
    const scene = small();
    scene.ok(reserve(22, { key: 'k' }, HOUR));
    scene.after(HOUR - 1);
    expect(scene.code(allocate(22))).toBe('NO_SPACE');
    scene.after(1);
    expect(scene.ok(allocate(22)).status).toBe('ALLOCATED');
    expect(scene.row(1)).toMatchObject({
      status: 'EXPIRED',
      claim: 'OPEN',
      expiresAt: plusSeconds(START, HOUR),
      version: 2,
      updatedAt: plusSeconds(START, HOUR),
      updatedBy: 'system:clock',
    });
  });

  it('is recorded with the due time, however late it is turned', () => {
    const scene = small({ quarantineSeconds: HOUR });
    scene.ok(allocate(26));
    scene.ok(release(1));
    scene.after(DAY).register.sweep(scene.now);
    expect(scene.row(1)).toMatchObject({
      status: 'RELEASED',
      releasedAt: START,
      availableAt: plusSeconds(START, HOUR),
      updatedAt: plusSeconds(START, HOUR),
      updatedBy: 'system:clock',
      version: 3,
    });
    expect(scene.register.changes().at(-1)).toEqual({
      action: 'free',
      subject: 1,
      at: plusSeconds(START, HOUR),
    });
  });

  it('is turned also by a command that is refused', () => {
    const scene = small();
    scene.ok(reserve(26, {}, HOUR));
    scene.after(HOUR).run(allocate(21));
    expect(scene.register.rows()[0]!.status).toBe('EXPIRED');
  });

  it('an expired claim ends after 30 days', () => {
    const scene = small();
    scene.ok(reserve(26, { key: 'k' }, HOUR));
    scene.after(HOUR + 30 * DAY - 1);
    expect(scene.row(1).claim).toBe('OPEN');
    expect(scene.code(allocate(27, { key: 'k' }))).toBe('KEY_CONFLICT');
    scene.after(1);
    expect(scene.row(1)).toMatchObject({
      status: 'EXPIRED',
      claim: null,
      version: 3,
      updatedBy: 'system:clock',
    });
    expect(scene.code(confirm(1))).toBe('EXPIRED');
    expect(scene.ok(allocate(27, { key: 'k' })).replaces).toBeNull();
  });
});

describe('an expired claim', () => {
  const expired = (blocks: Block[] = []): Scene => {
    const scene = small({}, blocks);
    scene.ok(reserve(26, { key: 'k', description: 'first' }, HOUR));
    return scene.after(HOUR);
  };

  it('is revived by the same request: same id, same CIDR', () => {
    const reserved = expired();
    expect(reserved.ok(reserve(26, { key: 'k', description: 'second' }, MINUTE))).toMatchObject({
      id: 1,
      status: 'RESERVED',
      claim: 'OPEN',
      cidr: p('10.0.0.0/26'),
      expiresAt: plusSeconds(reserved.now, MINUTE),
      description: 'first',
      version: 3,
    });
    expect(expired().ok(allocate(26, { key: 'k' }))).toMatchObject({
      id: 1,
      status: 'ALLOCATED',
      claim: 'OPEN',
      expiresAt: null,
    });
  });

  it('is KEY_CONFLICT for another request', () => {
    expect(expired().code(allocate(27, { key: 'k' }))).toBe('KEY_CONFLICT');
  });

  it('is EXPIRED once somebody took any of it', () => {
    const scene = expired();
    scene.ok(allocate(null, { cidr: '10.0.0.63/32', holder: { account: '2' } }));
    const failure = {
      code: 'EXPIRED',
      allocationId: 1,
      cidr: p('10.0.0.0/26'),
      expiredAt: plusSeconds(START, HOUR),
      takenBy: [{ allocationId: 2, cidr: p('10.0.0.63/32'), holder: { account: '2' }, reason: 'allocated' }],
    };
    expect(scene.failure(reserve(26, { key: 'k' }))).toMatchObject(failure);
    expect(scene.failure(allocate(26, { key: 'k' }))).toMatchObject(failure);
    expect(scene.failure(confirm(1))).toMatchObject(failure);
    expect(scene.failure(renew(1))).toMatchObject(failure);
    scene.ok(release(2));
    expect(scene.code(reserve(26, { key: 'k' }))).toBe('EXPIRED');
    scene.after(DAY);
    expect(scene.ok(reserve(26, { key: 'k' })).id).toBe(1);
  });

  it('is free to it also where it is blocked on its own account, and only then', () => {
    const blockedBy = (...blocks: Block[]): Scene => {
      const scene = expired();
      scene.register.setBlocks(blocks);
      return scene;
    };
    const own = [block('10.0.0.0/27', 'unswept', 'alloc_1'), block('10.0.0.0/24', 'growth', 'alloc_1')];
    expect(blockedBy(...own).ok(reserve(26, { key: 'k' })).id).toBe(1);
    expect(blockedBy(...own).ok(confirm(1)).status).toBe('ALLOCATED');
    expect(blockedBy(block('10.0.0.0/27', 'growth', 'alloc_2')).code(allocate(26, { key: 'k' }))).toBe(
      'EXPIRED',
    );
    expect(blockedBy(block('10.0.0.0/27', 'observed', 'alloc_1')).code(allocate(26, { key: 'k' }))).toBe(
      'EXPIRED',
    );
    expect(blockedBy(block('10.0.0.0/27', 'excluded', 'rule')).failure(confirm(1))).toMatchObject({
      code: 'EXPIRED',
      takenBy: [{ cidr: p('10.0.0.0/27'), allocationId: null, reason: 'excluded' }],
    });
  });

  it('is revived without a look at the rules', () => {
    const scene = small({ requiredTags: ['env'] });
    scene.ok(reserve(26, { key: 'k', tags: { env: 'test' } }));
    expect(scene.after(HOUR).ok(allocate(26, { key: 'k' })).status).toBe('ALLOCATED');
  });

  describe('named by `replaces`', () => {
    const taken = (): Scene => {
      const scene = expired();
      scene.ok(allocate(null, { cidr: '10.0.0.0/27' }));
      return scene;
    };

    it('is revived as without it where that is possible', () => {
      expect(expired().ok(reserve(26, { key: 'k', replaces: 1 }))).toMatchObject({ id: 1, replaces: null });
      expect(expired().ok(allocate(26, { key: 'k', replaces: 1 }))).toMatchObject({
        id: 1,
        status: 'ALLOCATED',
      });
    });

    it('loses its key to a new allocation where its CIDR was taken', () => {
      const scene = taken();
      const fresh = scene.ok(reserve(26, { key: 'k', replaces: 1 }));
      expect(fresh).toMatchObject({
        id: 3,
        status: 'RESERVED',
        claim: 'OPEN',
        replaces: 1,
        cidr: p('10.0.0.64/26'),
      });
      expect(scene.row(1)).toMatchObject({ status: 'EXPIRED', claim: null, key: 'k', version: 3 });
      // named once more it has no claim any longer: as if not given
      expect(scene.ok(reserve(26, { key: 'k', replaces: 1 }, MINUTE))).toEqual(fresh);
    });

    it('loses its key to another request, too', () => {
      const scene = expired();
      expect(scene.ok(allocate(27, { key: 'k', replaces: 1 }))).toMatchObject({
        id: 2,
        status: 'ALLOCATED',
        claim: 'OPEN',
        request: '/27',
        replaces: 1,
        cidr: p('10.0.0.0/27'),
      });
      expect(scene.row(1).claim).toBeNull();
    });

    it('keeps its key where the new allocation is refused', () => {
      const scene = taken();
      expect(scene.code(reserve(21, { key: 'k', replaces: 1 }))).toBe('NO_SPACE');
      expect(scene.code(reserve(null, { key: 'k', cidr: '10.0.0.0/26', replaces: 1 }))).toBe('CIDR_CONFLICT');
      expect(scene.row(1).claim).toBe('OPEN');
    });

    it('does not come back by itself after that', () => {
      const scene = expired();
      scene.ok(reserve(27, { key: 'k', replaces: 1, placement: 'LAST' }));
      expect(scene.failure(confirm(1))).toMatchObject({ code: 'EXPIRED', takenBy: [] });
      expect(scene.code(reserve(26, { key: 'k' }))).toBe('KEY_CONFLICT');
    });

    it('is as if not given when it is an allocation of another key or none at all', () => {
      const scene = taken();
      scene.ok(reserve(26, { key: 'other' }));
      expect(scene.code(reserve(26, { key: 'k', replaces: 3 }))).toBe('EXPIRED');
      expect(scene.code(reserve(27, { key: 'k', replaces: 99 }))).toBe('KEY_CONFLICT');
      expect(scene.ok(reserve(26, { key: 'fresh', replaces: 1 })).replaces).toBeNull();
      expect(scene.ok(reserve(26, { replaces: 1 })).replaces).toBeNull();
      expect(scene.row(1).claim).toBe('OPEN');
    });
  });
});

describe('replace, create before destroy', () => {
  /** 1 is ALLOCATED under `k`, 2 is to replace it. */
  const replacing = (length = 27): Scene => {
    const scene = small();
    scene.ok(allocate(26, { key: 'k' }));
    scene.ok(reserve(length, { key: 'k', replaces: 1 }, HOUR));
    return scene;
  };

  it('opens a pending claim beside the allocated one', () => {
    const scene = replacing();
    expect(scene.row(1)).toMatchObject({ claim: 'OPEN', version: 1 });
    expect(scene.row(2)).toMatchObject({ status: 'RESERVED', claim: 'PENDING', replaces: 1, request: '/27' });
  });

  it('may ask for the same', () => {
    expect(replacing(26).row(2)).toMatchObject({ claim: 'PENDING', cidr: p('10.0.0.64/26') });
  });

  it('cannot be for the very CIDR it stands beside', () => {
    const scene = small();
    scene.ok(allocate(26, { key: 'k' }));
    expect(scene.code(reserve(null, { key: 'k', cidr: '10.0.0.0/26', replaces: 1 }))).toBe('CIDR_CONFLICT');
  });

  it('lets the pending claim answer every request, with `replaces` or without', () => {
    const scene = replacing();
    const pending = scene.row(2);
    expect(scene.ok(reserve(27, { key: 'k' }))).toEqual(pending);
    expect(scene.ok(reserve(27, { key: 'k', replaces: 1 }))).toEqual(pending);
    expect(scene.code(reserve(26, { key: 'k' }))).toBe('KEY_CONFLICT');
    expect(scene.code(reserve(26, { key: 'k', replaces: 1 }))).toBe('KEY_CONFLICT');
    expect(scene.code(allocate(26, { key: 'k', replaces: 1 }))).toBe('KEY_CONFLICT');
    expect(scene.code(allocate(27, { key: 'k' }))).toBe('INVALID_TRANSITION');
    expect(scene.code(allocate(27, { key: 'k', replaces: 2 }))).toBe('INVALID_TRANSITION');
  });

  it('is handed over by confirm', () => {
    const scene = replacing();
    expect(scene.ok(confirm(2, 'n'))).toMatchObject({
      status: 'ALLOCATED',
      claim: 'OPEN',
      version: 2,
      replaces: 1,
    });
    expect(scene.row(1)).toMatchObject({ status: 'ALLOCATED', claim: null, key: 'k', version: 2 });
    expect(scene.ok(release(1)).status).toBe('QUARANTINED');
    expect(scene.row(2)).toMatchObject({ claim: 'OPEN', version: 2 });
  });

  it('is handed over by allocate that names the allocated one', () => {
    const scene = replacing();
    const row = scene.ok(allocate(27, { key: 'k', replaces: 1 }));
    expect(row).toMatchObject({ id: 2, status: 'ALLOCATED', claim: 'OPEN', expiresAt: null });
    expect(scene.row(1).claim).toBeNull();
    expect(scene.ok(allocate(27, { key: 'k', replaces: 1 }))).toEqual(row);
  });

  it('is done at once by allocate', () => {
    const scene = small();
    scene.ok(allocate(26, { key: 'k' }));
    const row = scene.ok(allocate(26, { key: 'k', replaces: 1 }));
    expect(row).toMatchObject({
      id: 2,
      status: 'ALLOCATED',
      claim: 'OPEN',
      replaces: 1,
      cidr: p('10.0.0.64/26'),
    });
    expect(scene.row(1)).toMatchObject({ status: 'ALLOCATED', claim: null });
    expect(scene.ok(allocate(26, { key: 'k', replaces: 1 }))).toEqual(row);
  });

  it('opens the pending claim when the open one is released', () => {
    const scene = replacing();
    scene.ok(release(1));
    expect(scene.row(1)).toMatchObject({ status: 'QUARANTINED', claim: null });
    expect(scene.row(2)).toMatchObject({ status: 'RESERVED', claim: 'OPEN', version: 2 });
    expect(scene.code(allocate(27, { key: 'k', replaces: 1 }))).toBe('INVALID_TRANSITION');
  });

  it('leaves the open claim alone when the pending one is released', () => {
    const scene = replacing();
    expect(scene.ok(release(2))).toMatchObject({ status: 'RELEASED', claim: null });
    expect(scene.row(1)).toMatchObject({ claim: 'OPEN', version: 1 });
    expect(scene.ok(allocate(26, { key: 'k' })).id).toBe(1);
  });

  it('revives an expired pending claim: reserve leaves it pending, allocate, confirm and adopt hand over', () => {
    const expired = (): Scene => replacing().after(HOUR);
    expect(expired().ok(reserve(27, { key: 'k' }))).toMatchObject({
      id: 2,
      status: 'RESERVED',
      claim: 'PENDING',
    });
    for (const command of [
      allocate(27, { key: 'k' }),
      allocate(27, { key: 'k', replaces: 1 }),
      allocate(27, { key: 'k', replaces: 2 }),
      confirm(2),
    ]) {
      const scene = expired();
      expect(scene.ok(command)).toMatchObject({ id: 2, status: 'ALLOCATED', claim: 'OPEN', version: 3 });
      expect(scene.row(1)).toMatchObject({ claim: null, version: 2 });
    }
    const scene = small();
    scene.ok(allocate(26, { key: 'k' }));
    scene.ok(reserve(null, { key: 'k', cidr: '10.0.1.0/24', replaces: 1 }));
    scene.after(HOUR);
    expect(scene.ok(adopt('10.0.1.0/24', { key: 'k' }))).toMatchObject({ id: 2, claim: 'OPEN' });
    expect(scene.row(1).claim).toBeNull();
  });

  it('gives an expired pending claim up only to who names it', () => {
    const taken = (): Scene => {
      const scene = replacing().after(HOUR);
      scene.ok(allocate(null, { cidr: '10.0.0.64/27' }));
      return scene;
    };
    expect(taken().code(reserve(27, { key: 'k' }))).toBe('EXPIRED');
    expect(taken().code(reserve(27, { key: 'k', replaces: 1 }))).toBe('EXPIRED');
    expect(taken().code(reserve(28, { key: 'k', replaces: 1 }))).toBe('KEY_CONFLICT');

    const reserved = taken();
    expect(reserved.ok(reserve(28, { key: 'k', replaces: 2 }))).toMatchObject({
      claim: 'PENDING',
      replaces: 1,
    });
    expect([1, 2].map((id) => reserved.row(id).claim)).toEqual(['OPEN', null]);

    const allocated = taken();
    expect(allocated.ok(allocate(27, { key: 'k', replaces: 2 }))).toMatchObject({
      claim: 'OPEN',
      replaces: 2,
    });
    expect([1, 2].map((id) => allocated.row(id).claim)).toEqual([null, null]);
  });

  it('ends an expired pending claim after 30 days; then the open one answers again', () => {
    const scene = replacing().after(HOUR + 30 * DAY);
    expect(scene.row(2)).toMatchObject({ status: 'EXPIRED', claim: null });
    expect(scene.ok(allocate(26, { key: 'k' })).id).toBe(1);
  });
});

describe('confirm', () => {
  it('makes a reservation ALLOCATED, keeps the nonce and merges the holder', () => {
    const scene = small();
    scene.ok(reserve(26, { holder: { account: '1', region: 'r' } }));
    const row = scene.ok(confirm(1, 'n', { region: 's', resourceId: 'vpc-1' }));
    expect(row).toMatchObject({ status: 'ALLOCATED', expiresAt: null, nonce: 'n', version: 2 });
    expect(row.holder).toEqual({ account: '1', region: 's', resourceId: 'vpc-1' });
    expect(scene.ok(confirm(1, 'n', { account: '9' }))).toEqual(row);
    expect(scene.code(confirm(1, 'm'))).toBe('ALREADY_CONFIRMED');
    expect(scene.code(confirm(1))).toBe('ALREADY_CONFIRMED');
  });

  it('replays nothing where no nonce was given', () => {
    const scene = small();
    scene.ok(reserve(26));
    expect(scene.ok(confirm(1)).nonce).toBeNull();
    expect(scene.code(confirm(1))).toBe('ALREADY_CONFIRMED');
    expect(scene.code(confirm(1, 'n'))).toBe('ALREADY_CONFIRMED');
  });

  it('revives and confirms an expired one in one step, also one without a key', () => {
    const scene = small();
    scene.ok(reserve(26, { holder: { account: '1' } }));
    scene.after(60 * DAY);
    expect(scene.ok(confirm(1, 'n', { region: 'r' }))).toMatchObject({
      status: 'ALLOCATED',
      expiresAt: null,
      nonce: 'n',
      holder: { account: '1', region: 'r' },
      claim: null,
      version: 3,
    });
  });

  it('is INVALID_TRANSITION of a released one', () => {
    const scene = small();
    scene.ok(allocate(26));
    scene.ok(release(1));
    expect(scene.code(confirm(1))).toBe('INVALID_TRANSITION');
    scene.after(DAY);
    expect(scene.code(confirm(1))).toBe('INVALID_TRANSITION');
  });
});

describe('renew', () => {
  it('moves the deadline of a reservation to the later one, and nothing else', () => {
    const scene = small();
    const row = scene.ok(reserve(26, {}, HOUR));
    expect(scene.ok(renew(1, MINUTE))).toEqual(row);
    expect(scene.ok(renew(1, DAY))).toMatchObject({ expiresAt: plusSeconds(START, DAY), version: 2 });
    scene.after(DAY);
    expect(scene.code(renew(1))).toBe('EXPIRED');
    scene.ok(confirm(1));
    expect(scene.code(renew(1))).toBe('INVALID_TRANSITION');
    scene.ok(release(1));
    expect(scene.code(renew(1))).toBe('INVALID_TRANSITION');
  });
});

describe('release', () => {
  it('of a reservation is immediate', () => {
    const scene = small();
    scene.ok(reserve(26, { key: 'k' }));
    expect(scene.ok(release(1))).toMatchObject({
      status: 'RELEASED',
      releasedAt: START,
      availableAt: null,
      expiresAt: null,
      claim: null,
    });
    expect(scene.free()).toEqual(['10.0.0.0/22']);
  });

  it('of an allocation starts its quarantine, in which nobody else gets the CIDR', () => {
    const scene = small({ quarantineSeconds: DAY });
    scene.ok(allocate(22, { key: 'k' }));
    expect(scene.ok(release(1))).toMatchObject({
      status: 'QUARANTINED',
      releasedAt: START,
      availableAt: plusSeconds(START, DAY),
      key: 'k',
      claim: null,
    });
    scene.after(DAY - 1);
    expect(scene.code(allocate(32))).toBe('NO_SPACE');
    expect(scene.code(allocate(null, { cidr: '10.0.0.0/22', key: 'other' }))).toBe('CIDR_CONFLICT');
    expect(scene.code(adopt('10.0.0.0/22'))).toBe('CIDR_CONFLICT');
    scene.after(1);
    expect(scene.ok(allocate(null, { cidr: '10.0.0.0/22', key: 'other' })).version).toBe(1);
  });

  it('without a quarantine frees the space at once', () => {
    const scene = small({ quarantineSeconds: 0 });
    scene.ok(allocate(26));
    expect(scene.ok(release(1))).toMatchObject({ status: 'RELEASED', releasedAt: START });
    expect(scene.free()).toEqual(['10.0.0.0/22']);
  });

  it('is INVALID_TRANSITION of what is not held', () => {
    const scene = small();
    scene.ok(allocate(26));
    scene.ok(release(1));
    expect(scene.code(release(1))).toBe('INVALID_TRANSITION');
    scene.after(DAY);
    expect(scene.code(release(1))).toBe('INVALID_TRANSITION');
    scene.ok(reserve(26));
    scene.after(HOUR);
    expect(scene.code(release(scene.register.rows().at(-1)!.id))).toBe('INVALID_TRANSITION');
    expect(scene.code(release(99))).toBe('NOT_FOUND');
  });
});

describe('restore', () => {
  it('brings a quarantined one back with its key', () => {
    const scene = small();
    scene.ok(allocate(26, { key: 'k' }));
    scene.ok(release(1));
    expect(scene.ok(restore(1))).toMatchObject({
      status: 'ALLOCATED',
      claim: 'OPEN',
      request: '/26',
      availableAt: null,
      releasedAt: null,
      version: 3,
    });
    expect(scene.code(restore(1))).toBe('INVALID_TRANSITION');
    expect(scene.ok(allocate(26, { key: 'k' })).id).toBe(1);
  });

  it('brings it back without the key where another has it', () => {
    const scene = small();
    scene.ok(allocate(26, { key: 'k' }));
    scene.ok(release(1));
    scene.ok(allocate(26, { key: 'k' }));
    expect(scene.ok(restore(1))).toMatchObject({ status: 'ALLOCATED', claim: null, key: 'k' });
  });

  it('leaves the key to a pending claim that became the open one', () => {
    const scene = small();
    scene.ok(allocate(26, { key: 'k' }));
    scene.ok(reserve(26, { key: 'k', replaces: 1 }));
    scene.ok(release(1));
    expect(scene.ok(restore(1)).claim).toBeNull();
  });

  it('is INVALID_TRANSITION once the quarantine is over', () => {
    const scene = small();
    scene.ok(allocate(26));
    scene.ok(release(1));
    scene.after(DAY);
    expect(scene.code(restore(1))).toBe('INVALID_TRANSITION');
  });

  it('gives a key to no allocation that never had one', () => {
    const scene = small();
    scene.ok(allocate(26));
    scene.ok(release(1));
    expect(scene.ok(restore(1))).toMatchObject({ key: null, claim: null });
  });
});

describe('allocate of the CIDR that the same key released last', () => {
  const released = (): Scene => {
    const scene = small();
    scene.ok(allocate(26, { key: 'k', holder: { account: '1', region: 'r' }, tags: { a: 'b' } }));
    scene.ok(release(1));
    return scene.after(MINUTE);
  };
  const again = allocate(null, {
    key: 'k',
    cidr: '10.0.0.0/26',
    holder: { account: '2' },
    description: 'now',
  });

  it('restores that allocation as now described', () => {
    const row = released().ok(again);
    expect(row).toMatchObject({
      id: 1,
      status: 'ALLOCATED',
      claim: 'OPEN',
      request: '10.0.0.0/26',
      holder: { account: '2' },
      tags: {},
      description: 'now',
      availableAt: null,
      releasedAt: null,
      version: 3,
    });
    expect(row.holder).toEqual({ account: '2' });
  });

  it('is for allocate, that CIDR and that key only', () => {
    const conflict = 'CIDR_CONFLICT';
    expect(released().code(reserve(null, { key: 'k', cidr: '10.0.0.0/26' }))).toBe(conflict);
    expect(released().code(adopt('10.0.0.0/26', { key: 'k' }))).toBe(conflict);
    expect(released().code(allocate(null, { key: 'k', cidr: '10.0.0.0/27' }))).toBe(conflict);
    expect(released().code(allocate(null, { key: 'x', cidr: '10.0.0.0/26' }))).toBe(conflict);
    expect(released().code(allocate(null, { cidr: '10.0.0.0/26' }))).toBe(conflict);
    expect(released().ok(allocate(26, { key: 'k' })).id).toBe(3);
  });

  it('is for the last one only, and for a key without a claim', () => {
    const scene = released();
    scene.ok(allocate(26, { key: 'k' }));
    expect(scene.code(again)).toBe('KEY_CONFLICT');
    scene.ok(release(3));
    expect(scene.code(again)).toBe('CIDR_CONFLICT');
    expect(scene.ok(allocate(null, { key: 'k', cidr: '10.0.0.64/26' })).id).toBe(3);
  });

  it('keeps to the rules', () => {
    const scene = small({ maxPrefixLength: 27, requiredTags: ['env'] });
    scene.ok(adopt('10.0.0.0/28', { key: 'k' }));
    scene.ok(adopt('10.0.1.0/26', { key: 'l' }));
    scene.ok(release(1));
    scene.ok(release(2));
    const tags = { env: 'test' };
    expect(scene.code(allocate(null, { key: 'k', cidr: '10.0.0.0/28', tags }))).toBe(
      'RULE_VIOLATION maxPrefixLength',
    );
    expect(scene.code(allocate(null, { key: 'l', cidr: '10.0.1.0/26' }))).toBe('RULE_VIOLATION requiredTags');
    expect(scene.ok(allocate(null, { key: 'l', cidr: '10.0.1.0/26', tags })).id).toBe(2);
  });
});

describe('update', () => {
  const update = (id: number, version: number, more: Partial<Allocation> = {}): Command => ({
    kind: 'update',
    id,
    version,
    ...more,
  });

  it('replaces what is given wholly and keeps the rest', () => {
    const scene = small();
    scene.ok(allocate(26, { holder: { account: '1', region: 'r' }, tags: { a: 'b' }, description: 'old' }));
    const row = scene.ok(update(1, 1, { holder: { account: '2' } }), 'user:b');
    expect(row).toMatchObject({ tags: { a: 'b' }, description: 'old', version: 2, updatedBy: 'user:b' });
    expect(row.holder).toEqual({ account: '2' });
    expect(scene.ok(update(1, 2, { description: '' })).description).toBe('');
  });

  it('is refused for another version, then for a status that has nothing to describe', () => {
    const scene = small();
    scene.ok(allocate(26), 'user:b');
    expect(scene.failure(update(1, 2))).toMatchObject({
      code: 'VERSION_CONFLICT',
      version: 1,
      changedBy: 'user:b',
    });
    expect(scene.code(update(9, 1))).toBe('NOT_FOUND');
    scene.ok(release(1));
    expect(scene.ok(update(1, 2, { description: 'gone' })).status).toBe('QUARANTINED');
    scene.after(DAY);
    expect(scene.code(update(1, 2))).toBe('VERSION_CONFLICT');
    expect(scene.code(update(1, 4))).toBe('INVALID_TRANSITION');
  });

  it('keeps the required tags', () => {
    const scene = small({ requiredTags: ['env'] });
    scene.ok(adopt('10.0.0.0/26'));
    expect(scene.code(update(1, 1, { tags: { a: 'b' } }))).toBe('RULE_VIOLATION requiredTags');
    expect(scene.ok(update(1, 1, { description: 'x' })).tags).toEqual({});
  });
});

it('every command on an unknown id is NOT_FOUND', () => {
  const scene = small();
  for (const command of [confirm(5), renew(5), release(5), restore(5)]) {
    expect(scene.failure(command)).toMatchObject({ code: 'NOT_FOUND', id: 'alloc_5' });
  }
});

describe('at random', () => {
  /** Mulberry32: small, seeded, good enough to choose commands. */
  function randomOf(seed: number): (below: number) => number {
    let state = seed;
    return (below) => {
      state = (state + 0x6d2b79f5) | 0;
      let t = Math.imul(state ^ (state >>> 15), 1 | state);
      t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
      return ((t ^ (t >>> 14)) >>> 0) % below;
    };
  }

  /** Every address of the pool is free, live or blocked: counted address by address. */
  function expectInvariants(pool: PoolFacts, blocks: readonly Block[], register: GoldenRegister): void {
    const rows = register.rows();
    const live = rows.filter((row) => ['RESERVED', 'ALLOCATED', 'QUARANTINED'].includes(row.status));
    const free = register.freeBlocks();
    for (const poolCidr of pool.cidrs) {
      for (const address of positionsIn(poolCidr.cidr, 32)) {
        const holding = live.filter((row) => row.cidr.contains(address)).length;
        const blocking = blocks.filter((one) => one.cidr.contains(address)).length;
        const freeing = free.filter((one) => one.contains(address)).length;
        if (holding > 1) throw new Error(`two hold ${address.toString()}`);
        if (freeing !== (holding + blocking > 0 ? 0 : 1))
          throw new Error(`not as said: ${address.toString()}`);
      }
    }
    for (const one of free) {
      const poolCidr = pool.cidrs.find((candidate) => candidate.cidr.contains(one))!;
      const buddy = one.buddy();
      const joins = one.length > poolCidr.cidr.length && free.some((other) => other.equals(buddy!));
      expect(joins).toBe(false);
    }
    for (const key of ['k', 'l']) {
      const open = rows.filter((row) => row.key === key && row.claim === 'OPEN');
      const pending = rows.filter((row) => row.key === key && row.claim === 'PENDING');
      expect(open.length).toBeLessThanOrEqual(1);
      expect(pending.length).toBeLessThanOrEqual(open.length);
      if (pending.length > 0) expect(open[0]!.status).toBe('ALLOCATED');
      for (const row of [...open, ...pending])
        expect(['RESERVED', 'ALLOCATED', 'EXPIRED']).toContain(row.status);
    }
    for (const row of rows) {
      expect(row.expiresAt !== null).toBe(row.status === 'RESERVED' || row.status === 'EXPIRED');
      if (row.status === 'QUARANTINED') expect(row.availableAt).not.toBeNull();
      if (row.status === 'ALLOCATED') expect([row.availableAt, row.releasedAt]).toEqual([null, null]);
    }
  }

  it('the invariants hold after every command', () => {
    const pool = poolOf(['10.0.0.0/27', '10.0.1.0/28'], { quarantineSeconds: 2 * HOUR });
    const blocks = [block('10.0.0.8/30', 'excluded', 'rule'), block('10.0.1.14/31', 'unswept', 'alloc_3')];
    const spaces = [...positionsIn(p('10.0.0.0/27'), 29), ...positionsIn(p('10.0.1.0/28'), 30)];
    const seen = new Set<string>();
    for (let seed = 1; seed <= 40; seed++) {
      const random = randomOf(seed);
      const register = new GoldenRegister(pool, blocks);
      let now = START;
      for (let id = 1; id <= 60; id++) {
        const ids = register.rows().map((row) => row.id);
        const anyId = ids[random(ids.length + 1)] ?? 999;
        const wanted: Space = {
          key: [undefined, 'k', 'k', 'l'][random(4)],
          replaces: random(2) === 0 ? anyId : undefined,
          placement: (['BEST_FIT', 'LAST', 'SPARSE', 'NEAR'] as const)[random(4)],
          near: '10.0.0.16/29',
        };
        const length = random(3) === 0 ? null : 28 + random(3);
        if (length === null) wanted.cidr = spaces[random(spaces.length)]!.toString();
        const commands: Command[] = [
          allocate(length, wanted),
          reserve(length, wanted, HOUR * (1 + random(3))),
          adopt(spaces[random(spaces.length)]!.toString(), { key: wanted.key }),
          confirm(anyId, 'n'),
          renew(anyId),
          release(anyId),
          restore(anyId),
        ];
        const command = commands[random(commands.length)]!;
        now = plusSeconds(now, random(40) === 0 ? 31 * DAY : random(HOUR));
        const outcome = register.apply(command, 'user:a', now, id);
        seen.add(`${command.kind} ${outcome.ok ? outcome.allocation.status : outcome.failure.code}`);
        expectInvariants(pool, blocks, register);
      }
    }
    for (const expected of [
      'allocate EXPIRED',
      'allocate KEY_CONFLICT',
      'confirm EXPIRED',
      'restore ALLOCATED',
    ]) {
      expect([...seen]).toContain(expected);
    }
  });

  it('free blocks are the maximal free CIDRs by definition', () => {
    const random = randomOf(7);
    const poolCidr = p('10.0.0.0/26');
    const all = [26, 27, 28, 29, 30, 31, 32].flatMap((length) => positionsIn(poolCidr, length));
    for (let round = 0; round < 50; round++) {
      const taken = Array.from({ length: random(6) }, () => all[random(all.length)]!);
      const free = all.filter((cidr) => !taken.some((other) => other.overlaps(cidr)));
      const maximal = free.filter(
        (cidr) => !free.some((other) => other.length < cidr.length && other.contains(cidr)),
      );
      expect(texts(freeBlocksWithin(poolCidr, taken))).toEqual(texts(maximal.sort((a, b) => a.compare(b))));
    }
  });

  it('a common supernet is what two CIDRs share', () => {
    for (const [a, b, length] of [
      ['10.0.0.0/24', '10.0.1.0/24', 23],
      ['10.0.0.0/24', '10.0.0.0/26', 24],
      ['10.0.0.0/24', '128.0.0.0/24', 0],
      ['2001:db8::/128', '2001:db8::1/128', 127],
    ] as const) {
      expect(commonSupernetLength(p(a), p(b))).toBe(length);
      expect(Prefix.commonSupernet(p(a), p(b)).length).toBe(length);
    }
  });
});
