import { Controller, Get, Header, Logger, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Allow, Public } from '../auth/allow.js';
import { Metrics } from './metrics.js';
import { type Readiness, ReadinessChecks } from './readiness.js';

/** For load balancers and Prometheus. `/metrics` names operations and counts, so it takes a reader's token. */
@Controller()
export class OpsController {
  private readonly logger = new Logger('readiness');

  constructor(
    private readonly readiness: ReadinessChecks,
    private readonly metrics: Metrics,
  ) {}

  /** The process answers. Says nothing of the database: a restart would not mend that. */
  @Get('healthz')
  @Public()
  @Header('cache-control', 'no-store')
  health(): { status: string } {
    return { status: 'ok' };
  }

  /** 200 when every check passes, else 503; either way the state of each. */
  @Get('readyz')
  @Public()
  @Header('cache-control', 'no-store')
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<Readiness> {
    const readiness = await this.readiness.run((name, error) =>
      this.logger.warn({ msg: `not ready: ${name}`, reason: (error as Error).message }),
    );
    void reply.code(readiness.ready ? 200 : 503);
    return readiness;
  }

  @Get('metrics')
  @Allow('reader')
  async scrape(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    void reply.header('content-type', this.metrics.registry.contentType);
    return this.metrics.registry.metrics();
  }
}
