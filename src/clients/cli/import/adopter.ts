import { type Api, codeOf } from './api.js';
import { type Entry, isNobody, isSameHolder, type Obstacle } from './entry.js';
import { BatchLoader, type Outcome, type Settled } from './loader.js';
import { adoptMany, type ManyOperation, type Refusal, type Rejected, type Taken } from './operations.js';

/** How entries become allocations. */
export interface Registration<E extends Entry> {
  readonly operation: ManyOperation;
  /** The item of one entry. */
  item(entry: E): object;
}

export const ADOPTION: Registration<Entry> = {
  operation: adoptMany,
  item: ({ pool, cidr, key, request, holder, tags, description }) => ({
    pool,
    cidr: cidr.toString(),
    key,
    request,
    holder,
    tags,
    description,
  }),
};

/** Registers entries, up to 1,000 in a transaction. What cannot be registered is told and the rest goes on without it. */
export class Adopter<E extends Entry> extends BatchLoader<E> {
  constructor(
    private readonly api: Api,
    settled: Settled<E>,
    private readonly registration: Registration<E> = ADOPTION,
  ) {
    super(settled);
  }

  protected async send(batch: readonly E[]): Promise<void> {
    let rest = batch;
    while (rest.length > 0) {
      const answer = await this.ask(rest);
      if (answer === null) return;
      if ('replayed' in answer) return this.settleAll(rest, answer);
      rest = this.without(rest, answer);
    }
  }

  /** Null where the batch was no valid request: then its items were sent, and settled, in smaller ones. */
  private async ask(batch: readonly E[]): Promise<Taken | Rejected | null> {
    try {
      const items = batch.map((entry) => this.registration.item(entry));
      const { answer } = await this.api.ask(this.registration.operation, { items });
      return answer;
    } catch (error) {
      if (!isMisuse(error)) throw error;
      await this.narrow(batch, error as Error);
      return null;
    }
  }

  /** One bad item spoils a request as a whole: the halves are sent until it stands alone. */
  private async narrow(batch: readonly E[], error: Error): Promise<void> {
    if (batch.length === 1) {
      this.settled(batch[0]!, { fate: 'invalid', reason: error.message });
      return;
    }
    const middle = batch.length >>> 1;
    await this.send(batch.slice(0, middle));
    await this.send(batch.slice(middle));
  }

  private settleAll(batch: readonly E[], { allocations, replayed }: Taken): void {
    const before = new Set(replayed);
    batch.forEach((entry, index) =>
      this.settled(entry, {
        fate: before.has(index) ? 'present' : 'adopted',
        allocation: allocations?.[index]?.id,
      }),
    );
  }

  /** What is left of a batch without the entries that were refused. */
  private without(batch: readonly E[], { message, failures = [] }: Rejected): readonly E[] {
    if (failures.length === 0) throw new Error(message);
    const refused = new Set<number>();
    for (const { index, failure } of failures) {
      const entry = batch[index]!;
      if (refused.has(index)) continue;
      refused.add(index);
      this.settled(entry, outcomeOf(entry, failure));
    }
    return batch.filter((_, index) => !refused.has(index));
  }
}

const MISUSE = new Set(['BAD_USER_INPUT', 'INVALID_CIDR', 'TOO_COMPLEX', 'GRAPHQL_VALIDATION_FAILED']);

function isMisuse(error: unknown): boolean {
  return MISUSE.has(codeOf(error) ?? '');
}

/** What a failure means for an entry: also that it is there already. */
export function outcomeOf(entry: Entry, refusal: Refusal): Outcome {
  const { code, message, conflicts = [] } = refusal;
  switch (code) {
    case 'CIDR_CONFLICT': {
      const same = ownAmong(entry, conflicts);
      if (same) return { fate: 'present', allocation: same.allocation ?? undefined };
      return {
        fate: 'conflicting',
        reason: message,
        todo: 'Sort out who has it; then import again.',
        with: conflicts,
      };
    }
    case 'KEY_CONFLICT': {
      const { heldCidr: cidr = '', heldBy: holder = null } = refusal;
      const obstacle = { cidr, holder, key: entry.key ?? null, allocation: null, reason: 'allocated' };
      return {
        fate: 'conflicting',
        reason: message,
        todo: 'Release what the key holds, or give another key; then import again.',
        with: [obstacle],
      };
    }
    case 'OUTSIDE_POOL':
      return {
        fate: 'outside',
        reason: message,
        todo: 'Provision its space into the pool, or name another pool.',
      };
    case 'NOT_FOUND':
      return { fate: 'outside', reason: message, todo: 'Make the pool, or name another.' };
    default:
      return { fate: 'conflicting', reason: message, todo: 'Settle that first; then import again.' };
  }
}

/** The conflict that is this very entry: its CIDR with its holder, or with its key where nobody is named. */
export function ownAmong(entry: Entry, conflicts: readonly Obstacle[]): Obstacle | undefined {
  const cidr = entry.cidr.toString();
  return conflicts.find(
    (conflict) =>
      conflict.cidr === cidr &&
      conflict.reason === 'allocated' &&
      isSameHolder(entry.holder, conflict.holder) &&
      (!isNobody(entry.holder) || (entry.key ?? null) === conflict.key),
  );
}
