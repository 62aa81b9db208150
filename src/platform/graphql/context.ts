import { HttpException } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { GraphQLError } from 'graphql';
import type { Authenticator } from '../auth/authenticator.js';
import type { Call } from '../auth/call.js';
import { isUnavailable } from '../database/sqlstate.js';
import { reportFaults } from './client-error.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Name and kind of the GraphQL operation that this request carried, for metrics and log. */
    graphqlOperation?: { readonly name: string | null; readonly kind: string };
  }
}

/** Third argument of every resolver. */
export interface GraphqlContext extends Call {
  /** The HTTP request; absent over WebSocket. */
  readonly req?: FastifyRequest;
}

/** Answers without a promise while the token's verification is remembered. A bad token is HTTP status 401. */
export function httpContext(
  authenticator: Authenticator,
  req: FastifyRequest,
): GraphqlContext | Promise<GraphqlContext> {
  const refuse = (error: unknown): never => {
    throw withStatus(error, req.id);
  };
  try {
    const caller = authenticator.authenticate(req.headers.authorization, req.id);
    if (!(caller instanceof Promise)) return { req, correlation: req.id, caller };
    return caller.then((resolved) => ({ req, correlation: req.id, caller: resolved }), refuse);
  } catch (error) {
    return refuse(error);
  }
}

/** Apollo takes the HTTP status from the extensions and calls no hook of ours that knows the request. */
function withStatus(error: unknown, correlation: string): GraphQLError {
  const status = error instanceof HttpException ? error.getStatus() : isUnavailable(error) ? 503 : 500;
  const wrapped = new GraphQLError((error as Error).message, {
    originalError: error as Error,
    extensions: { http: { status } },
  });
  reportFaults([wrapped], correlation);
  return wrapped;
}
