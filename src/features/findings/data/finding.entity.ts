import { Check, Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

@Entity({
  name: 'finding',
  comment: 'What is wrong: one row from when it was first seen until it was not seen any more',
})
@Check('finding_severity', `severity IN ('INFO', 'WARNING', 'CRITICAL')`)
@Check('finding_subject', `subject <> ''`)
@Check('finding_times', 'first_seen <= last_seen AND last_seen <= ended_at')
@Check(
  'finding_waiver',
  'num_nulls(waived_until, waiver_reason, waiver_contact, waived_by, waived_at) IN (0, 5)',
)
@Index('finding_open', ['kind', 'subject'], { unique: true, where: 'ended_at IS NULL' })
@Index('finding_open_in_area', ['area', 'kind'], { where: 'ended_at IS NULL' })
@Index('finding_by_subject', ['subject', 'kind', 'id'])
export class FindingEntity {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'finding_pkey',
  })
  id!: number;
  @Column({ type: 'text' }) kind!: string;
  @Column({
    type: 'text',
    comment: 'What it is about, as it names itself; at most one open row per kind and subject',
  })
  subject!: string;
  @Column({
    type: 'text',
    comment: 'Who looks whether it is still so: an account and region, a whole feature',
  })
  area!: string;
  @Column({ type: 'text' }) severity!: string;
  @Column({ type: 'text' }) message!: string;
  @Column({ type: 'jsonb' }) detail!: Record<string, unknown>;
  @Column({ type: 'timestamptz' }) first_seen!: string;
  @Column({
    type: 'timestamptz',
    comment: 'Within an hour: an unchanged finding is not written with every look',
  })
  last_seen!: string;
  @Column({ type: 'timestamptz', nullable: true }) ended_at!: string | null;
  @Column({
    type: 'timestamptz',
    nullable: true,
    comment: 'Somebody has answered for it until then; all of the waiver or nothing',
  })
  waived_until!: string | null;
  @Column({ type: 'text', nullable: true }) waiver_reason!: string | null;
  @Column({ type: 'text', nullable: true }) waiver_contact!: string | null;
  @Column({ type: 'text', nullable: true }) waived_by!: string | null;
  @Column({ type: 'timestamptz', nullable: true }) waived_at!: string | null;
}
