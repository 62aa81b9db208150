import { Check, Column, Entity, Index, PrimaryColumn, PrimaryGeneratedColumn, Unique } from 'typeorm';

// Schema only: rows are read and written by SQL, since timestamps keep microseconds (see docs/decisions).

@Entity({ name: 'change', comment: 'One row per change: audit trail and outbox in one' })
@Unique('change_sequence', ['pool_id', 'sequence'])
@Index('change_position', ['position'], { unique: true, where: 'position IS NOT NULL' })
@Check('change_in_pool', '(pool_id IS NULL) = (sequence IS NULL)')
@Index('change_unpublished', ['id'], { where: 'position IS NULL' })
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
  @Column({
    type: 'bigint',
    nullable: true,
    comment: 'Gapless over the whole service, given after commit by the publisher',
  })
  position!: number | null;
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
