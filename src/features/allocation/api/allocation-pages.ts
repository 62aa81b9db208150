import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { Prefix } from '../../../address/index.js';
import { cursorCodec } from '../../../platform/graphql/cursor.js';
import {
  type Connection,
  connectionFrom,
  type PageArgs,
  readPage,
} from '../../../platform/graphql/pagination.js';
import { AllocationService } from '../allocation.service.js';
import { ALLOCATION_ORDERS, type AllocationOrder, type AllocationPlace } from '../domain/allocation-list.js';
import type { Allocation } from '../domain/allocation.js';
import { type AllocationFilterInput, filterOf } from './allocation.inputs.js';
import { type AllocationType, allocationTypeOf } from './allocation.types.js';

/** As PostgreSQL takes it: no host bits. */
const canonicalCidr = z.string().refine((text) => Prefix.parse(text).ok);

const byOrder = Object.fromEntries(
  ALLOCATION_ORDERS.map((order) => [
    order,
    cursorCodec(`allocations by ${order}`, z.object({ cidr: canonicalCidr, id: z.int() })),
  ]),
) as Record<AllocationOrder, ReturnType<typeof cursorCodec<AllocationPlace>>>;

/** Pages of allocations, of all pools or of one. */
@Injectable()
export class AllocationPages {
  constructor(private readonly service: AllocationService) {}

  /** `poolId`: the pool whose allocations they are, whatever the filter says. */
  async page(
    page: PageArgs,
    input: AllocationFilterInput,
    order: AllocationOrder,
    poolId?: number,
  ): Promise<Connection<AllocationType>> {
    const codec = byOrder[order];
    const request = readPage(page, codec);
    const asked = input.pool ? await this.service.resolvePool(input.pool) : undefined;
    const inPool = poolId ?? asked ?? undefined;
    const none = asked === null || (asked !== undefined && asked !== inPool);
    const filter = filterOf(input, inPool);
    const rows: Allocation[] = none
      ? []
      : await this.service.list(filter, order, request.limit, request.after);
    return connectionFrom(rows, request, {
      codec,
      keyOf: ({ cidr, id }) => ({ cidr: cidr.toString(), id }),
      toNode: allocationTypeOf,
      totalCount: () => (none ? 0 : this.service.count(filter)),
    });
  }
}
