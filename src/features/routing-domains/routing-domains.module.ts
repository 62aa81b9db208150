import { Module } from '@nestjs/common';
import { DomainLinksLoader } from './api/domain-links.loader.js';
import { DomainLinksResolver } from './api/domain-links.resolver.js';
import { RoutingDomainsResolver } from './api/routing-domains.resolver.js';
import { DomainLinkRepository } from './data/domain-link.repository.js';
import { RoutingDomainRepository } from './data/routing-domain.repository.js';
import { DomainLinksService } from './domain-links.service.js';
import { RoutingDomainsService } from './routing-domains.service.js';

@Module({
  providers: [
    RoutingDomainRepository,
    DomainLinkRepository,
    RoutingDomainsService,
    DomainLinksService,
    RoutingDomainsResolver,
    DomainLinksResolver,
    DomainLinksLoader,
  ],
  exports: [RoutingDomainsService, DomainLinksService],
})
export class RoutingDomainsModule {}
