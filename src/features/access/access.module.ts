import { Module } from '@nestjs/common';
import { AuditTrail } from '../../platform/audit/audit-trail.js';
import { AccessService } from './access.service.js';
import { AccessResolver } from './api/access.resolver.js';
import { ChangesOfResolver } from './api/changes-of.resolver.js';

@Module({
  providers: [AccessService, AccessResolver, AuditTrail, ChangesOfResolver],
  exports: [AccessService],
})
export class AccessModule {}
