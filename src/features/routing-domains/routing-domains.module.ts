import { Module } from '@nestjs/common';
import { RoutingDomainsResolver } from './api/routing-domains.resolver.js';
import { RoutingDomainRepository } from './data/routing-domain.repository.js';
import { RoutingDomainsService } from './routing-domains.service.js';

@Module({
  providers: [RoutingDomainRepository, RoutingDomainsService, RoutingDomainsResolver],
  exports: [RoutingDomainsService],
})
export class RoutingDomainsModule {}
