export type { Finding, FindingFilter, FindingKind, Observation, Severity } from './domain/finding.js';
export { FindingsModule } from './findings.module.js';
export { FindingsService } from './findings.service.js';
export { FindingsResolver } from './api/findings.resolver.js';
