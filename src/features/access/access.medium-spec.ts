import { AuditTrail } from '../../platform/audit/audit-trail.js';
import type { DataSource } from 'typeorm';
import { createTestDatabase, type TestDatabase } from '../../../test/support/postgres.js';
import { TokenStore } from '../../platform/auth/token-store.js';
import { StoredTokenVerifier } from '../../platform/auth/token-verifier.js';
import { loadSettings } from '../../platform/config/settings.js';
import { parseInstant } from '../../platform/context/instant.js';
import { systemContext } from '../../platform/context/request-context.js';
import { createDataSource } from '../../platform/database/data-source.js';
import { Database } from '../../platform/database/database.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { Publisher } from '../../platform/events/index.js';
import { AccessService } from './access.service.js';

const ctx = systemContext('test');
let testDatabase: TestDatabase;
let dataSource: DataSource;
let database: Database;
let store: TokenStore;
let verifier: StoredTokenVerifier;
let publisher: Publisher;
let access: AccessService;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  dataSource = await createDataSource({ url: testDatabase.url }).initialize();
  database = new Database(dataSource);
  store = new TokenStore(database);
  verifier = new StoredTokenVerifier(store, loadSettings({}));
  publisher = new Publisher(database);
  access = new AccessService(new UnitOfWork(database), store, verifier, new AuditTrail(database), publisher);
});
afterAll(async () => {
  await publisher.onApplicationShutdown();
  await dataSource.destroy();
  await testDatabase.drop();
});

async function created(name: string, role: 'reader' | 'operator' | 'admin' = 'reader') {
  const outcome = await access.createToken(ctx, { name, role, expiresAt: null });
  if (!outcome.ok) throw new Error(outcome.failure.message);
  return outcome.value;
}

it('a new token is good at once, and revoked it is not', async () => {
  const { token, secret } = await created('ci', 'operator');
  expect(await verifier.verify(secret)).toEqual({ actor: 'token:ci', role: 'operator' });
  expect(await access.revokeToken(ctx, `token_${token.id}`)).toMatchObject({
    ok: true,
    value: { name: 'ci', revokedAt: expect.any(Number) },
  });
  expect(await verifier.verify(secret)).toBeNull();
});

it('stores no secret, not in the trail either', async () => {
  const { secret } = await created('quiet');
  const rows = await database.query(
    `SELECT t::text || hash::text AS row FROM token t UNION ALL SELECT c::text FROM change c`,
  );
  expect(JSON.stringify(rows)).not.toContain(secret.slice(4));
});

it('writes one change per change', async () => {
  const { token } = await created('trail', 'admin');
  await access.revokeToken(ctx, `token_${token.id}`);
  await access.revokeToken(ctx, `token_${token.id}`);
  const changes = await database.query(
    'SELECT action, actor, detail FROM change WHERE subject = $1 ORDER BY id',
    [`token_${token.id}`],
  );
  expect(changes).toEqual([
    {
      action: 'token.created',
      actor: 'system:test',
      detail: { name: 'trail', role: 'admin', expiresAt: null },
    },
    { action: 'token.revoked', actor: 'system:test', detail: { name: 'trail' } },
  ]);
});

it('never gives a name twice', async () => {
  const { token } = await created('once');
  await access.revokeToken(ctx, `token_${token.id}`);
  expect(await access.createToken(ctx, { name: 'once', role: 'reader', expiresAt: null })).toMatchObject({
    ok: false,
    failure: { code: 'NAME_TAKEN', name: 'once' },
  });
});

it('refuses names and deadlines that make no sense', async () => {
  expect(await access.createToken(ctx, { name: 'a b', role: 'reader', expiresAt: null })).toMatchObject({
    ok: false,
    failure: { code: 'RULE_VIOLATION', rule: 'name' },
  });
  const past = parseInstant('2020-01-01T00:00:00Z');
  expect(await access.createToken(ctx, { name: 'past', role: 'reader', expiresAt: past })).toMatchObject({
    ok: false,
    failure: { code: 'RULE_VIOLATION', rule: 'expiresAt' },
  });
});

it.each(['token_999999', 'token_0', 'token_99999999999', 'pool_1', '', "token_1' OR 1=1"])(
  'knows no token %j',
  async (id) => {
    expect(await access.revokeToken(ctx, id)).toMatchObject({
      ok: false,
      failure: { code: 'NOT_FOUND', id },
    });
  },
);

it('an expired token is refused', async () => {
  const { token, secret } = await created('brief');
  await database.query(`UPDATE token SET expires_at = cadastre_now() - interval '1 second' WHERE id = $1`, [
    token.id,
  ]);
  expect(await verifier.verify(secret)).toBeNull();
});

it('lists by name, a page at a time', async () => {
  const all = await access.tokens(100, null);
  expect(all.map(({ name }) => name)).toEqual([...all.map(({ name }) => name)].sort());
  expect(await access.tokens(1, all[0]!.name)).toEqual([all[1]]);
  expect(await access.countTokens()).toBe(all.length);
});
