import { Global, Module } from '@nestjs/common';
import { Leases } from './leases.js';
import { Scheduler } from './scheduler.js';

/** Work that the service does by itself: from time to time, and each piece of it in one process. */
@Global()
@Module({ providers: [Leases, Scheduler], exports: [Leases, Scheduler] })
export class JobsModule {}
