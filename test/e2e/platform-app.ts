/** A small application of the platform's pieces with a few fields of every kind; no database. */
import { Controller, Get, Global, type INestApplication, Module } from '@nestjs/common';
import { APP_GUARD, NestFactory } from '@nestjs/core';
import {
  Args,
  Field,
  InputType,
  Int,
  Mutation,
  ObjectType,
  Query,
  Resolver,
  Subscription,
} from '@nestjs/graphql';
import type { Prefix } from '../../src/address/index.js';
import { AccessGuard } from '../../src/platform/auth/access.guard.js';
import { Allow, Public } from '../../src/platform/auth/allow.js';
import { Authenticator } from '../../src/platform/auth/authenticator.js';
import { Ctx } from '../../src/platform/auth/call.js';
import { type Identity, TokenVerifier } from '../../src/platform/auth/token-verifier.js';
import { ConfigModule } from '../../src/platform/config/config.module.js';
import { loadSettings } from '../../src/platform/config/settings.js';
import type { RequestContext } from '../../src/platform/context/request-context.js';
import { GraphqlApiModule } from '../../src/platform/graphql/graphql.module.js';
import { type Connection, connectionOf, PageArgs } from '../../src/platform/graphql/pagination.js';
import { CIDR } from '../../src/platform/graphql/scalars.js';
import { createHttpAdapter, observeRequests } from '../../src/platform/ops/http-adapter.js';
import { createLog, NestLog } from '../../src/platform/ops/log.js';
import { Metrics } from '../../src/platform/ops/metrics.js';
import { OpsModule } from '../../src/platform/ops/ops.module.js';
import { type Answer, send } from '../support/http.js';

export { type Answer, codeOf, send } from '../support/http.js';

@ObjectType()
class Thing {
  @Field(() => String) name!: string;
  @Field(() => Thing) inner!: Thing;
}
@ObjectType()
class ThingConnection extends connectionOf(Thing) {}

@InputType()
class Inner {
  @Field(() => [String]) words!: string[];
}
@InputType()
class PutInput {
  @Field(() => CIDR) cidr!: Prefix;
  @Field(() => Inner, { nullable: true }) inner?: Inner;
}

/** How often a resolver ran that must not. */
export const reached = { times: 0 };

@Resolver()
class Things {
  @Query(() => String)
  @Allow('reader')
  whoAmI(@Ctx() ctx: RequestContext): string {
    return `${ctx.actor} ${ctx.role} ${ctx.correlation}`;
  }

  @Query(() => String)
  @Public()
  hello(): string {
    return 'hello';
  }

  @Query(() => String)
  forgotten(): string {
    reached.times++;
    return 'secret';
  }

  @Query(() => String)
  @Allow('reader')
  broken(): string {
    throw new Error('relation "pool" does not exist: SELECT secret FROM pool');
  }

  @Query(() => ThingConnection)
  @Allow('reader')
  things(@Args() _page: PageArgs): Connection<Thing> {
    return {
      edges: [],
      nodes: [],
      pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
      totalCount: () => 0,
    };
  }

  @Query(() => Thing)
  @Allow('reader')
  thing(): Thing {
    const thing = { name: 'a' } as Thing;
    thing.inner = thing;
    return thing;
  }

  @Mutation(() => String)
  @Allow('operator')
  put(@Args('input') input: PutInput): string {
    reached.times++;
    return String(input.cidr);
  }

  @Subscription(() => Int, { resolve: (value: number) => value })
  @Allow('reader')
  async *ticks(@Ctx() ctx: RequestContext): AsyncGenerator<number> {
    yield ctx.role.length;
    yield 2;
  }

  @Subscription(() => Int)
  @Allow('reader')
  async *silence(): AsyncGenerator<number> {
    yield await new Promise<number>(() => undefined);
  }
}

@Controller()
class Forgotten {
  @Get('forgotten')
  get(): string {
    return 'secret';
  }
}

/** Tokens that are good; take one out to revoke it. */
export const tokens: Record<string, Identity> = {
  r: { actor: 'token:r', role: 'reader' },
  o: { actor: 'token:o', role: 'operator' },
};
class FakeVerifier extends TokenVerifier {
  verify(secret: string): Identity | null {
    return tokens[secret] ?? null;
  }
  forget(): void {}
}

@Global()
@Module({
  providers: [
    { provide: TokenVerifier, useClass: FakeVerifier },
    Authenticator,
    { provide: APP_GUARD, useClass: AccessGuard },
    Things,
  ],
  controllers: [Forgotten],
  exports: [Authenticator],
})
class Fakes {}

export const logged: string[] = [];

/** Tokens: `r` is a reader, `o` an operator. Listens on a free port. */
export async function bootPlatform(
  env: Record<string, string> = {},
): Promise<{ app: INestApplication; url: string }> {
  const settings = loadSettings({
    CADASTRE_BODY_BYTES: '65536',
    CADASTRE_LOG_LEVEL: 'debug',
    CADASTRE_TOKEN_CACHE_SECONDS: '1',
    ...env,
  });
  @Module({ imports: [ConfigModule.of(settings), Fakes, GraphqlApiModule, OpsModule] })
  class App {}
  const log = createLog(settings.log, { write: (line) => void logged.push(line) });
  const adapter = createHttpAdapter(settings);
  const app = await NestFactory.create(App, adapter, { logger: new NestLog(log) });
  observeRequests(adapter, app.get(Metrics), log);
  await app.listen(0, '127.0.0.1');
  return { app, url: await app.getUrl() };
}

export function sendRaw(url: string, body: string, headers: Record<string, string> = {}): Promise<Answer> {
  return send(`${url}/graphql`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', authorization: 'Bearer o', ...headers },
  });
}
