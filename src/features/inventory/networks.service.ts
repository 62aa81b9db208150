import { Injectable } from '@nestjs/common';
import { Prefix } from '../../address/index.js';
import { Database } from '../../platform/database/database.js';
import type { Network } from './domain/network.js';

@Injectable()
export class NetworksService {
  constructor(private readonly database: Database) {}

  async current(): Promise<Network[]> {
    const rows = await this.database.query<{
      resource_id: string;
      kind: 'vpc' | 'external_network';
      name: string | null;
      account: string;
      region: string;
      domain: number;
      prefixes: string[];
      missing: boolean;
    }>(
      `SELECT v.resource_id, v.kind, v.name, s.account, s.region, d.id AS domain, v.prefixes::text[] AS prefixes, v.missing_since IS NOT NULL AS missing
       FROM observed_version v JOIN discovery_scope s ON s.id = v.scope_id JOIN routing_domain d ON d.name = v.resource_id
       WHERE v.seen_to IS NULL AND v.kind IN ('vpc', 'external_network') ORDER BY v.resource_id`,
    );
    return rows.map((row) => ({
      id: row.resource_id,
      kind: row.kind,
      name: row.name,
      account: row.account || null,
      region: row.region || null,
      routingDomainId: row.domain,
      cidrs: row.prefixes.map((p) => Prefix.must(p)),
      missing: row.missing,
    }));
  }
}
