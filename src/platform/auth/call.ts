import { createParamDecorator, type ExecutionContext, UnauthorizedException } from '@nestjs/common';
import type { RequestContext } from '../context/request-context.js';

/** What both transports know of a request: its correlation id, and who asks; null without a token. */
export interface Call {
  readonly correlation: string;
  readonly caller: RequestContext | null;
}

/** Where the guard leaves the call of a plain HTTP request. */
export interface HttpRequest {
  readonly id: string;
  readonly headers: { readonly authorization?: string };
  call?: Call;
}

/** The call under way; of a plain HTTP request undefined until the guard has run. */
export function callOf(host: ExecutionContext): Call | undefined {
  if (host.getType<'graphql' | 'http'>() === 'graphql') return host.getArgByIndex<Call>(2);
  return host.switchToHttp().getRequest<HttpRequest>().call;
}

/** Parameter decorator: the caller's RequestContext. Not for operations that are `@Public()`. */
export const Ctx = createParamDecorator((_: unknown, host: ExecutionContext): RequestContext => {
  const caller = callOf(host)?.caller;
  if (!caller) throw new UnauthorizedException(TOKEN_MISSING);
  return caller;
});

export const TOKEN_MISSING = 'A token is needed: send the header "Authorization: Bearer <token>".';
