export type { Finding, FindingFilter, FindingKind, Observation, Severity } from './domain/finding.js';
export type { Within } from './domain/sync.js';
export { FindingsModule } from './findings.module.js';
export { FindingsService } from './findings.service.js';
export { FindingsResolver } from './api/findings.resolver.js';
export { FindingType, findingTypeOf } from './api/finding.types.js';
