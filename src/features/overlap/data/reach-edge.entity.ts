import { Check, Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

@Entity({
  name: 'reach_edge',
  comment:
    'Steps that packets can take between routing domains and route tables of transit gateways, as [from, to)',
})
@Check('reach_edge_how', `how IN ('PEERING', 'TRANSIT_GATEWAY', 'VPN', 'DIRECT_CONNECT', 'DECLARED')`)
@Check('reach_edge_span', 'valid_to >= valid_from')
@Index('reach_edge_open', ['from_node', 'to_node', 'how', 'resource'], {
  unique: true,
  where: 'valid_to IS NULL',
})
@Index('reach_edge_by_time', ['valid_from'])
export class ReachEdgeEntity {
  @PrimaryGeneratedColumn('identity', {
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'reach_edge_pkey',
  })
  id!: number;
  @Column({
    type: 'text',
    collation: 'C',
    comment: 'dom_1, or the id of a route table; between two routing domains without a direction',
  })
  from_node!: string;
  @Column({ type: 'text', collation: 'C' }) to_node!: string;
  @Column({ type: 'text' }) how!: string;
  @Column({
    type: 'text',
    comment: 'The peering, transit gateway, VPN connection, Direct Connect gateway or declared link',
  })
  resource!: string;
  @Column({ type: 'timestamptz' }) valid_from!: string;
  @Column({ type: 'timestamptz', nullable: true }) valid_to!: string | null;
}
