import { Args, Mutation, Query, Resolver } from '@nestjs/graphql';
import { z } from 'zod';
import { Allow } from '../../../platform/auth/allow.js';
import { Ctx } from '../../../platform/auth/call.js';
import type { Token } from '../../../platform/auth/token-store.js';
import type { RequestContext } from '../../../platform/context/request-context.js';
import { cursorCodec } from '../../../platform/graphql/cursor.js';
import type { Failure } from '../../../platform/graphql/failure.js';
import { type Connection, connectionFrom, PageArgs, readPage } from '../../../platform/graphql/pagination.js';
import { AccessService, tokenId } from '../access.service.js';
import { toFailure } from './failure.mapper.js';
import {
  CreatedToken,
  CreateTokenInput,
  CreateTokenResult,
  RevokeTokenInput,
  RevokeTokenResult,
  TokenConnection,
  TokenType,
} from './token.types.js';

const byName = cursorCodec('tokens', z.string());

@Resolver()
export class AccessResolver {
  constructor(private readonly access: AccessService) {}

  @Query(() => TokenConnection, { description: 'All tokens by name, also expired and revoked ones.' })
  @Allow('admin')
  async tokens(@Args() page: PageArgs): Promise<Connection<TokenType>> {
    const request = readPage(page, byName);
    return connectionFrom(await this.access.tokens(request.limit, request.after), request, {
      codec: byName,
      keyOf: (token) => token.name,
      toNode: toType,
      totalCount: () => this.access.countTokens(),
    });
  }

  @Mutation(() => CreateTokenResult, { description: 'Makes a token and shows its secret, this once.' })
  @Allow('admin')
  async createToken(
    @Ctx() ctx: RequestContext,
    @Args('input', { description: 'Name and role.' }) input: CreateTokenInput,
  ): Promise<CreatedToken | Failure> {
    const outcome = await this.access.createToken(ctx, { ...input, expiresAt: input.expiresAt ?? null });
    if (!outcome.ok) return toFailure(outcome.failure);
    return Object.assign(new CreatedToken(), {
      token: toType(outcome.value.token),
      secret: outcome.value.secret,
    });
  }

  @Mutation(() => RevokeTokenResult, {
    description:
      'Ends a token for good. Other processes of the service may accept it for a few seconds more. Revoking twice changes nothing.',
  })
  @Allow('admin')
  async revokeToken(
    @Ctx() ctx: RequestContext,
    @Args('input', { description: 'Which token.' }) input: RevokeTokenInput,
  ): Promise<TokenType | Failure> {
    const outcome = await this.access.revokeToken(ctx, input.id);
    return outcome.ok ? toType(outcome.value) : toFailure(outcome.failure);
  }
}

function toType(token: Token): TokenType {
  return Object.assign(new TokenType(), { ...token, id: tokenId(token.id) });
}
