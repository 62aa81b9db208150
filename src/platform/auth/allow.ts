import { SetMetadata } from '@nestjs/common';
import { type Role, ROLES } from '../context/request-context.js';

const KEY = Symbol('access');

export type Access = Role | 'public';

/** Opens a resolver field or a route to callers with this role or a higher one. */
export const Allow = (role: Role) => SetMetadata<symbol, Access>(KEY, role);

/** Opens a resolver field or a route to everybody who reaches the port, also without a token. */
export const Public = () => SetMetadata<symbol, Access>(KEY, 'public');

/** What the decorators of a handler or, failing that, of its class say; undefined without any. */
export function accessOf(handler: object, owner: object): Access | undefined {
  return (Reflect.getMetadata(KEY, handler) ?? Reflect.getMetadata(KEY, owner)) as Access | undefined;
}

/** A higher role includes the lower ones. */
export function includes(held: Role, needed: Role): boolean {
  return ROLES.indexOf(held) >= ROLES.indexOf(needed);
}
