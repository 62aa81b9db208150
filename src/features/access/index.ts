export { AccessModule } from './access.module.js';
export { AccessService, type CreateToken } from './access.service.js';
export { AccessResolver } from './api/access.resolver.js';
