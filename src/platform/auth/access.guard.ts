import {
  type CanActivate,
  type ExecutionContext,
  ForbiddenException,
  Injectable,
  UnauthorizedException,
} from '@nestjs/common';
import { accessOf, includes } from './allow.js';
import { Authenticator } from './authenticator.js';
import { type Call, callOf, type HttpRequest, TOKEN_MISSING } from './call.js';

/** Global and closed by default: what carries neither `@Allow(…)` nor `@Public()` is open to nobody. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(private readonly authenticator: Authenticator) {}

  canActivate(host: ExecutionContext): boolean | Promise<boolean> {
    const needed = accessOf(host.getHandler(), host.getClass());
    if (needed === undefined)
      throw new ForbiddenException('This operation declares no role, so nobody may use it.');
    if (needed === 'public') return true;
    const decide = ({ caller }: Call): boolean => {
      if (!caller) throw new UnauthorizedException(TOKEN_MISSING);
      if (includes(caller.role, needed)) return true;
      throw new ForbiddenException(
        `This needs a token with the role ${needed}; yours has the role ${caller.role}.`,
      );
    };
    const call = callOf(host);
    return call ? decide(call) : this.identify(host).then(decide);
  }

  private async identify(host: ExecutionContext): Promise<Call> {
    const request = host.switchToHttp().getRequest<HttpRequest>();
    const caller = await this.authenticator.authenticate(request.headers.authorization, request.id);
    return (request.call = { correlation: request.id, caller });
  }
}
