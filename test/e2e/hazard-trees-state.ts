import type pg from 'pg';
import { overlap, type Span, spanOf } from '../golden/spans.js';
import {
  type GoldenCidr,
  type GoldenPool,
  micros,
  type RecordedChange,
  statusAt,
  sumOf,
  type TreeRegister,
} from '../golden/tree-register.js';
import { POSITIONS } from '../support/positions.js';
import type { Answered, ServiceProcess } from '../support/service-process.js';

const MICROS = (column: string): string => `(extract(epoch FROM ${column}) * 1000000)::bigint::text`;

/** Changes behind a position, in the order of their positions. */
export async function changesAfter(client: pg.Client, position: number): Promise<RecordedChange[]> {
  const { rows } = await client.query(
    `SELECT 'pool_' || pool_id AS pool, sequence::text, position::text, ${MICROS('at')} AS at, ${MICROS('recorded_at')} AS "recordedAt",
            actor, correlation, action, subject, detail
     FROM change JOIN ${POSITIONS} p USING (id) WHERE p.position > $1 ORDER BY p.position`,
    [position],
  );
  return rows.map((row: Record<string, unknown>) => ({
    ...(row as unknown as RecordedChange),
    sequence: row.sequence === null ? null : Number(row.sequence),
    position: Number(row.position),
    at: Number(row.at),
    recordedAt: Number(row.recordedAt),
  }));
}

/** Every row of the database that is not as the register says. */
export async function brokenRows(client: pg.Client, register: TreeRegister): Promise<string[]> {
  const read = async (text: string): Promise<string[]> =>
    (await client.query<{ line: string }>(text)).rows.map(({ line }) => line);
  const pools = [...register.pools.values()];
  const cidrs = pools.flatMap((pool) => pool.cidrs);
  return [
    ...differences(
      'pools',
      await read(
        `SELECT concat_ws(' ', 'pool_' || id, name, 'pool_' || parent_id, depth, sequence) AS line FROM pool`,
      ),
      pools.map((pool) =>
        words(pool.id, pool.name, register.parentOf(pool)?.id, register.depthOf(pool), pool.sequence),
      ),
    ),
    ...differences(
      'pool CIDRs',
      await read(`SELECT concat_ws(' ', 'pool_' || c.pool_id, c.cidr, 'alloc_' || c.source_id, 'pool_' || u.pool_id, u.cidr) AS line
        FROM pool_cidr c LEFT JOIN pool_cidr u ON u.id = c.parent_id`),
      cidrs.map(({ pool, span, source, parent }) =>
        words(pool.id, span.cidr, source?.id, parent?.pool.id, parent?.span.cidr),
      ),
    ),
    ...differences(
      'allocations',
      await read(`SELECT concat_ws(' ', 'alloc_' || id, 'pool_' || pool_id, cidr, status, 'key ' || key, request, claim, version,
        'expires ' || ${MICROS('expires_at')}, 'available ' || ${MICROS('available_at')}, 'held ' || ${MICROS('held_until')}) AS line FROM allocation`),
      [...register.allocations.values()].map(({ id, pool, span, fields }) => {
        const time = (name: string, field: string): string | null =>
          fields[field] ? `${name} ${micros(fields[field])}` : null;
        const key = fields.key ? `key ${String(fields.key)}` : null;
        return words(
          id,
          pool.id,
          span.cidr,
          fields.status,
          key,
          fields.request,
          fields.claim,
          fields.version,
          time('expires', 'expires_at'),
          time('available', 'available_at'),
          time('held', 'held_until'),
        );
      }),
    ),
    ...differences(
      'free blocks',
      await read(
        `SELECT concat_ws(' ', 'pool_' || f.pool_id, f.cidr, c.cidr) AS line FROM free_block f JOIN pool_cidr c ON c.id = f.pool_cidr_id`,
      ).then((lines) => lines.map(plain)),
      cidrs.flatMap((own) =>
        register.freeIn(own, null).map(({ cidr }) => plain(words(own.pool.id, cidr, own.span.cidr))),
      ),
    ),
  ];
}

type Figures = Readonly<Record<(typeof FIGURES)[number], string>> & {
  readonly utilization: number;
  readonly fragmentation: number;
  readonly largestFreeBlock: string | null;
  readonly freeBlocksByLength: readonly { readonly prefixLength: number; readonly count: number }[];
};

interface SeenBlock {
  readonly cidr: string;
  readonly state: string;
  readonly allocation: { readonly id: string } | null;
}

interface SeenPool {
  readonly depth: number;
  readonly parent: { readonly id: string } | null;
  readonly sources: readonly { readonly cidr: string; readonly allocation: { readonly id: string } }[];
  readonly capacity: Figures;
  readonly tree: Figures;
  readonly blocks: {
    readonly nodes: readonly { cidr: string; state: string; allocation: { id: string } | null }[];
  };
}

const FIGURES = [
  'total',
  'reserved',
  'quarantined',
  'blocked',
  'delegated',
  'assigned',
  'allocated',
  'free',
] as const;
const CAPACITY = `${FIGURES.join(' ')} utilization fragmentation largestFreeBlock freeBlocksByLength { prefixLength count }`;
const BLOCK = 'cidr state allocation { id }';
/** Reading page by page takes long: one pool of so many, and none with more blocks. */
const PAGED_EVERY = 5;
const MOST_PAGED = 30;
const SEEN = `query ($id: ID!) { pool(id: $id) { depth parent { id } sources { cidr allocation { id } }
  capacity { ${CAPACITY} } tree: capacity(tree: true) { ${CAPACITY} } blocks(first: 1000) { nodes { ${BLOCK} } } } }`;
const PAGE = `query ($id: ID!, $after: String) { pool(id: $id) { blocks(first: 3, after: $after) {
  nodes { ${BLOCK} } pageInfo { hasNextPage endCursor } } } }`;

/** Every figure, place, source and block that the API tells otherwise than the register at `now`. */
export async function brokenAnswers(
  service: ServiceProcess,
  register: TreeRegister,
  now: number,
): Promise<string[]> {
  const found: string[] = [];
  let paged = 0;
  for (const pool of register.pools.values()) {
    const { data, errors } = await service.ask<{ pool: SeenPool | null }>(SEEN, { id: pool.id });
    const seen = data?.pool;
    if (!seen) {
      found.push(`${pool.name} is not to be seen: ${JSON.stringify(errors)}`);
      continue;
    }
    const extent = register.extent(pool.cidrs);
    const own = figuresOf(register, pool.cidrs, pool.cidrs, now);
    const tree = { ...figuresOf(register, extent, pool.cidrs, now), delegated: 0n };
    found.push(
      ...brokenFigures(`capacity of ${pool.name}`, seen.capacity, own),
      ...brokenFigures(`capacity of the tree of ${pool.name}`, seen.tree, tree),
      ...brokenFree(`capacity of ${pool.name}`, seen.capacity, register, pool.cidrs, now),
      ...brokenFree(`capacity of the tree of ${pool.name}`, seen.tree, register, extent, now),
      ...brokenBlocks(register, pool, seen, now),
      ...(paged++ % PAGED_EVERY > 0 || seen.blocks.nodes.length > MOST_PAGED
        ? []
        : await brokenPages(service, pool, seen.blocks.nodes)),
    );
    const place = `${seen.parent?.id ?? null} ${seen.depth} ${seen.sources.map((source) => `${source.cidr} ${source.allocation.id}`).join()}`;
    const expected = `${register.parentOf(pool)?.id ?? null} ${register.depthOf(pool)} ${pool.cidrs.flatMap(({ span, source }) => (source ? [`${span.cidr} ${source.id}`] : [])).join()}`;
    if (place !== expected) found.push(`${pool.name} stands at ${place}, not ${expected}`);
  }
  return found;
}

/** Sums over pool CIDRs, each once; `delegated` is what feeds others of no part of them. */
function figuresOf(
  register: TreeRegister,
  cidrs: readonly GoldenCidr[],
  own: readonly GoldenCidr[],
  now: number,
): Record<string, bigint> {
  const live = cidrs.flatMap((one) => register.liveIn(one, now));
  const of = (status: string): Span[] =>
    live.filter((row) => statusAt(row, now) === status && !register.fed.has(row.id)).map(({ span }) => span);
  const feeding = own.flatMap((one) => register.liveIn(one, now)).filter((row) => register.fed.has(row.id));
  const delegated = sumOf(feeding.map(({ span }) => span));
  const free = cidrs.reduce((sum, one) => sum + sumOf(register.freeIn(one, now)), 0n);
  const [assigned, reserved, quarantined] = [
    sumOf(of('ALLOCATED')),
    sumOf(of('RESERVED')),
    sumOf(of('QUARANTINED')),
  ];
  const total = sumOf(own.map(({ span }) => span));
  const whole = cidrs === own ? delegated : 0n;
  const allocated = assigned + whole;
  const blocked = cidrs.reduce((sum, one) => sum + blockedIn(register, one, now), 0n);
  return { total, reserved, quarantined, blocked, delegated, assigned, allocated, free };
}

/** Neither live nor free, counted piece by piece. */
function blockedIn(register: TreeRegister, poolCidr: GoldenCidr, now: number): bigint {
  const live = register.liveIn(poolCidr, now).map(({ span }) => span);
  const given = [...live, ...register.freeIn(poolCidr, now)];
  return poolCidr.span.end - poolCidr.span.start - sumOf(given);
}

function brokenFigures(what: string, seen: Figures, expected: Readonly<Record<string, bigint>>): string[] {
  const sum =
    expected.allocated! + expected.reserved! + expected.quarantined! + expected.blocked! + expected.free!;
  const wrong = FIGURES.filter((name) => seen[name] !== String(expected[name]));
  return [
    ...(sum === expected.total ? [] : [`${what}: the register itself does not add up`]),
    ...wrong.map((name) => `${what}: ${name} is ${seen[name]}, not ${expected[name]}`),
  ];
}

/** What is said of the free blocks beside their sum. */
function brokenFree(
  what: string,
  seen: Figures,
  register: TreeRegister,
  cidrs: readonly GoldenCidr[],
  now: number,
): string[] {
  const free = cidrs.flatMap((one) => register.freeIn(one, now));
  const lengths = [...new Set(free.map(({ length }) => length))].sort((a, b) => a - b);
  const largest = free
    .filter(({ length }) => length === lengths[0])
    .reduce<Span | null>((low, span) => (low && low.start <= span.start ? low : span), null);
  const counts = lengths.map(
    (length) => `/${length} ${free.filter((span) => span.length === length).length}`,
  );
  const fragmentation = largest ? 1 - Number(sumOf([largest])) / Number(sumOf(free)) : 0;
  const total = Number(seen.total);
  const utilization = total === 0 ? 0 : (Number(seen.allocated) + Number(seen.reserved)) / total;
  const near = (a: number, b: number): boolean => Math.abs(a - b) < 1e-9;
  return [
    ...(plain(seen.largestFreeBlock ?? '') === plain(largest?.cidr ?? '')
      ? []
      : [`${what}: the largest free block is ${seen.largestFreeBlock}, not ${largest?.cidr}`]),
    ...differences(
      `${what}: free blocks by length`,
      seen.freeBlocksByLength.map(({ prefixLength, count }) => `/${prefixLength} ${count}`),
      counts,
    ),
    ...(near(seen.fragmentation, fragmentation) && near(seen.utilization, utilization)
      ? []
      : [
          `${what}: fragmentation ${seen.fragmentation}, utilization ${seen.utilization}, not ${fragmentation}, ${utilization}`,
        ]),
  ];
}

/** Page after page it is the same as at once. */
async function brokenPages(
  service: ServiceProcess,
  { id, name }: GoldenPool,
  whole: readonly SeenBlock[],
): Promise<string[]> {
  type Page = { nodes: SeenBlock[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } };
  const nodes: SeenBlock[] = [];
  for (let after: string | null = null; nodes.length <= whole.length;) {
    const answer: Answered<{ pool: { blocks: Page } | null }> = await service.ask(PAGE, { id, after });
    const page = answer.data?.pool?.blocks;
    if (!page) return [`pages of ${name} are not to be seen`];
    nodes.push(...page.nodes);
    after = page.pageInfo.endCursor;
    if (!page.pageInfo.hasNextPage) break;
  }
  const same = JSON.stringify(nodes) === JSON.stringify(whole);
  return same
    ? []
    : [`blocks of ${name} page by page: ${JSON.stringify(nodes)}, at once ${JSON.stringify(whole)}`];
}

function brokenBlocks(register: TreeRegister, pool: GoldenPool, { blocks }: SeenPool, now: number): string[] {
  const of = (state: string): string[] =>
    blocks.nodes
      .filter((node) => node.state === state)
      .map(({ cidr, allocation }) => plain(words(cidr, allocation?.id)));
  const live = pool.cidrs.flatMap((own) => register.liveIn(own, now));
  const free = pool.cidrs.flatMap((own) => register.freeIn(own, now));
  const spans = blocks.nodes.map(({ cidr }) => spanOf(cidr));
  const covered = sumOf(spans) === sumOf(pool.cidrs.map(({ span }) => span));
  const twice = spans.some((span, index) => index > 0 && overlap(spans[index - 1]!, span));
  return [
    ...differences(
      `live blocks of ${pool.name}`,
      of('LIVE'),
      live.map(({ span, id }) => plain(words(span.cidr, id))),
    ),
    ...differences(
      `free blocks of ${pool.name}`,
      of('FREE'),
      free.map(({ cidr }) => plain(cidr)),
    ),
    ...(covered && !twice ? [] : [`blocks of ${pool.name} do not cover it once`]),
  ];
}

function differences(what: string, seen: readonly string[], expected: readonly string[]): string[] {
  const [there, wanted] = [new Set(seen), new Set(expected)];
  const only = (list: readonly string[], other: ReadonlySet<string>): string =>
    list
      .filter((line) => !other.has(line))
      .slice(0, 5)
      .join('; ');
  const [extra, missing] = [only(seen, wanted), only(expected, there)];
  if (extra === '' && missing === '' && seen.length === expected.length) return [];
  return [
    `${what}: there is ${extra || 'nothing'}, and should be ${missing || 'nothing'} (${seen.length} for ${expected.length})`,
  ];
}

function words(...parts: unknown[]): string {
  return parts
    .filter((part) => part !== null && part !== undefined)
    .map(String)
    .join(' ');
}

/** CIDRs as numbers, so that no way of writing IPv6 matters. */
function plain(line: string): string {
  return line
    .split(' ')
    .map((word) => (word.includes('/') ? `${spanOf(word).start}/${spanOf(word).length}` : word))
    .join(' ');
}
