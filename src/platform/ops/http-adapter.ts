import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { Settings } from '../config/settings.js';
import { CORRELATION_HEADER, correlationOf } from '../graphql/correlation.js';
import type { Metrics } from './metrics.js';

/** Fastify as this service wants it: limits, and a correlation id as `request.id` that every answer echoes. */
export function createHttpAdapter(settings: Settings): FastifyAdapter {
  const adapter = new FastifyAdapter({
    bodyLimit: settings.server.bodyBytes,
    genReqId: correlationOf,
    requestIdHeader: false,
    forceCloseConnections: 'idle',
    // what still arrives while the service stops is answered as ever, and its connection closed
    return503OnClosing: false,
    logger: false,
  });
  const fastify = adapter.getInstance<FastifyInstance>();
  fastify.addHook('onRequest', (request, reply, done) => {
    reply.header(CORRELATION_HEADER, request.id);
    done();
  });
  return adapter;
}

/** Counts every answer and, where the log shows debug, writes a line for it. Before the service listens. */
export function observeRequests(adapter: FastifyAdapter, metrics: Metrics, log: Logger): void {
  const lines = log.isLevelEnabled('debug');
  adapter.getInstance<FastifyInstance>().addHook('onResponse', (request, reply, done) => {
    metrics.observe(request, reply);
    if (lines) {
      log.debug({
        context: 'http',
        correlation: request.id,
        method: request.method,
        path: request.url.split('?')[0],
        status: reply.statusCode,
        milliseconds: Math.round(reply.elapsedTime * 1000) / 1000,
        operation: request.graphqlOperation?.name,
      });
    }
    done();
  });
}
