import { assertUnreachable } from './assert-unreachable.js';
import { subjectOf } from './claims.js';
import type { Command, CommandById, Outcome } from './command.js';
import { turnDue } from './due.js';
import { type Actor, type BlockDelta, type ChangeOfAllocation, Ledger, type LoadedState } from './ledger.js';
import type { Allocation } from './allocation.js';
import type { FreeBlock } from './free-space.js';
import { take } from './take.js';
import { confirm, refused, release, renew, restore, settle, update } from './transitions.js';

/** One command and who gave it. */
export interface Item extends Actor {
  readonly command: Command;
}

/** What a batch comes to: an answer per item, in their order, and what is to be written for it. */
export interface BatchDecision {
  readonly outcomes: readonly Outcome[];
  readonly written: readonly { before: Allocation | null; after: Allocation }[];
  readonly freeBlocks: { readonly removed: readonly FreeBlock[]; readonly added: readonly FreeBlock[] };
  readonly blocks: BlockDelta;
  /** In the order in which they are recorded. */
  readonly changes: readonly ChangeOfAllocation[];
}

/**
 * Decides all items of one pool in order, each seeing what those before it did. Pure: no clock, no database.
 * A refused item is an outcome and leaves no trace. Throws WindowTooShortError or MoreNeededError when
 * `state` holds too little to be sure; load more and decide again.
 */
export function decideBatch(state: LoadedState, items: readonly Item[]): BatchDecision {
  const ledger = new Ledger(state);
  turnDue(ledger);
  const outcomes = items.map((item) => decide(ledger, item));
  return {
    outcomes,
    written: ledger.written(),
    freeBlocks: ledger.free.delta(),
    blocks: ledger.blockDelta(),
    changes: ledger.changes,
  };
}

function decide(ledger: Ledger, item: Item): Outcome {
  const { command } = item;
  switch (command.kind) {
    case 'allocate':
    case 'reserve':
    case 'adopt':
      return take(ledger, command, item);
    case 'confirm':
    case 'renew':
    case 'release':
    case 'settle':
    case 'restore':
    case 'update':
      return decideById(ledger, command, item);
    default:
      return assertUnreachable(command);
  }
}

function decideById(ledger: Ledger, command: CommandById, by: Actor): Outcome {
  const row = ledger.row(command.id);
  if (!row) return refused(notFound(subjectOf(command.id)));
  switch (command.kind) {
    case 'confirm':
      return confirm(ledger, row, command, by);
    case 'renew':
      return renew(ledger, row, command, by);
    case 'release':
      return release(ledger, row, command, by);
    case 'settle':
      return settle(ledger, row, command, by);
    case 'restore':
      return restore(ledger, row, by);
    case 'update':
      return update(ledger, row, command, by);
    default:
      return assertUnreachable(command);
  }
}

export function notFound(id: string): { code: 'NOT_FOUND'; message: string; id: string } {
  return { code: 'NOT_FOUND', message: `There is no ${id}, or it is not yours to see.`, id };
}
