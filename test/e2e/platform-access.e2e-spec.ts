import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Global, type INestApplication, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { DataSource } from 'typeorm';
import { AccessModule, AccessResolver } from '../../src/features/access/index.js';
import { AuthModule } from '../../src/platform/auth/auth.module.js';
import { FirstTokenMaker } from '../../src/platform/auth/first-token.js';
import { undecoratedRootFields } from '../../src/platform/auth/undecorated.js';
import { ConfigModule } from '../../src/platform/config/config.module.js';
import { loadSettings } from '../../src/platform/config/settings.js';
import { createDataSource } from '../../src/platform/database/data-source.js';
import { Database } from '../../src/platform/database/database.js';
import { UnitOfWork } from '../../src/platform/database/unit-of-work.js';
import { EventsModule } from '../../src/platform/events/index.js';
import { GraphqlApiModule } from '../../src/platform/graphql/graphql.module.js';
import { printSchema } from '../../src/platform/graphql/schema-options.js';
import { createHttpAdapter } from '../../src/platform/ops/http-adapter.js';
import { OpsModule } from '../../src/platform/ops/ops.module.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { type Answer, codeOf, sendRaw } from './platform-app.js';

let testDatabase: TestDatabase;
let dataSource: DataSource;
let app: INestApplication;
let url: string;
let folder: string;
let admin: string;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  dataSource = await createDataSource({ url: testDatabase.url }).initialize();
  folder = await mkdtemp(join(tmpdir(), 'cadastre-access-'));
  const settings = loadSettings({ CADASTRE_DATA: folder, CADASTRE_EXPLORER: 'off' });

  @Global()
  @Module({
    providers: [{ provide: DataSource, useValue: dataSource }, Database, UnitOfWork],
    exports: [Database, UnitOfWork],
  })
  class DatabaseModule {}

  @Module({
    imports: [
      ConfigModule.of(settings),
      DatabaseModule,
      EventsModule,
      AuthModule,
      GraphqlApiModule,
      OpsModule,
      AccessModule,
    ],
  })
  class App {}
  app = await NestFactory.create(App, createHttpAdapter(settings), { logger: false });
  await app.listen(0, '127.0.0.1');
  url = await app.getUrl();
  admin = (await app.get(FirstTokenMaker).make())!.secret;
});
afterAll(async () => {
  await app.close();
  await dataSource.destroy();
  await testDatabase.drop();
  await rm(folder, { recursive: true });
});

const ask = (query: string, variables: object = {}, secret = admin): Promise<Answer> =>
  sendRaw(url, JSON.stringify({ query, variables }), { authorization: `Bearer ${secret}` });

const CREATE = `mutation Create($input: CreateTokenInput!) {
  createToken(input: $input) {
    __typename
    ... on CreatedToken { secret token { id name role createdBy expiresAt } }
    ... on Failure { code message }
    ... on NameTaken { name takenBy }
  }
}`;

it('an admin makes a token, it works, and revoked it does not', async () => {
  const created = (await ask(CREATE, { input: { name: 'ci', role: 'OPERATOR' } })).body.data.createToken;
  expect(created).toEqual({
    __typename: 'CreatedToken',
    secret: expect.stringMatching(/^cad_/),
    token: {
      id: expect.stringMatching(/^token_\d+$/),
      name: 'ci',
      role: 'OPERATOR',
      createdBy: 'token:admin',
      expiresAt: null,
    },
  });
  const refused = await ask(CREATE, { input: { name: 'more', role: 'ADMIN' } }, created.secret);
  expect(codeOf(refused)).toBe('FORBIDDEN');

  const revoke =
    'mutation R($id: ID!) { revokeToken(input: { id: $id }) { ... on Token { name revokedAt } ... on Failure { code } } }';
  const revoked = await ask(revoke, { id: created.token.id });
  expect(revoked.body.data.revokeToken).toEqual({ name: 'ci', revokedAt: expect.stringMatching(/Z$/) });
  const after = await ask('{ __typename }', {}, created.secret);
  expect([after.status, codeOf(after)]).toEqual([401, 'UNAUTHENTICATED']);
  expect((await ask(revoke, { id: 'token_12345' })).body.data.revokeToken).toEqual({ code: 'NOT_FOUND' });
});

it('expected failures are data', async () => {
  await ask(CREATE, { input: { name: 'twice', role: 'READER' } });
  expect(
    (await ask(CREATE, { input: { name: 'twice', role: 'READER' } })).body.data.createToken,
  ).toMatchObject({
    __typename: 'NameTaken',
    code: 'NAME_TAKEN',
    name: 'twice',
  });
});

it('lists tokens a page at a time', async () => {
  const list =
    'query L($after: String) { tokens(first: 1, after: $after) { totalCount nodes { name } pageInfo { hasNextPage endCursor } } }';
  const names: string[] = [];
  for (let after: string | null = null, more = true; more;) {
    const page: {
      nodes: { name: string }[];
      totalCount: number;
      pageInfo: { hasNextPage: boolean; endCursor: string };
    } = (await ask(list, { after })).body.data.tokens;
    names.push(...page.nodes.map(({ name }) => name));
    ({ hasNextPage: more, endCursor: after } = page.pageInfo);
    if (!more) expect(page.totalCount).toBe(names.length);
  }
  expect(names).toEqual(['admin', 'ci', 'twice']);
  expect(codeOf(await ask(list, { after: 'x' }))).toBe('BAD_USER_INPUT');
});

it('leaves no root field without a role', () => {
  expect(undecoratedRootFields(app)).toEqual([]);
});

it('prints the schema without starting anything', async () => {
  const schema = await printSchema([AccessResolver]);
  expect(schema).toContain('type TokenConnection {');
  expect(schema).toContain('union CreateTokenResult = CreatedToken | NameTaken | RuleViolation');
  expect(schema).toContain('type NameTaken implements Failure {');
});
