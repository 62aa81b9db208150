import {
  Check,
  Column,
  Entity,
  Exclusion,
  ForeignKey,
  Index,
  PrimaryColumn,
  PrimaryGeneratedColumn,
  Unique,
} from 'typeorm';
import type { AllocationStatus, ClaimState, Holder, Placement } from '../domain/allocation.js';

// Schema only: rows are read and written by SQL (docs/decisions/0014). Every constraint of the migrations stands here
// too, since TypeORM's drift check compares them by name; test/architecture/database.txt compares their text.

@Entity({
  name: 'pool',
  comment: 'Address space to hand out from: one family, one or more pool CIDRs, rules',
})
@Unique('pool_name_taken', ['name'])
@Unique('pool_family_scope', ['id', 'family', 'scope'])
@Check('pool_name_is_no_id', `name <> '' AND name !~ '^(pool|alloc|dom|link)_'`)
@Check('pool_family', 'family IN (4, 6)')
@Check('pool_quarantine', 'quarantine_seconds >= 0')
@Check(
  'pool_scope_of_domain',
  `CASE WHEN routing_domain_id IS NULL THEN isempty(scope) OR scope = int4range(NULL, NULL)
   ELSE scope = int4range(routing_domain_id, routing_domain_id, '[]') END`,
)
@ForeignKey('routing_domain', ['routing_domain_id'], ['id'], { name: 'pool_routing_domain' })
@Check('pool_depth', '(parent_id IS NULL) = (depth = 0) AND depth >= 0')
@ForeignKey(() => PoolEntity, ['parent_id'], ['id'], { name: 'pool_parent' })
@Index('pool_by_routing_domain', ['routing_domain_id'])
@Index('pool_by_depth', ['depth', 'name'])
@Index('pool_by_parent', ['parent_id', 'name'])
export class PoolEntity {
  @PrimaryGeneratedColumn('identity', {
    type: 'int',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'pool_pkey',
  })
  id!: number;
  @Column({ type: 'text' }) name!: string;
  @Column({ type: 'text', default: '' }) description!: string;
  @Column({ type: 'smallint' }) family!: number;
  @Column({
    type: 'int4range',
    comment: 'Uniqueness scope: (,) GLOBAL root, [d,d] root of routing domain d, empty for a child pool',
  })
  scope!: string;
  @Column({ type: 'int', nullable: true }) routing_domain_id!: number | null;
  @Column({ type: 'smallint', nullable: true }) min_prefix_length!: number | null;
  @Column({ type: 'smallint', nullable: true }) max_prefix_length!: number | null;
  @Column({ type: 'smallint', nullable: true }) default_prefix_length!: number | null;
  @Column({ type: 'text', array: true, default: () => `'{}'` }) required_tags!: string[];
  @Column({
    type: 'enum',
    enum: ['BEST_FIT', 'SPARSE', 'LAST', 'NEAR'],
    enumName: 'placement',
    default: 'BEST_FIT',
  })
  placement!: Placement;
  @Column({
    type: 'int',
    default: 86400,
    comment: 'Seconds for which a released CIDR is handed out to nobody else',
  })
  quarantine_seconds!: number;
  @Column({ type: 'cidr', array: true, default: () => `'{}'` }) excluded!: string[];
  @Column({ type: 'boolean', default: false }) auto_adopt!: boolean;
  @Column({ type: 'jsonb', default: () => `'{}'` }) tags!: Record<string, string>;
  @Column({ type: 'int', default: 1 }) version!: number;
  @Column({ type: 'timestamptz' }) created_at!: string;
  @Column({ type: 'text' }) created_by!: string;
  @Column({ type: 'bigint', default: 0, comment: 'Last sequence drawn for a change of this pool; gapless' })
  sequence!: number;
  @Column({
    type: 'timestamptz',
    default: () => `'-infinity'`,
    comment: 'When the last change of this pool was recorded; never runs back',
  })
  recorded_at!: string;
  @Column({
    type: 'int',
    nullable: true,
    comment: 'Derived: the pool that the oldest of its CIDRs comes from; null for a root',
  })
  parent_id!: number | null;
  @Column({ type: 'smallint', default: 0, comment: 'Derived: 0 for a root, else one more than the parent' })
  depth!: number;
}

@Entity({
  name: 'pool_cidr',
  comment:
    'A CIDR that was provisioned into a pool; of a child pool it is one ALLOCATED allocation, its source',
})
@Unique('pool_cidr_source_once', ['source_id'])
@Unique('pool_cidr_target', ['id', 'pool_id', 'cidr'])
@Check('pool_cidr_family', 'family = family(cidr) AND (family = 4 OR masklen(cidr) >= 32)')
@Check('pool_cidr_root_or_child', '(source_id IS NULL) = (NOT isempty(scope))')
@Check(
  'pool_cidr_source_whole',
  `(source_id IS NULL AND source_cidr IS NULL AND source_allocated IS NULL AND parent_id IS NULL)
   OR (source_id IS NOT NULL AND source_cidr IS NOT DISTINCT FROM cidr AND source_allocated IS TRUE AND parent_id IS NOT NULL)`,
)
@Exclusion('root_cidr_overlap', 'USING gist (cidr inet_ops WITH &&, scope WITH &&) WHERE (source_id IS NULL)')
@Exclusion(
  'pool_cidr_overlap',
  `USING gist (cidr inet_ops WITH &&, int4range(pool_id, pool_id, '[]') WITH &&)`,
)
@ForeignKey(() => PoolEntity, ['pool_id', 'family', 'scope'], ['id', 'family', 'scope'], {
  name: 'pool_cidr_pool',
  onUpdate: 'CASCADE',
})
@ForeignKey(
  () => AllocationEntity,
  ['source_id', 'source_cidr', 'source_allocated', 'parent_id'],
  ['id', 'cidr', 'allocated', 'live_in'],
  { name: 'pool_cidr_from_source' },
)
@Index('pool_cidr_by_pool', ['pool_id'])
@Index('pool_cidr_by_parent', ['parent_id'])
@Index('pool_cidr_in_order', ['cidr'])
export class PoolCidrEntity {
  @PrimaryGeneratedColumn('identity', {
    type: 'int',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'pool_cidr_pkey',
  })
  id!: number;
  @Column({ type: 'int' }) pool_id!: number;
  @Column({ type: 'smallint' }) family!: number;
  @Column({ type: 'int4range' }) scope!: string;
  @Column({ type: 'cidr' }) cidr!: string;
  @Column({ type: 'bigint', nullable: true }) source_id!: number | null;
  @Column({ type: 'cidr', nullable: true }) source_cidr!: string | null;
  @Column({ type: 'boolean', nullable: true }) source_allocated!: boolean | null;
  @Column({
    type: 'int',
    nullable: true,
    comment: 'The pool CIDR that the source lies in; null in a root pool',
  })
  parent_id!: number | null;
}

const LIVE = `status IN ('RESERVED', 'ALLOCATED', 'QUARANTINED')`;

@Entity({ name: 'allocation', comment: 'A CIDR taken from a pool; the register itself' })
@Unique('allocation_source', ['id', 'cidr', 'allocated', 'live_in'])
@Check('allocation_allocated', `allocated = (status = 'ALLOCATED')`)
@Check('allocation_live', `live_in IS NOT DISTINCT FROM CASE WHEN ${LIVE} THEN pool_cidr_id END`)
@Check('allocation_inside', 'cidr <<= pool_cidr')
@Check(
  'allocation_deadlines',
  `(status <> 'RESERVED' OR expires_at IS NOT NULL) AND (status <> 'QUARANTINED' OR available_at IS NOT NULL)`,
)
@Check(
  'allocation_claim',
  `claim IS NULL OR (key IS NOT NULL AND request IS NOT NULL AND status IN ('RESERVED', 'ALLOCATED', 'EXPIRED'))`,
)
@Check(
  'allocation_pending',
  `claim <> 'PENDING' OR (replaces IS NOT NULL AND status IN ('RESERVED', 'EXPIRED'))`,
)
@Exclusion(
  'allocation_overlap',
  `USING spgist (allocation_key(pool_cidr_id, cidr) inet_ops WITH &&) WHERE (${LIVE})`,
)
@ForeignKey(() => PoolCidrEntity, ['live_in', 'pool_id', 'pool_cidr'], ['id', 'pool_id', 'cidr'], {
  name: 'allocation_in_pool_cidr',
})
@Index('allocation_open_claim', ['pool_id', 'key'], { unique: true, where: `claim = 'OPEN'` })
@Index('allocation_pending_claim', ['pool_id', 'key'], { unique: true, where: `claim = 'PENDING'` })
@Index('allocation_expiring', ['pool_id', 'expires_at'], { where: `status = 'RESERVED'` })
@Index('allocation_quarantined', ['pool_id', 'available_at'], { where: `status = 'QUARANTINED'` })
@Index('allocation_claim_ending', ['pool_id', 'expires_at'], {
  where: `status = 'EXPIRED' AND claim IS NOT NULL`,
})
@Index('allocation_released_key', ['pool_id', 'key'], { where: `status = 'QUARANTINED' AND key IS NOT NULL` })
@Index('allocation_by_pool', ['pool_id', 'cidr'])
@Index('allocation_past', ['cidr', 'id'], { where: 'live_in IS NULL' })
@Index('allocation_held_in', { synchronize: false })
export class AllocationEntity {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'BY DEFAULT',
    primaryKeyConstraintName: 'allocation_pkey',
  })
  id!: number;
  @Column({ type: 'int' }) pool_id!: number;
  @Column({ type: 'int' }) pool_cidr_id!: number;
  @Column({ type: 'cidr' }) pool_cidr!: string;
  @Column({ type: 'cidr' }) cidr!: string;
  @Column({
    type: 'enum',
    enum: ['RESERVED', 'ALLOCATED', 'QUARANTINED', 'RELEASED', 'EXPIRED'],
    enumName: 'allocation_status',
  })
  status!: AllocationStatus;
  @Column({ type: 'boolean' }) allocated!: boolean;
  @Column({
    type: 'int',
    nullable: true,
    comment:
      'pool_cidr_id while the allocation is live, else NULL: the reference that keeps a pool CIDR in place',
  })
  live_in!: number | null;
  @Column({ type: 'timestamptz', nullable: true }) expires_at!: string | null;
  @Column({ type: 'timestamptz', nullable: true }) available_at!: string | null;
  @Column({ type: 'timestamptz', nullable: true }) released_at!: string | null;
  @Column({ type: 'timestamptz', nullable: true }) held_until!: string | null;
  @Column({ type: 'text', nullable: true }) key!: string | null;
  @Column({
    type: 'text',
    nullable: true,
    comment: 'Canonical request under the key: /24, 10.0.0.0/24 or default',
  })
  request!: string | null;
  @Column({
    type: 'enum',
    enum: ['OPEN', 'PENDING'],
    enumName: 'claim_state',
    nullable: true,
    comment: 'OPEN answers the key; PENDING stands beside an OPEN one that it is to replace',
  })
  claim!: ClaimState | null;
  @Column({ type: 'bigint', nullable: true }) replaces!: number | null;
  @Column({ type: 'text', nullable: true }) nonce!: string | null;
  @Column({ type: 'jsonb', default: () => `'{}'` }) holder!: Holder;
  @Column({ type: 'jsonb', default: () => `'{}'` }) tags!: Record<string, string>;
  @Column({ type: 'text', default: '' }) description!: string;
  @Column({
    type: 'text',
    array: true,
    default: () => `'{}'`,
    comment: 'Rules of the pool that it broke when it was adopted',
  })
  noncompliant!: string[];
  @Column({ type: 'int', default: 1 }) version!: number;
  @Column({ type: 'timestamptz' }) created_at!: string;
  @Column({ type: 'text' }) created_by!: string;
  @Column({ type: 'timestamptz' }) updated_at!: string;
  @Column({ type: 'text' }) updated_by!: string;
  @Column({
    type: 'timestamptz',
    nullable: true,
    comment: 'When discovery made it ALLOCATED; null once its caller has confirmed it',
  })
  settled_at!: string | null;
}

@Entity({
  name: 'free_block',
  comment:
    'Derived: maximal aligned free CIDRs of each pool CIDR; cadastre fsck compares and --repair rebuilds',
})
@Check('free_block_length', 'host_bits = CASE family(cidr) WHEN 4 THEN 32 ELSE 128 END - masklen(cidr)')
@ForeignKey(() => PoolCidrEntity, ['pool_cidr_id'], ['id'], { name: 'free_block_pool_cidr' })
@Index('free_block_by_pool_cidr', ['pool_cidr_id', 'cidr'])
export class FreeBlockEntity {
  @PrimaryColumn({ type: 'int', primaryKeyConstraintName: 'free_block_pkey' }) pool_id!: number;
  @PrimaryColumn({ type: 'smallint', primaryKeyConstraintName: 'free_block_pkey' }) host_bits!: number;
  @PrimaryColumn({ type: 'cidr', primaryKeyConstraintName: 'free_block_pkey' }) cidr!: string;
  @Column({ type: 'int' }) pool_cidr_id!: number;
}

@Entity({
  name: 'block',
  comment: 'Reasons why space is not handed out; rows may overlap each other and live allocations',
})
@Unique('block_once', ['pool_cidr_id', 'cidr', 'reason', 'subject'])
@Check('block_reason', `reason IN ('excluded', 'observed', 'unswept', 'growth')`)
@ForeignKey(() => PoolCidrEntity, ['pool_cidr_id'], ['id'], { name: 'block_pool_cidr' })
@Check('block_since', `(reason = 'unswept') = (since IS NOT NULL)`)
@Index('block_by_pool', ['pool_id'])
@Index('block_by_subject', ['subject', 'cidr'])
@Index('block_unswept', ['pool_id', 'id'], { where: `reason = 'unswept'` })
export class BlockEntity {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'block_pkey',
  })
  id!: number;
  @Column({ type: 'int' }) pool_id!: number;
  @Column({ type: 'int' }) pool_cidr_id!: number;
  @Column({ type: 'cidr' }) cidr!: string;
  @Column({ type: 'text' }) reason!: string;
  @Column({ type: 'text' }) subject!: string;
  @Column({ type: 'timestamptz', nullable: true }) until!: string | null;
  @Column({
    type: 'timestamptz',
    nullable: true,
    comment:
      'Of an unswept one: when the allocation expired or was released; a good sweep that began later ends it',
  })
  since!: string | null;
}
