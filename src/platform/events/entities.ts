import { Check, Column, Entity, Index, PrimaryColumn, PrimaryGeneratedColumn, Unique } from 'typeorm';

// Schema only: rows are read and written by SQL, since timestamps keep microseconds (see docs/decisions).

@Entity({ name: 'change', comment: 'One row per change: the audit trail, and the events of the feed' })
@Unique('change_sequence', ['pool_id', 'sequence'])
@Check('change_in_pool', '(pool_id IS NULL) = (sequence IS NULL)')
@Index('change_by_subject', ['subject', 'id'])
export class ChangeEntity {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'change_pkey',
  })
  id!: number;
  @Column({ type: 'int', nullable: true }) pool_id!: number | null;
  @Column({ type: 'bigint', nullable: true, comment: 'Gapless within the pool, drawn under its lock' })
  sequence!: number | null;
  @Column({ type: 'timestamptz', comment: 'When it took effect; of an expiry the due time' }) at!: string;
  @Column({ type: 'timestamptz' }) recorded_at!: string;
  @Column({ type: 'text' }) actor!: string;
  @Column({ type: 'text' }) correlation!: string;
  @Column({ type: 'text' }) action!: string;
  @Column({ type: 'text' }) subject!: string;
  @Column({ type: 'jsonb' }) detail!: Record<string, unknown>;
}

@Entity({
  name: 'outbox',
  comment: 'Changes that wait for their positions: one row per group of one transaction',
})
@Check(
  'outbox_changes',
  `(pool_id IS NULL) = (change_id IS NOT NULL) AND (pool_id IS NULL) = (first_sequence IS NULL)
   AND (pool_id IS NULL) = (last_sequence IS NULL) AND first_sequence <= last_sequence`,
)
export class OutboxEntity {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'outbox_pkey',
    comment: 'Of a pool drawn under its lock, so that the order follows the sequence',
  })
  id!: number;
  @Column({ type: 'int', nullable: true }) pool_id!: number | null;
  @Column({ type: 'bigint', nullable: true }) first_sequence!: number | null;
  @Column({ type: 'bigint', nullable: true }) last_sequence!: number | null;
  @Column({ type: 'bigint', nullable: true, comment: 'The change where it belongs to no pool' })
  change_id!: number | null;
}

@Entity({
  name: 'publication',
  comment:
    'Positions: gapless over the whole service, given after commit by the publisher to one group after the other',
})
@Unique('publication_first_position', ['first_position'])
@Unique('publication_sequence', ['pool_id', 'last_sequence'])
@Index('publication_change', ['change_id'], { unique: true, where: 'change_id IS NOT NULL' })
@Check(
  'publication_changes',
  `(pool_id IS NULL) = (change_id IS NOT NULL) AND (pool_id IS NULL) = (first_sequence IS NULL)
   AND (pool_id IS NULL) = (last_sequence IS NULL)`,
)
@Check(
  'publication_span',
  `first_position > 0 AND first_position <= last_position
   AND last_position - first_position = coalesce(last_sequence - first_sequence, 0)`,
)
export class PublicationEntity {
  @Column({ type: 'bigint' }) first_position!: number;
  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'publication_pkey' }) last_position!: number;
  @Column({ type: 'bigint', nullable: true }) first_sequence!: number | null;
  @Column({ type: 'bigint', nullable: true }) last_sequence!: number | null;
  @Column({ type: 'bigint', nullable: true, comment: 'The change where it belongs to no pool' })
  change_id!: number | null;
  @Column({ type: 'int', nullable: true }) pool_id!: number | null;
}

@Entity({ name: 'publisher', comment: 'The lease and the counter from which positions are drawn; one row' })
@Check('publisher_only_row', 'only_row')
export class PublisherEntity {
  @PrimaryColumn({ type: 'boolean', default: true, primaryKeyConstraintName: 'publisher_pkey' })
  only_row!: boolean;
  @Column({ type: 'text', nullable: true }) holder!: string | null;
  @Column({ type: 'bigint', default: 0 }) token!: number;
  @Column({ type: 'timestamptz', nullable: true }) until!: string | null;
  @Column({ type: 'bigint', default: 0 }) position!: number;
}
