import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../platform/context/request-context.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { Publisher, recordChange } from '../../platform/events/index.js';
import { type AwsList, ListRepository } from './data/list.repository.js';
import { ReadRepository } from './data/read.repository.js';
import { type InventoryFailure, type Outcome, refused } from './domain/failure.js';
import type { ListStatus } from './domain/inventory-list.js';

/** What people decide about lists. Who may is decided before. */
@Injectable()
export class ListsService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly lists: ListRepository,
    private readonly reads: ReadRepository,
    private readonly publisher: Publisher,
  ) {}

  /**
   * The next list that shows the drop which is held back counts as good. Repeatable. NOT_FOUND where none is held
   * back.
   */
  async acceptDrop(ctx: RequestContext, list: AwsList): Promise<Outcome<ListStatus>> {
    const outcome = await this.unitOfWork.run<Outcome<ListStatus>>(ctx, async (tx) => {
      const accepted = await this.lists.acceptDrop(tx, list);
      if (accepted === null) return refused(nothingHeldBack(list));
      const { account, region, kind } = list;
      const [status] = await this.reads.lists({ accounts: [account], region, kind }, tx);
      if (accepted) {
        const subject = `aws/${account}/${region}`;
        const detail = { kind, reason: status!.staleReason };
        await recordChange(tx, ctx, { action: 'inventory.drop_accepted', subject, detail });
      }
      return { ok: true, value: status! };
    });
    if (outcome.ok) this.publisher.wake();
    return outcome;
  }
}

function nothingHeldBack({ account, region, kind }: AwsList): InventoryFailure {
  const id = `${account}/${region}/${kind}`;
  const message = `No drop is held back in the list ${JSON.stringify(id)}: only a suspicious list has one.`;
  return { code: 'NOT_FOUND', message, id };
}
