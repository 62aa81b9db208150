import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database.js';
import type { Reader, Tx } from '../../../platform/database/statement.js';

export interface NetworkDomain {
  readonly networkId: string;
  readonly routingDomainId: number;
  readonly declared: boolean;
}

interface Row extends Record<string, unknown> {
  network_id: string;
  routing_domain_id: number;
  declared: boolean;
}

const domainOf = ({ network_id, routing_domain_id, declared }: Row): NetworkDomain => ({
  networkId: network_id,
  routingDomainId: routing_domain_id,
  declared,
});

/** The routing domain of each network. */
@Injectable()
export class NetworkDomainRepository {
  constructor(private readonly database: Database) {}

  /** Of these networks, or of all. */
  async of(networkIds: readonly string[] | null, reader: Reader = this.database): Promise<NetworkDomain[]> {
    const rows = await reader.query<Row>(
      `SELECT network_id, routing_domain_id, declared FROM network_domain WHERE $1::text[] IS NULL OR network_id = ANY ($1)`,
      [networkIds],
    );
    return rows.map(domainOf);
  }

  /** What has one already keeps it. */
  async insert(tx: Tx, networkIds: readonly string[], routingDomainIds: readonly number[]): Promise<void> {
    await tx.query(
      `INSERT INTO network_domain (network_id, routing_domain_id)
       SELECT k.* FROM unnest($1::text[], $2::int[]) k (network_id, routing_domain_id) ORDER BY k.network_id
       ON CONFLICT (network_id) DO NOTHING`,
      [networkIds, routingDomainIds],
    );
  }

  /** As somebody declares; answers with where it was, null where it is new. Until the transaction ends nobody else places it. */
  async place(tx: Tx, networkId: string, routingDomainId: number): Promise<NetworkDomain | null> {
    const [before] = await tx.query<Row>(
      'SELECT network_id, routing_domain_id, declared FROM network_domain WHERE network_id = $1 FOR UPDATE',
      [networkId],
    );
    await tx.query(
      `INSERT INTO network_domain (network_id, routing_domain_id, declared) VALUES ($1, $2, true)
       ON CONFLICT (network_id) DO UPDATE SET routing_domain_id = excluded.routing_domain_id, declared = true`,
      [networkId, routingDomainId],
    );
    return before ? domainOf(before) : null;
  }

  async delete(tx: Tx, networkId: string): Promise<void> {
    await tx.query('DELETE FROM network_domain WHERE network_id = $1', [networkId]);
  }

  /** Networks of a routing domain that are there now or were placed in it, a few. */
  async in(reader: Reader, routingDomainId: number, limit: number): Promise<string[]> {
    const rows = await reader.query<{ network_id: string }>(
      'SELECT network_id FROM network_domain WHERE routing_domain_id = $1 ORDER BY network_id LIMIT $2',
      [routingDomainId, limit],
    );
    return rows.map(({ network_id }) => network_id);
  }
}
