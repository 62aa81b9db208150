import type { Scope } from '../../domain/cloud.js';
import type { SubnetBody } from '../../domain/observed.js';

type Reservations = SubnetBody['reservations'];

/**
 * What is known of the CIDR reservations of subnets. The provider lists them one subnet at a time, which would double the
 * calls of a sweep for something that hardly ever changes, so each subnet's are read once in a period. The periods are
 * those of the clock, shifted per subnet: the calls are spread over it, and several processes read at the same times.
 */
export class KnownReservations {
  private readonly scopes = new Map<string, Map<string, { period: number; reservations: Reservations }>>();

  constructor(
    private readonly periodMilliseconds: number,
    private readonly now: () => number = Date.now,
  ) {}

  /** Whether they are read at all. */
  get wanted(): boolean {
    return this.periodMilliseconds > 0;
  }

  /** Undefined: they have to be read. */
  of(scope: Scope, subnetId: string): Reservations | undefined {
    const known = this.scopes.get(keyOf(scope))?.get(subnetId);
    return known && known.period === this.period(subnetId) ? known.reservations : undefined;
  }

  read(scope: Scope, subnetId: string, reservations: Reservations): void {
    const key = keyOf(scope);
    let known = this.scopes.get(key);
    if (!known) this.scopes.set(key, (known = new Map()));
    known.set(subnetId, { period: this.period(subnetId), reservations });
  }

  /** The whole list is read: what is not in it is no longer known. */
  keep(scope: Scope, subnetIds: ReadonlySet<string>): void {
    const known = this.scopes.get(keyOf(scope));
    for (const id of known?.keys() ?? []) if (!subnetIds.has(id)) known!.delete(id);
  }

  private period(subnetId: string): number {
    let shift = 0;
    for (let i = 0; i < subnetId.length; i++) shift = (shift * 31 + subnetId.charCodeAt(i)) >>> 0;
    return Math.floor(this.now() / this.periodMilliseconds + shift / 2 ** 32);
  }
}

function keyOf(scope: Scope): string {
  return `${scope.account}/${scope.region}`;
}
