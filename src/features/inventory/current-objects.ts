import { Injectable } from '@nestjs/common';
import type { Prefix } from '../../address/index.js';
import { CurrentRepository } from './data/current.repository.js';
import type { FoundObject, NetworkCidr } from './domain/current.js';

/** What is observed now, over all accounts and regions, for features that look across them. */
@Injectable()
export class CurrentObjects {
  constructor(private readonly objects: CurrentRepository) {}

  /** Addresses of network interfaces inside each block of a network, in their order; one statement. */
  addressesInUse(asked: readonly NetworkCidr[]): Promise<bigint[]> {
    return asked.length === 0 ? Promise.resolve([]) : this.objects.addressesInUse(asked);
  }

  byId(id: string, limit: number): Promise<FoundObject[]> {
    return this.objects.byId(id, limit);
  }

  /** What has a CIDR or address that contains `prefix`, the innermost first. */
  containing(prefix: Prefix, limit: number): Promise<FoundObject[]> {
    return this.objects.containing(prefix, limit);
  }

  /** By name, then tag, then what else is said of it. Interfaces are not looked into, instances by name only. */
  saying(text: string, limit: number): ReturnType<CurrentRepository['saying']> {
    return this.objects.saying(text, limit);
  }
}
