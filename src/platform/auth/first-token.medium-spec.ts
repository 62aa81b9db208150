import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { createTestDatabase, type TestDatabase } from '../../../test/support/postgres.js';
import { loadSettings } from '../config/settings.js';
import { createDataSource } from '../database/data-source.js';
import { Database } from '../database/database.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { announceFirstToken, FirstTokenMaker } from './first-token.js';
import { TokenStore } from './token-store.js';
import { StoredTokenVerifier } from './token-verifier.js';

let testDatabase: TestDatabase;
let dataSource: DataSource;
let database: Database;
let folder: string;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  dataSource = await createDataSource({ url: testDatabase.url }).initialize();
  database = new Database(dataSource);
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cadastre-first-token-'));
  await database.query('DELETE FROM token');
});
afterEach(() => rm(folder, { recursive: true }));
afterAll(async () => {
  await dataSource.destroy();
  await testDatabase.drop();
});

function maker(env: Record<string, string> = {}): FirstTokenMaker {
  const settings = loadSettings({ CADASTRE_DATA: join(folder, 'data'), ...env });
  return new FirstTokenMaker(new UnitOfWork(database), new TokenStore(database), settings);
}

it('makes one admin token whose secret only its owner can read', async () => {
  const first = (await maker().make())!;
  expect(await readFile(first.file, 'utf8')).toBe(`${first.secret}\n`);
  expect((await stat(first.file)).mode & 0o777).toBe(0o600);
  const verifier = new StoredTokenVerifier(new TokenStore(database), loadSettings({}));
  expect(await verifier.verify(first.secret)).toEqual({ actor: 'token:admin', role: 'admin' });
  expect(await maker().make()).toBeNull();
  expect(await readFile(first.file, 'utf8')).toBe(`${first.secret}\n`);
});

it('makes one where several processes start together', async () => {
  const made = await Promise.all(Array.from({ length: 5 }, () => maker().make()));
  expect(made.filter((first) => first !== null)).toHaveLength(1);
  expect(await database.query('SELECT name FROM token')).toEqual([{ name: 'admin' }]);
});

it('makes none where the environment gives one, or where a token was revoked', async () => {
  expect(await maker({ CADASTRE_ADMIN_TOKEN: 'x'.repeat(32) }).make()).toBeNull();
  await maker().make();
  await database.query('UPDATE token SET revoked_at = cadastre_now()');
  expect(await maker().make()).toBeNull();
});

it('leaves no row where the file cannot be written', async () => {
  await writeFile(join(folder, 'file'), '');
  await expect(maker({ CADASTRE_DATA: join(folder, 'file', 'data') }).make()).rejects.toThrow();
  expect(await database.query('SELECT name FROM token')).toEqual([]);
});

it.each([true, false])('shows the secret on a terminal only (%j)', (isTTY) => {
  const shown: string[] = [];
  const stdout = { isTTY, write: (text: string) => shown.push(text) > 0 };
  announceFirstToken(
    { file: '/data/admin-token', secret: 'cad_secret' },
    stdout as unknown as NodeJS.WriteStream,
  );
  expect(shown.join('').includes('cad_secret')).toBe(isTTY);
});
