import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { GraphQLError } from 'graphql';
import { reportFaults, toClientError } from '../graphql/client-error.js';

/**
 * Answers outside GraphQL in the same form and with the same codes: unknown paths, bodies that are too large or
 * no JSON, refused routes. What GraphQL resolvers throw passes through to Apollo.
 */
@Catch()
export class HttpErrorsFilter implements ExceptionFilter {
  private readonly logger = new Logger('http');

  catch(error: unknown, host: ArgumentsHost): void {
    if (host.getType<'http' | 'graphql'>() === 'graphql') throw error;
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const status = statusOf(error);
    const cause =
      status < 500 && !(error instanceof HttpException)
        ? new HttpException(messageOf(error), status)
        : (error as Error);
    const wrapped = new GraphQLError(messageOf(cause), { originalError: cause });
    reportFaults([wrapped], request.id);
    if (status === 401) void reply.header('www-authenticate', 'Bearer');
    // a body that was not read to its end leaves nothing to read the next request from
    if (status === 413) void reply.header('connection', 'close');
    // a handler may have announced another type before it failed
    void reply
      .code(status)
      .type('application/json; charset=utf-8')
      .send({ errors: [toClientError(wrapped.toJSON(), wrapped)] });
    this.logger.debug({ msg: messageOf(error), correlation: request.id, status });
  }
}

function statusOf(error: unknown): number {
  if (error instanceof HttpException) return error.getStatus();
  const status = (error as { statusCode?: unknown } | null)?.statusCode;
  return typeof status === 'number' && status >= 400 && status < 600 ? status : 500;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
