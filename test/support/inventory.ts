import { createHash } from 'node:crypto';
import { ConfigurationChangeRepository } from '../../src/features/inventory/data/configuration-change.repository.js';
import { ListRepository } from '../../src/features/inventory/data/list.repository.js';
import { ScopeRepository } from '../../src/features/inventory/data/scope.repository.js';
import { VersionRepository } from '../../src/features/inventory/data/version.repository.js';
import { canonicalBody } from '../../src/features/inventory/domain/canonical-body.js';
import type { Body } from '../../src/features/inventory/domain/change.js';
import type { ObservedObject, StoredKind } from '../../src/features/inventory/domain/observed.js';
import { InventoryStore } from '../../src/features/inventory/inventory-store.js';
import { loadSettings } from '../../src/platform/config/settings.js';
import { parseInstant, plusSeconds } from '../../src/platform/context/instant.js';
import { systemContext } from '../../src/platform/context/request-context.js';
import { createDataSource } from '../../src/platform/database/data-source.js';
import { Database } from '../../src/platform/database/database.js';
import { UnitOfWork } from '../../src/platform/database/unit-of-work.js';
import { Publisher } from '../../src/platform/events/index.js';
import { createTestDatabase } from './postgres.js';

const START = parseInstant('2026-01-01T00:00:00Z');

/** When the n-th sweep of a test began. */
export const sweepAt = (n: number): number => plusSeconds(START, n * 600);

/** An object as discovery hands it over. */
export function observed(
  kind: StoredKind,
  id: string,
  body: Body,
  {
    vpcId = null,
    prefixes = [],
    name = null,
  }: { vpcId?: string | null; prefixes?: readonly string[]; name?: string | null } = {},
): ObservedObject {
  const text = JSON.stringify(canonicalBody(body));
  const hash = createHash('sha256').update(`${kind}\n${text}`).digest('base64url').slice(0, 22);
  return { id, vpcId, name, prefixes, body: text, hash };
}

/** The store on a database of its own, wired by hand: no Nest, no HTTP. */
export async function startInventory({ misses = 3 }: { misses?: number } = {}) {
  const created = await createTestDatabase();
  const dataSource = await createDataSource({ url: created.url, poolSize: 4 }).initialize();
  const database = new Database(dataSource);
  const unitOfWork = new UnitOfWork(database);
  const publisher = new Publisher(database);
  const [scopes, lists] = [new ScopeRepository(database), new ListRepository(database)];
  const [versions, changes] = [new VersionRepository(database), new ConfigurationChangeRepository()];
  const settings = loadSettings({ DATABASE_URL: created.url, CADASTRE_DISCOVERY_MISSES: String(misses) });
  const store = new InventoryStore(unitOfWork, publisher, scopes, lists, versions, changes, settings);
  const ctx = systemContext('test');
  return {
    database,
    unitOfWork,
    publisher,
    store,
    lists,
    ctx,
    async stop(): Promise<void> {
      await publisher.onApplicationShutdown();
      await dataSource.destroy();
      await created.drop();
    },
  };
}

export type Inventory = Awaited<ReturnType<typeof startInventory>>;
