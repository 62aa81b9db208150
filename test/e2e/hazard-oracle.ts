import { spawn } from 'node:child_process';
import { once } from 'node:events';
import pg from 'pg';
import { builtService } from '../support/built-service.js';
import { POSITIONS, WAITING } from '../support/positions.js';
import { query } from '../support/postgres-scratch.js';
import { until } from '../support/until.js';
import type { Acknowledged } from './hazard-load.js';

/** Waits until every change has its position. Needs a service that runs. */
export async function allPublished(url: string, seconds = 30): Promise<void> {
  const look = async (): Promise<boolean> => {
    const [row] = await query<{ waiting: number }>(url, 'SELECT count(*)::int AS waiting FROM outbox');
    return row!.waiting === 0;
  };
  await until('all changes are published', look, seconds);
}

/**
 * What is wrong in the register, found by plain reading and counting in one snapshot, nothing of it with the code of
 * the service. Empty for a sound register in which everything that was acknowledged is as it was acknowledged.
 */
export async function violations(url: string, acknowledged: readonly Acknowledged[]): Promise<string[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    const read: Read = async (statement) => (await client.query(statement)).rows;
    const found = [
      ...(await brokenRules(read)),
      ...(await brokenSpace(read)),
      ...(await brokenHistory(read, acknowledged)),
    ];
    await client.query('COMMIT');
    return [...found, ...(await fsckFindings(url))];
  } finally {
    await client.end();
  }
}

// rows are of the type that whoever reads expects
type Read = <Row extends object>(statement: string) => Promise<Row[]>;

/** Deadlocks that PostgreSQL broke in this database; exact once the sessions of the services are over. */
export async function deadlocks(url: string): Promise<number> {
  const [row] = await query<{ deadlocks: number }>(
    url,
    'SELECT deadlocks::int FROM pg_stat_database WHERE datname = current_database()',
  );
  return row!.deadlocks;
}

const RULES: Readonly<Record<string, string>> = {
  'a key has two open or two pending claims':
    'SELECT pool_id, key, claim, count(*) FROM allocation WHERE claim IS NOT NULL GROUP BY 1, 2, 3 HAVING count(*) > 1',
  'a key that was only ever repeated has two allocations': `SELECT pool_id, key, count(*) FROM allocation WHERE key LIKE 'own %' GROUP BY 1, 2 HAVING count(*) > 1`,
  'the sequence of a pool has gaps': `
    SELECT p.name, p.sequence, count(c), min(c.sequence), max(c.sequence) FROM pool p LEFT JOIN change c ON c.pool_id = p.id
    GROUP BY p.id HAVING count(c) <> p.sequence OR min(c.sequence) <> 1 OR max(c.sequence) <> p.sequence OR count(DISTINCT c.sequence) <> p.sequence`,
  // what a sweep has just recorded may wait for its position
  'the positions have gaps': `
    SELECT p.position, count(c.position), min(c.position), max(c.position) FROM publisher p LEFT JOIN ${POSITIONS} c ON true
    GROUP BY p.position
    HAVING count(c.position) <> p.position OR count(DISTINCT c.position) <> p.position OR max(c.position) <> p.position OR min(c.position) <> 1`,
  'a change has not one position and does not wait for one either': `
    SELECT c.id, count(g.id) FROM change c LEFT JOIN (SELECT id FROM ${POSITIONS} p UNION ALL SELECT id FROM ${WAITING} w) g USING (id)
    GROUP BY c.id HAVING count(g.id) <> 1`,
  'in a pool time, ids or positions run back': `
    SELECT * FROM (
      SELECT pool_id, sequence, recorded_at, lag(recorded_at) OVER trail AS recorded_before, id, lag(id) OVER trail AS id_before,
             position, lag(coalesce(position, 'infinity'::float)) OVER trail AS position_before
      FROM change LEFT JOIN ${POSITIONS} p USING (id) WHERE pool_id IS NOT NULL WINDOW trail AS (PARTITION BY pool_id ORDER BY sequence)) c
    WHERE recorded_at < recorded_before OR id <= id_before OR position <= position_before`,
  'a pool was recorded at another time than its last change': `
    SELECT p.name FROM pool p JOIN change c ON c.pool_id = p.id AND c.sequence = p.sequence WHERE c.recorded_at <> p.recorded_at`,
  'a change took effect after it was recorded': 'SELECT id FROM change WHERE at > recorded_at',
  'a live allocation lies outside its pool CIDR': `
    SELECT a.id FROM allocation a LEFT JOIN pool_cidr c ON c.id = a.live_in AND c.pool_id = a.pool_id AND a.cidr <<= c.cidr
    WHERE a.status IN ('RESERVED', 'ALLOCATED', 'QUARANTINED') AND c.id IS NULL`,
};

async function brokenRules(read: Read): Promise<string[]> {
  const found: string[] = [];
  for (const [what, statement] of Object.entries(RULES)) {
    const rows = await read(statement);
    if (rows.length > 0) found.push(`${what}: ${JSON.stringify(rows.slice(0, 5))}`);
  }
  return found;
}

interface Interval {
  readonly what: string;
  readonly pool: number;
  readonly start: bigint;
  /** The first address behind it; IPv6 lies above all of IPv4. */
  readonly end: bigint;
}

/** Live ones, blocks and free blocks against what is provisioned, in integers. */
async function brokenSpace(read: Read): Promise<string[]> {
  const provisioned = await intervals(read, 'SELECT id, id AS pool, cidr FROM pool_cidr');
  const live = await intervals(
    read,
    `SELECT id, pool_cidr_id AS pool, cidr FROM allocation WHERE status IN ('RESERVED', 'ALLOCATED', 'QUARANTINED')`,
  );
  const blocked = await intervals(read, 'SELECT id, pool_cidr_id AS pool, cidr FROM block');
  const free = await intervals(read, 'SELECT cidr AS id, pool_cidr_id AS pool, cidr FROM free_block');
  const excluded = await intervals(
    read,
    'SELECT p.id, c.id AS pool, e.cidr FROM pool p JOIN pool_cidr c ON c.pool_id = p.id, unnest(p.excluded) e (cidr) WHERE e.cidr && c.cidr',
  );
  const found = [
    ...overlaps('root CIDRs overlap', provisioned),
    // every pool here is GLOBAL: live ones of all pools are disjoint
    ...overlaps('live allocations overlap', live),
    ...overlaps('free blocks overlap', free),
  ];
  for (const whole of provisioned) {
    const inside = (list: readonly Interval[]): Interval[] => list.filter(({ pool }) => pool === whole.pool);
    const held = union([...inside(live), ...inside(blocked)], whole);
    const unheld = union(inside(free), whole);
    const [given, taken, total] = [size(unheld), size(held), whole.end - whole.start];
    const together = union([...held, ...unheld], whole);
    if (given + taken !== total || size(together) !== total) {
      found.push(
        `pool CIDR ${whole.what}: free ${given} and live or blocked ${taken} are not ${total} in two parts`,
      );
    }
    if (text(union(inside(blocked), whole)) !== text(union(inside(excluded), whole))) {
      found.push(`pool CIDR ${whole.what}: what is blocked is not what is excluded`);
    }
    found.push(...joinable(inside(free), whole));
  }
  return found;
}

async function intervals(read: Read, statement: string): Promise<Interval[]> {
  const rows = await read<{ id: string; pool: number; family: number; length: number; hex: string }>(
    `SELECT id::text, pool, family(cidr), masklen(cidr) AS length, substr(encode(inet_send(cidr::inet), 'hex'), 9) AS hex FROM (${statement}) s`,
  );
  return rows.map(({ id, pool, family, length, hex }) => {
    const start = BigInt(`0x${hex}`) + (family === 6 ? 1n << 128n : 0n);
    return { what: id, pool, start, end: start + (1n << BigInt((family === 6 ? 128 : 32) - length)) };
  });
}

const byStart = (a: Interval, b: Interval): number => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0);

function overlaps(what: string, list: readonly Interval[]): string[] {
  const sorted = [...list].sort(byStart);
  return sorted.flatMap((interval, index) => {
    const before = sorted[index - 1];
    return before && interval.start < before.end ? [`${what}: ${before.what} and ${interval.what}`] : [];
  });
}

function union(list: readonly Interval[], { what, pool, start: first, end: last }: Interval): Interval[] {
  const merged: { what: string; pool: number; start: bigint; end: bigint }[] = [];
  for (const interval of [...list].sort(byStart)) {
    const start = interval.start < first ? first : interval.start;
    const end = interval.end > last ? last : interval.end;
    const top = merged.at(-1);
    if (start >= end) continue;
    if (top && start <= top.end) top.end = end > top.end ? end : top.end;
    else merged.push({ what, pool, start, end });
  }
  return merged;
}

const size = (list: readonly Interval[]): bigint =>
  list.reduce((sum, { start, end }) => sum + end - start, 0n);
const text = (list: readonly Interval[]): string => list.map(({ start, end }) => `${start}-${end}`).join();

/** Free blocks are maximal: the two halves of a block never stand side by side. */
function joinable(free: readonly Interval[], whole: Interval): string[] {
  const starts = new Map(free.map((interval) => [interval.start, interval]));
  return free.flatMap(({ what, start, end }) => {
    const length = end - start;
    const other = starts.get(end);
    const joins =
      other && other.end - other.start === length && start % (2n * length) === 0n && other.end <= whole.end;
    return joins ? [`free blocks ${what} and ${other.what} are one`] : [];
  });
}

/** Replays the changes: every version of every allocation follows from them, the last is the row, and what was acknowledged is among them. */
async function brokenHistory(read: Read, acknowledged: readonly Acknowledged[]): Promise<string[]> {
  const changes = await read<{ subject: string; detail: Record<string, unknown> }>(
    `SELECT subject, detail FROM change WHERE subject LIKE 'alloc\\_%' ORDER BY id`,
  );
  const rows = await read<{
    subject: string;
    cidr: string;
    status: string;
    key: string | null;
    claim: string | null;
    version: number;
  }>(`SELECT 'alloc_' || id AS subject, cidr, status, key, claim, version FROM allocation`);
  const found: string[] = [];
  const versions = new Map<string, Record<string, unknown>[]>();
  for (const { subject, detail } of changes) {
    const before = versions.get(subject)?.at(-1);
    const after: Record<string, unknown> = { ...before };
    for (const [field, value] of Object.entries(detail)) {
      if (!before || field === 'cidr') {
        after[field] = value;
      } else {
        const [old, now] = value as [unknown, unknown];
        if (JSON.stringify(old ?? null) !== JSON.stringify(before[field] ?? null) && isPlain(old)) {
          found.push(
            `${subject}: ${field} was ${JSON.stringify(before[field])}, the change says ${JSON.stringify(old)}`,
          );
        }
        after[field] = now;
      }
    }
    versions.set(subject, [...(versions.get(subject) ?? []), after]);
  }
  for (const row of rows) {
    const history = versions.get(row.subject) ?? [];
    const last = history.at(-1);
    const same = (['cidr', 'status', 'key', 'claim'] as const).every(
      (field) => (last?.[field] ?? null) === row[field],
    );
    if (!same || history.length !== row.version) {
      found.push(`${JSON.stringify(row)} after ${history.length} changes is not ${JSON.stringify(last)}`);
    }
  }
  for (const answer of acknowledged) {
    const state = versions.get(answer.id)?.[answer.version - 1];
    const kept =
      state &&
      state.cidr === answer.cidr &&
      state.status === answer.status &&
      (state.key ?? null) === answer.key;
    if (!kept)
      found.push(
        `acknowledged, and not in the register: ${JSON.stringify(answer)}, but ${JSON.stringify(state)}`,
      );
  }
  return found.slice(0, 20);
}

/** Empty containers are left out of what a new allocation is described by. */
function isPlain(value: unknown): boolean {
  return typeof value !== 'object' && value !== '';
}

async function fsckFindings(url: string): Promise<string[]> {
  const child = spawn(process.execPath, [await builtService(), 'fsck'], {
    env: { PATH: process.env.PATH, DATABASE_URL: url, CADASTRE_LOG_LEVEL: 'fatal' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
  const [code] = (await once(child, 'close')) as [number | null];
  return code === 0 ? [] : [`fsck ended with ${code}: ${output}`];
}
