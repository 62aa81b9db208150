import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';
import { DiscoveryScopeEntity } from './entities.js';
import type { ScopeFailure, ScopeStatus, SweepCause, SweepStatus } from '../domain/sweep.js';

@Entity({ name: 'discovery_account', comment: 'An account whose regions are discovered, and how to get in' })
@Check('discovery_account_number', `account ~ '^[0-9]{12}$'`)
@Check('discovery_account_regions', 'cardinality(regions) > 0')
@Check('discovery_account_source', `source IN ('list', 'organization')`)
@Check('discovery_account_external_id', 'external_id IS NULL OR role_arn IS NOT NULL')
export class DiscoveryAccountEntity {
  @PrimaryColumn({ type: 'text', collation: 'C', primaryKeyConstraintName: 'discovery_account_pkey' })
  account!: string;
  @Column({ type: 'text', default: '' }) name!: string;
  @Column({
    type: 'text',
    nullable: true,
    comment: 'The role to assume; null: the credentials of the service itself',
  })
  role_arn!: string | null;
  @Column({ type: 'text', nullable: true }) external_id!: string | null;
  @Column({ type: 'text', array: true }) regions!: string[];
  @Column({ type: 'boolean', default: true }) enabled!: boolean;
  @Column({ type: 'text', default: 'list', comment: 'Who named it: a list, or the organization' })
  source!: 'list' | 'organization';
  @Column({ type: 'timestamptz' }) created_at!: string;
  @Column({ type: 'text' }) created_by!: string;
  @Column({ type: 'timestamptz' }) updated_at!: string;
  @Column({ type: 'text' }) updated_by!: string;
}

@Entity({ name: 'sweep', comment: 'One reading of accounts and regions; any process works off its scopes' })
@Check('sweep_status', `status IN ('RUNNING', 'DONE', 'CANCELLED')`)
@Check('sweep_cause', `cause IN ('asked', 'schedule')`)
@Check('sweep_ended', `(ended_at IS NULL) = (status = 'RUNNING')`)
@Index('sweep_running', ['id'], { where: `status = 'RUNNING'` })
export class SweepEntity {
  @PrimaryGeneratedColumn('identity', {
    type: 'int',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'sweep_pkey',
  })
  id!: number;
  @Column({ type: 'text', default: 'RUNNING' }) status!: SweepStatus;
  @Column({ type: 'text' }) cause!: SweepCause;
  @Column({ type: 'text', array: true, comment: 'Which kinds of objects it reads' }) kinds!: string[];
  @Column({ type: 'timestamptz' }) started_at!: string;
  @Column({ type: 'text' }) started_by!: string;
  @Column({ type: 'timestamptz', comment: 'When it was started or resumed last' }) running_since!: string;
  @Column({ type: 'timestamptz', nullable: true }) ended_at!: string | null;
  @Column({
    type: 'text',
    nullable: true,
    comment: 'What could not be done with what was read, when it ended',
  })
  problem!: string | null;
}

@Entity({
  name: 'sweep_scope',
  comment: 'One account and region of a sweep; the counts are of the last attempt',
})
@Check('sweep_scope_status', `status IN ('PENDING', 'RUNNING', 'DONE', 'FAILED', 'CANCELLED')`)
@Check('sweep_scope_token', `(token IS NULL) = (status <> 'RUNNING')`)
@Check('sweep_scope_ended', `(ended_at IS NULL) = (status IN ('PENDING', 'RUNNING'))`)
@ForeignKey(() => SweepEntity, ['sweep_id'], ['id'], { name: 'sweep_scope_of', onDelete: 'CASCADE' })
@ForeignKey(() => DiscoveryScopeEntity, ['scope_id'], ['id'], { name: 'sweep_scope_scope' })
@Index('sweep_scope_open', ['sweep_id', 'scope_id'], { where: `status IN ('PENDING', 'RUNNING')` })
export class SweepScopeEntity {
  @PrimaryColumn({ type: 'int', primaryKeyConstraintName: 'sweep_scope_pkey' }) sweep_id!: number;
  @PrimaryColumn({ type: 'int', primaryKeyConstraintName: 'sweep_scope_pkey' }) scope_id!: number;
  @Column({ type: 'text', default: 'PENDING' }) status!: ScopeStatus;
  @Column({ type: 'bigint', nullable: true, comment: 'Of the lease under which it is being swept' })
  token!: number | null;
  @Column({ type: 'smallint', default: 0 }) attempts!: number;
  @Column({
    type: 'timestamptz',
    nullable: true,
    comment: 'When the last attempt began: all that it found is of this instant',
  })
  began_at!: string | null;
  @Column({ type: 'timestamptz', nullable: true }) ended_at!: string | null;
  @Column({ type: 'bigint', default: 0 }) calls!: number;
  @Column({ type: 'bigint', default: 0 }) throttles!: number;
  @Column({ type: 'bigint', default: 0 }) retries!: number;
  @Column({ type: 'bigint', default: 0 }) objects!: number;
  @Column({ type: 'bigint', default: 0 }) changed!: number;
  @Column({ type: 'bigint', default: 0 }) missing!: number;
  @Column({ type: 'text', array: true, default: () => `'{}'`, comment: 'Kinds whose list was good' })
  good!: string[];
  @Column({
    type: 'jsonb',
    default: () => `'[]'`,
    comment: 'Lists that could not be read: kind, reason, message',
  })
  failures!: ScopeFailure[];
}
