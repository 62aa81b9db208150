import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

@Entity({ name: 'lease', comment: 'Who does a piece of work of which exactly one process does each' })
@Check('lease_token', 'token > 0')
export class LeaseEntity {
  @PrimaryColumn({ type: 'text', collation: 'C', primaryKeyConstraintName: 'lease_pkey' }) name!: string;
  @Column({
    type: 'text',
    nullable: true,
    comment: 'The process that took it last; null once it has given it up',
  })
  holder!: string | null;
  @Column({
    type: 'bigint',
    default: 1,
    comment: 'The fence: one more with every taking, so that a former holder can tell',
  })
  token!: number;
  @Column({ type: 'timestamptz' }) until!: string;
}
