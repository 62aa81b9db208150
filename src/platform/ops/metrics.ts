import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { collectDefaultMetrics, Counter, Histogram, Registry } from 'prom-client';

/** Operation names are the callers' choice: further ones are counted together. */
const MOST_NAMES = 100;

/** What Prometheus reads at `/metrics`. Features add their own to `registry`. */
@Injectable()
export class Metrics {
  readonly registry = new Registry();
  private readonly names = new Set<string>();

  private readonly http = new Histogram({
    name: 'cadastre_http_request_duration_seconds',
    help: 'Time from a request to the end of its answer, in seconds',
    labelNames: ['route', 'method', 'status'] as const,
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers: [this.registry],
  });

  private readonly operations = new Counter({
    name: 'cadastre_graphql_operations_total',
    help: `GraphQL operations over HTTP by name; "other" beyond the first ${MOST_NAMES} names`,
    labelNames: ['operation', 'kind'] as const,
    registers: [this.registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  observe(request: FastifyRequest, reply: FastifyReply): void {
    const route = request.routeOptions.url ?? 'unknown';
    this.http.observe({ route, method: request.method, status: reply.statusCode }, reply.elapsedTime / 1000);
    const operation = request.graphqlOperation;
    if (operation) this.operations.inc({ operation: this.bounded(operation.name), kind: operation.kind });
  }

  private bounded(name: string | null): string {
    if (name === null) return 'anonymous';
    if (this.names.has(name)) return name;
    if (name.length > 60 || this.names.size >= MOST_NAMES) return 'other';
    this.names.add(name);
    return name;
  }
}
