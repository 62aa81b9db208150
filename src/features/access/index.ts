export { AccessModule } from './access.module.js';
export { AccessService, type CreateToken } from './access.service.js';
export { AccessResolver } from './api/access.resolver.js';
export { ChangeType, changeTypeOf } from './api/change.types.js';
export { ChangesOfResolver } from './api/changes-of.resolver.js';
