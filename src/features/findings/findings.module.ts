import { Module } from '@nestjs/common';
import { FindingsResolver } from './api/findings.resolver.js';
import { FindingRepository } from './data/finding.repository.js';
import { FindingsService } from './findings.service.js';

@Module({
  providers: [FindingRepository, FindingsService, FindingsResolver],
  exports: [FindingsService],
})
export class FindingsModule {}
