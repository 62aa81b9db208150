import { Global, Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { HttpErrorsFilter } from './http-errors.filter.js';
import { Metrics } from './metrics.js';
import { OpsController } from './ops.controller.js';
import { ReadinessChecks } from './readiness.js';

/** `/healthz`, `/readyz`, `/metrics`, typed HTTP errors, and the checks of readiness that features add to. */
@Global()
@Module({
  controllers: [OpsController],
  providers: [Metrics, ReadinessChecks, { provide: APP_FILTER, useClass: HttpErrorsFilter }],
  exports: [Metrics, ReadinessChecks],
})
export class OpsModule {}
