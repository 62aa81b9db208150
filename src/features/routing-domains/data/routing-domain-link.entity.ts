import { Check, Column, Entity, ForeignKey, Index, PrimaryGeneratedColumn, Unique } from 'typeorm';
import { RoutingDomainEntity } from './routing-domain.entity.js';

@Entity({
  name: 'routing_domain_link',
  comment: 'Two routing domains reach each other, as somebody declared',
})
@Unique('routing_domain_link_once', ['a_id', 'b_id', 'via'])
@Check('routing_domain_link_ends', 'a_id < b_id')
@Check('routing_domain_link_via', `via <> ''`)
@ForeignKey(() => RoutingDomainEntity, ['a_id'], ['id'], { name: 'routing_domain_link_a' })
@ForeignKey(() => RoutingDomainEntity, ['b_id'], ['id'], { name: 'routing_domain_link_b' })
@Index('routing_domain_link_by_b', ['b_id'])
export class RoutingDomainLinkEntity {
  @PrimaryGeneratedColumn('identity', {
    type: 'int',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'routing_domain_link_pkey',
  })
  id!: number;
  @Column({ type: 'int' }) a_id!: number;
  @Column({ type: 'int' }) b_id!: number;
  @Column({ type: 'text', comment: 'What connects them: a peering, a transit gateway, a VPN' }) via!: string;
  @Column({ type: 'timestamptz' }) created_at!: string;
  @Column({ type: 'text' }) created_by!: string;
}
