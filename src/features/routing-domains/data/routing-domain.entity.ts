import { Check, Column, Entity, PrimaryGeneratedColumn, Unique } from 'typeorm';

@Entity({ name: 'routing_domain', comment: 'A set of networks in which an address means one thing' })
@Unique('routing_domain_name_taken', ['name'])
@Check('routing_domain_name_is_no_id', `name <> '' AND name !~ '^(pool|alloc|dom|link)_'`)
export class RoutingDomainEntity {
  @PrimaryGeneratedColumn('identity', {
    type: 'int',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'routing_domain_pkey',
  })
  id!: number;
  @Column({ type: 'text' }) name!: string;
  @Column({ type: 'text', default: '' }) description!: string;
  @Column({ type: 'jsonb', default: () => `'{}'` }) tags!: Record<string, string>;
  @Column({ type: 'timestamptz' }) created_at!: string;
  @Column({ type: 'text' }) created_by!: string;
  @Column({ type: 'int', default: 1 }) version!: number;
}
