export type { RoutingDomain } from './domain/routing-domain.js';
export { DomainLinksService } from './domain-links.service.js';
export { RoutingDomainsModule } from './routing-domains.module.js';
export { RoutingDomainsService } from './routing-domains.service.js';
export { RoutingDomainType, routingDomainTypeOf } from './api/routing-domain.types.js';
export { RoutingDomainsResolver } from './api/routing-domains.resolver.js';
