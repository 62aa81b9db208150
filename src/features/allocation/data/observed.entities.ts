import { Check, Column, Entity, Index, PrimaryColumn, PrimaryGeneratedColumn, Unique } from 'typeorm';

// Schema only, as in entities.ts.

@Entity({
  name: 'observed_space',
  comment:
    'CIDRs in use in the cloud or declared elsewhere, as each source reported them; what they block follows from it',
})
@Unique('observed_space_once', ['source', 'resource', 'cidr', 'routing_domain_id'])
@Check('observed_space_source', `source <> '' AND position(':' IN source) = 0`)
@Check('observed_space_within', 'within IS NULL OR cidr <<= within')
@Index('observed_space_by_cidr', { synchronize: false })
export class ObservedSpaceEntity {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'observed_space_pkey',
  })
  id!: number;
  @Column({ type: 'text' }) source!: string;
  @Column({ type: 'text' }) resource!: string;
  @Column({ type: 'cidr' }) cidr!: string;
  @Column({
    type: 'int',
    nullable: true,
    comment:
      'Where it is in use; null: only GLOBAL pools care. Numbers are never used twice, so no foreign key',
  })
  routing_domain_id!: number | null;
  @Column({
    type: 'cidr',
    nullable: true,
    comment: 'Of a part (a subnet): the CIDR that it is a part of; it blocks only pool CIDRs inside that',
  })
  within!: string | null;
}

@Entity({ name: 'swept_scope', comment: 'Accounts and regions that discovery covers' })
export class SweptScopeEntity {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'swept_scope_pkey' }) provider!: string;
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'swept_scope_pkey' }) account!: string;
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'swept_scope_pkey' }) region!: string;
  @Column({ type: 'timestamptz', comment: 'When the last good sweep began' }) began_at!: string;
}
