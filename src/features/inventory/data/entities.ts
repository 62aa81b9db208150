import {
  Check,
  Column,
  Entity,
  ForeignKey,
  Index,
  PrimaryColumn,
  PrimaryGeneratedColumn,
  Unique,
} from 'typeorm';

// Schema only: rows are read and written by SQL (docs/decisions/0014).

@Entity({
  name: 'discovery_scope',
  comment: 'An account and region that is swept; one more for what people declare',
})
@Unique('discovery_scope_once', ['provider', 'account', 'region'])
export class DiscoveryScopeEntity {
  @PrimaryGeneratedColumn('identity', {
    type: 'int',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'discovery_scope_pkey',
  })
  id!: number;
  @Column({ type: 'text', default: 'aws' }) provider!: string;
  @Column({ type: 'text' }) account!: string;
  @Column({ type: 'text' }) region!: string;
}

@Entity({ name: 'discovery_list', comment: 'State of each list: everything of one kind in one scope' })
@Check('discovery_list_stale', '(stale_since IS NULL) = (stale_reason IS NULL)')
@Check(
  'discovery_list_good',
  '(last_good_at IS NULL) = (covered_since IS NULL) AND (last_good_at IS NOT NULL) = baseline',
)
@Check('discovery_list_counts', 'objects >= 0 AND suspicious >= 0')
@ForeignKey(() => DiscoveryScopeEntity, ['scope_id'], ['id'], { name: 'discovery_list_scope' })
export class DiscoveryListEntity {
  @PrimaryColumn({ type: 'int', primaryKeyConstraintName: 'discovery_list_pkey' }) scope_id!: number;
  @PrimaryColumn({ type: 'text', collation: 'C', primaryKeyConstraintName: 'discovery_list_pkey' })
  kind!: string;
  @Column({
    type: 'boolean',
    default: false,
    comment: 'A first good list is there; from then on differences are changes',
  })
  baseline!: boolean;
  @Column({ type: 'timestamptz', nullable: true, comment: 'When the first good list began' })
  covered_since!: string | null;
  @Column({ type: 'timestamptz', nullable: true, comment: 'When the last good list began' })
  last_good_at!: string | null;
  @Column({ type: 'timestamptz', nullable: true }) last_tried_at!: string | null;
  @Column({ type: 'int', default: 0, comment: 'How many the last good list had' }) objects!: number;
  @Column({
    type: 'timestamptz',
    nullable: true,
    comment: 'When the first list began that was not good, of those since the last good one',
  })
  stale_since!: string | null;
  @Column({ type: 'text', nullable: true }) stale_reason!: string | null;
  @Column({ type: 'smallint', default: 0, comment: 'Suspicious lists in a row' }) suspicious!: number;
  @Column({
    type: 'boolean',
    default: false,
    comment: 'The next suspicious list counts as good, as somebody said',
  })
  drop_accepted!: boolean;
}

@Entity({
  name: 'discovery_gap',
  comment: 'When a list was not good: what it would have shown then is unknown',
})
@Check('discovery_gap_span', 'ended_at > began_at')
@Index('discovery_gap_open', ['scope_id', 'kind'], { unique: true, where: 'ended_at IS NULL' })
@ForeignKey(() => DiscoveryListEntity, ['scope_id', 'kind'], ['scope_id', 'kind'], {
  name: 'discovery_gap_list',
})
export class DiscoveryGapEntity {
  @PrimaryColumn({ type: 'int', primaryKeyConstraintName: 'discovery_gap_pkey' }) scope_id!: number;
  @PrimaryColumn({ type: 'text', collation: 'C', primaryKeyConstraintName: 'discovery_gap_pkey' })
  kind!: string;
  @PrimaryColumn({ type: 'timestamptz', primaryKeyConstraintName: 'discovery_gap_pkey' }) began_at!: string;
  @Column({ type: 'timestamptz', nullable: true }) ended_at!: string | null;
  @Column({ type: 'text' }) reason!: string;
}

@Entity({ name: 'subnet_usage', comment: 'Free IPv4 addresses of subnets, as the provider counts them' })
@Check('subnet_usage_available', 'available >= 0')
@ForeignKey(() => DiscoveryScopeEntity, ['scope_id'], ['id'], { name: 'subnet_usage_scope' })
export class SubnetUsageEntity {
  @PrimaryColumn({ type: 'text', collation: 'C', primaryKeyConstraintName: 'subnet_usage_pkey' })
  subnet_id!: string;
  @PrimaryColumn({ type: 'int', primaryKeyConstraintName: 'subnet_usage_pkey' }) scope_id!: number;
  @Column({ type: 'int' }) available!: number;
  @Column({ type: 'timestamptz', comment: 'When this number was first seen' }) at!: string;
}

@Entity({
  name: 'observed_version',
  comment: 'What was observed of an object in [seen_from, seen_to); a row only where something changed',
})
@Check('observed_version_span', 'seen_to > seen_from OR (seen_to = seen_from AND missing_since IS NOT NULL)')
@Check(
  'observed_version_missing',
  `(missing_since IS NULL) = (last_seen IS NULL) AND (missing_since IS NULL) = (misses = 0)
   AND last_seen >= seen_from AND missing_since > last_seen`,
)
@Check('observed_version_ended', 'seen_to IS NULL OR last_seen IS NULL OR seen_to = last_seen')
@Index('observed_version_current', ['scope_id', 'kind', 'resource_id'], {
  unique: true,
  where: 'seen_to IS NULL',
})
@Index('observed_version_absent', ['scope_id', 'kind', 'resource_id'], {
  where: 'seen_to IS NULL AND missing_since IS NOT NULL',
})
@Index('observed_version_current_by_vpc', ['vpc_id'], { where: 'seen_to IS NULL AND vpc_id IS NOT NULL' })
@Index('observed_version_past_by_vpc', { synchronize: false })
@Index('observed_version_attached_to', { synchronize: false })
@Index('observed_version_prefixes', { synchronize: false })
export class ObservedVersionEntity {
  @PrimaryColumn({ type: 'timestamptz', primaryKeyConstraintName: 'observed_version_pkey' })
  seen_from!: string;
  @Column({
    type: 'timestamptz',
    nullable: true,
    comment: 'Null: current. Of an object that ended the last list that had it',
  })
  seen_to!: string | null;
  @Column({
    type: 'timestamptz',
    nullable: true,
    comment: 'The first good list without it; between last_seen and this nobody knows',
  })
  missing_since!: string | null;
  @Column({
    type: 'timestamptz',
    nullable: true,
    comment: 'The last good list that had it; kept only once it is missing',
  })
  last_seen!: string | null;
  @PrimaryColumn({ type: 'int', primaryKeyConstraintName: 'observed_version_pkey' }) scope_id!: number;
  @Column({ type: 'smallint', default: 0, comment: 'Good lists in a row without it' }) misses!: number;
  @PrimaryColumn({ type: 'text', collation: 'C', primaryKeyConstraintName: 'observed_version_pkey' })
  kind!: string;
  @PrimaryColumn({ type: 'text', collation: 'C', primaryKeyConstraintName: 'observed_version_pkey' })
  resource_id!: string;
  @Column({ type: 'text', collation: 'C', nullable: true }) vpc_id!: string | null;
  @Column({ type: 'text', nullable: true }) name!: string | null;
  @Column({ type: 'text', collation: 'C' }) hash!: string;
  @Column({ type: 'cidr', array: true }) prefixes!: string[];
  @Column({
    type: 'text',
    collation: 'C',
    array: true,
    nullable: true,
    comment: 'VPCs that it connects or serves; only of peerings, attachments and gateways',
  })
  attached_to!: string[] | null;
  @Column({ type: 'jsonb' }) body!: Record<string, unknown>;
}

@Entity({
  name: 'configuration_change',
  comment: 'Changes of what is observed, to filter by; the facts are in the row of change',
})
@Index('configuration_change_by_time', ['at', 'change_id'])
@Index('configuration_change_by_scope', ['scope_id', 'at', 'change_id'])
@Index('configuration_change_by_kind', ['kind', 'at', 'change_id'])
@ForeignKey('change', ['change_id'], ['id'], { name: 'configuration_change_of' })
@ForeignKey(() => DiscoveryScopeEntity, ['scope_id'], ['id'], { name: 'configuration_change_scope' })
export class ConfigurationChangeEntity {
  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'configuration_change_pkey' })
  change_id!: number;
  @Column({ type: 'timestamptz' }) at!: string;
  @Column({ type: 'int' }) scope_id!: number;
  @Column({ type: 'text', collation: 'C' }) kind!: string;
  @Column({ type: 'text', collation: 'C' }) resource_id!: string;
}

@Entity({ name: 'configuration_change_vpc', comment: 'The VPCs that a configuration change concerns' })
@ForeignKey(() => ConfigurationChangeEntity, ['change_id'], ['change_id'], {
  name: 'configuration_change_vpc_of',
})
export class ConfigurationChangeVpcEntity {
  @PrimaryColumn({ type: 'text', collation: 'C', primaryKeyConstraintName: 'configuration_change_vpc_pkey' })
  vpc_id!: string;
  @PrimaryColumn({ type: 'timestamptz', primaryKeyConstraintName: 'configuration_change_vpc_pkey' })
  at!: string;
  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'configuration_change_vpc_pkey' })
  change_id!: number;
}
