import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

// Schema only, as in entities.ts.

@Entity({
  name: 'network_domain',
  comment: 'The routing domain of each VPC and external network, from when it was first seen on',
})
@ForeignKey('routing_domain', ['routing_domain_id'], ['id'], { name: 'network_domain_routing_domain' })
@Index('network_domain_by_routing_domain', ['routing_domain_id'])
export class NetworkDomainEntity {
  @PrimaryColumn({ type: 'text', collation: 'C', primaryKeyConstraintName: 'network_domain_pkey' })
  network_id!: string;
  @Column({ type: 'int' }) routing_domain_id!: number;
  @Column({ type: 'boolean', default: false, comment: 'Somebody said so; else it is one of its own' })
  declared!: boolean;
}

@Entity({
  name: 'reconciled_scope',
  comment: 'How far what was observed of a scope has been compared with what is allocated',
})
@ForeignKey('discovery_scope', ['scope_id'], ['id'], { name: 'reconciled_scope_scope' })
export class ReconciledScopeEntity {
  @PrimaryColumn({ type: 'int', primaryKeyConstraintName: 'reconciled_scope_pkey' }) scope_id!: number;
  @Column({ type: 'timestamptz', comment: 'When the last list began that has been compared' })
  tried_at!: string;
}

@Entity({
  name: 'unseen_allocation',
  comment: 'Allocations to cloud resources that good lists did not have',
})
@Check('unseen_allocation_looks', 'looks > 0')
@ForeignKey('allocation', ['allocation_id'], ['id'], { name: 'unseen_allocation_allocation' })
export class UnseenAllocationEntity {
  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'unseen_allocation_pkey' })
  allocation_id!: number;
  @Column({
    type: 'timestamptz',
    comment: 'The last change of the allocation when looking began: after another it begins anew',
  })
  since!: string;
  @Column({
    type: 'smallint',
    comment: 'Good lists in a row without it, counted up to what makes an orphan',
  })
  looks!: number;
  @Column({ type: 'timestamptz', comment: 'When the last of them began' }) last_look_at!: string;
}
