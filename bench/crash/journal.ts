import type { AllocationStatus } from '../../src/features/allocation/domain/allocation.js';
import type { Database } from '../../src/platform/database/database.js';
import type { Acknowledged, Asked } from './request.js';

/** A taking of space under a key that nobody answered: it can be asked again. */
export type Retryable = Extract<Asked, { kind: 'allocate' | 'reserve' }>;

interface Entry {
  readonly cidr: string;
  /** Every status that it may have now: the last acknowledged one and what unanswered requests may have made of it. */
  readonly possible: Set<AllocationStatus>;
}

const LEADS_TO: Record<Asked['kind'], readonly AllocationStatus[]> = {
  allocate: ['ALLOCATED'],
  reserve: ['RESERVED'],
  confirm: ['ALLOCATED'],
  release: ['QUARANTINED', 'RELEASED'],
};

/** What clients asked and what they were told; outlives the register. */
export class Journal {
  private readonly entries = new Map<number, Entry>();
  private readonly unanswered = new Map<string, Retryable>();
  acknowledged = 0;
  /** Keys that were answered with one allocation first and another one later. */
  readonly twice: string[] = [];
  private readonly idOfKey = new Map<string, number>();

  /** Before the request leaves. */
  asks(command: Asked): void {
    if ('id' in command) {
      const entry = this.entries.get(command.id);
      for (const status of LEADS_TO[command.kind]) entry?.possible.add(status);
    } else if (command.key !== undefined) {
      this.unanswered.set(command.key, command);
    }
  }

  answered(command: Asked, result: Acknowledged | null): void {
    const key = 'key' in command ? command.key : undefined;
    if (key !== undefined) this.unanswered.delete(key);
    if (!result) return;
    this.acknowledged++;
    const { id, cidr, status } = result;
    if (key !== undefined && (this.idOfKey.get(key) ?? id) !== id) this.twice.push(key);
    if (key !== undefined) this.idOfKey.set(key, id);
    // a reservation expires by itself
    this.entries.set(id, { cidr, possible: new Set(status === 'RESERVED' ? [status, 'EXPIRED'] : [status]) });
  }

  retryable(): Retryable[] {
    return [...this.unanswered.values()];
  }

  /** Acknowledged allocations that are missing or are not what was acknowledged. */
  async lostIn(database: Database): Promise<number> {
    const ids = [...this.entries.keys()];
    const rows = await database.query<{ id: number; cidr: string; status: AllocationStatus }>(
      'SELECT id, cidr, status FROM allocation WHERE id = ANY ($1::bigint[])',
      [ids],
    );
    const found = new Map(rows.map((row) => [row.id, row]));
    return ids.filter((id) => {
      const [row, entry] = [found.get(id), this.entries.get(id)!];
      return !row || row.cidr !== entry.cidr || !entry.possible.has(row.status);
    }).length;
  }
}

/** Keys under which more than one allocation was made; the drill asks for one only under each. */
export async function duplicatedKeys(database: Database): Promise<number> {
  const [row] = await database.query<{ n: number }>(
    'SELECT count(*) AS n FROM (SELECT 1 FROM allocation WHERE key IS NOT NULL GROUP BY pool_id, key HAVING count(*) > 1) k',
  );
  return row!.n;
}
