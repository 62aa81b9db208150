import { contains, overlap, spanOf } from '../golden/spans.js';
import {
  type GoldenAllocation,
  type GoldenPool,
  isLiveAt,
  type RecordedChange,
  statusAt,
  type TreeRegister,
} from '../golden/tree-register.js';
import type { Asked, Operation, Taken } from './hazard-trees-requests.js';

/** Whether a refusal is right in this state of the register, if it was decided when the clock showed about `clock`. */
type Explanation = (register: TreeRegister, clock: number, clockAfter: number) => boolean;

/**
 * Replays changes into the register and holds the answers against them: each of what was acknowledged is there; of what was
 * refused nothing is, and at some instant between request and answer the register was so that it had to be refused.
 */
export function replay(
  register: TreeRegister,
  changes: readonly RecordedChange[],
  asked: readonly Asked[],
): string[] {
  // answers may repeat what was so before these changes
  const versions = new Map([...register.allocations.values()].map((row) => [versionOf(row), stateOf(row)]));
  const found: string[] = [];
  const watches = watchesOf(changes, asked);
  const open = new Set<Watch>();
  let next = 0;
  for (let index = 0; index <= changes.length; index++) {
    for (; next < watches.length && watches[next]!.from <= index; next++) open.add(watches[next]!);
    for (const watch of open) {
      if (watch.explains(register, watch.asked.clock, watch.asked.clockAfter)) open.delete(watch);
      else if (watch.to <= index) {
        open.delete(watch);
        found.push(`refused without reason: ${told(watch.asked)}`);
      }
    }
    const change = changes[index];
    if (!change) break;
    register.apply(change);
    const row = register.allocations.get(change.subject);
    if (row) versions.set(versionOf(row), stateOf(row));
  }
  const ofRequest = new Map<string, string[]>();
  for (const { correlation, action } of changes)
    ofRequest.set(correlation, [...(ofRequest.get(correlation) ?? []), action]);
  for (const one of asked) {
    const actions = ofRequest.get(one.correlation) ?? [];
    found.push(...brokenAnswer(one, actions, versions));
  }
  return [...found, ...register.violations.splice(0)];
}

/** What a pool change leaves in the trail. */
const ACTIONS: Partial<Record<Operation, string>> = {
  createPool: 'pool.created',
  provision: 'pool.cidr_provisioned',
  deprovision: 'pool.cidr_deprovisioned',
  deletePool: 'pool.deleted',
};

function brokenAnswer(
  asked: Asked,
  actions: readonly string[],
  versions: ReadonlyMap<string, string>,
): string[] {
  const { result, operation } = asked;
  if (!result) return [];
  if (result.code) return actions.length > 0 ? [`refused and done (${actions.join()}): ${told(asked)}`] : [];
  const action = ACTIONS[operation];
  if (action && !actions.includes(action)) return [`acknowledged and not recorded: ${told(asked)}`];
  const rows = result.allocations ?? (result.__typename === 'Allocation' ? [result as Taken] : []);
  return rows.flatMap((row) => {
    const state = versions.get(`${row.id} ${row.version}`);
    return state === `${row.cidr} ${row.status} ${row.key ?? ''}`
      ? []
      : [`acknowledged ${JSON.stringify(row)}, in the register ${state}: ${told(asked)}`];
  });
}

function versionOf({ id, fields }: GoldenAllocation): string {
  return `${id} ${String(fields.version)}`;
}

function stateOf({ span, fields }: GoldenAllocation): string {
  return `${span.cidr} ${String(fields.status)} ${String(fields.key ?? '')}`;
}

function told({ operation, input, result, sent, answered }: Asked): string {
  return `${operation} ${JSON.stringify(input)} (${sent} to ${answered}): ${JSON.stringify(result)}`;
}

interface Watch {
  readonly asked: Asked;
  readonly explains: Explanation;
  /** States as of so many changes, both included. */
  readonly from: number;
  readonly to: number;
}

function watchesOf(changes: readonly RecordedChange[], asked: readonly Asked[]): Watch[] {
  const requests = new Map(asked.map((one) => [one.correlation, one]));
  // whatever the clock did by itself is part of no request
  const whose = changes.map(({ correlation }) => requests.get(correlation) ?? null);
  const watches = asked.flatMap((one) => {
    const explanations = explanationsOf(one);
    if (explanations.length === 0) return [];
    const first = whose.findIndex((by, index) =>
      by ? by.answered > one.sent : changes[index]!.recordedAt > one.clock,
    );
    const last = whose.findLastIndex((by) => by !== null && by.sent < one.answered);
    let to = last + 1;
    while (to < changes.length && whose[to] === null) to++;
    const from = first === -1 ? changes.length : first;
    return explanations.map((explains): Watch => ({ asked: one, explains, from, to: Math.max(from, to) }));
  });
  return watches.sort((a, b) => a.from - b.from);
}

function explanationsOf({ operation, input, result }: Asked): Explanation[] {
  if (!result?.code) return [];
  if (result.code !== 'BATCH_REJECTED') {
    const explains = explanationOf(operation, input, result.code);
    return explains ? [explains] : [];
  }
  const items = input.items as Readonly<Record<string, unknown>>[];
  const single = operation.slice(0, -'Many'.length) as Operation;
  return result.failures!.flatMap(({ index, failure }) => {
    // items see what those before them did, which nobody else ever saw
    const alone = items
      .slice(0, index)
      .every((item) => item.pool !== undefined && item.pool !== items[index]!.pool);
    const explains = alone ? explanationOf(single, items[index]!, failure.code) : null;
    return explains ? [explains] : [];
  });
}

function explanationOf(
  operation: Operation,
  input: Readonly<Record<string, unknown>>,
  code: string,
): Explanation | null {
  const text = (field: string): string => input[field] as string;
  const inPool =
    (explains: (pool: GoldenPool, register: TreeRegister, clock: number) => boolean): Explanation =>
    (register, clock) => {
      const pool = register.byName.get(text('pool'));
      return pool !== undefined && explains(pool, register, clock);
    };
  const ids = [input.id, input.allocation, ...((input.fromAllocations as string[]) ?? [])].filter(
    (id) => id !== undefined,
  ) as string[];
  switch (code) {
    case 'NO_SPACE': {
      const length = input.prefixLength as number;
      return inPool((pool, register, clock) =>
        pool.cidrs.every((own) => register.freeIn(own, clock).every((free) => free.length > length)),
      );
    }
    case 'CIDR_CONFLICT':
      return operation === 'createPool' || operation === 'provision'
        ? (register) => poolCidrConflict(register, operation, input)
        : inPool((pool, _register, clock) => {
            const cidr = spanOf(text('cidr'));
            return (
              [...pool.live].some((row) => isLiveAt(row, clock) && overlap(row.span, cidr)) ||
              (operation !== 'adopt' && pool.excluded.some((excluded) => overlap(excluded, cidr)))
            );
          });
    case 'OUTSIDE_POOL': {
      const cidr = spanOf(text('cidr'));
      return operation === 'deprovision'
        ? inPool((pool) => !pool.cidrs.some(({ span }) => span.cidr === cidr.cidr))
        : inPool((pool) => !pool.cidrs.some(({ span }) => contains(span, cidr)));
    }
    case 'HAS_DEPENDENTS':
      if (ids.length > 0) return (register) => ids.some((id) => register.fed.has(id));
      return inPool((pool, _register, clock) =>
        [...pool.live].some(
          (row) =>
            ['RESERVED', 'ALLOCATED'].includes(statusAt(row, clock)) &&
            (operation === 'deletePool' || row.poolCidr.span.cidr === input.cidr),
        ),
      );
    case 'NAME_TAKEN':
      return (register) => register.byName.has(text('name'));
    case 'NOT_FOUND':
      return (register) =>
        (input.pool !== undefined && !register.byName.has(text('pool'))) ||
        ids.some((id) => !register.pools.has(register.allocations.get(id)?.pool.id ?? ''));
    case 'KEY_CONFLICT':
      return inPool(({ claims }) =>
        ['OPEN', 'PENDING'].some((claim) => claims.has(`${claim} ${text('key')}`)),
      );
    case 'INVALID_TRANSITION':
      return explanationOfStatus(operation, ids);
    default:
      return null;
  }
}

/** In these statuses an operation on an allocation is possible. */
const POSSIBLE: Partial<Record<Operation, readonly string[]>> = {
  confirm: ['RESERVED', 'EXPIRED'],
  renew: ['RESERVED'],
  release: ['RESERVED', 'ALLOCATED'],
  restore: ['QUARANTINED'],
  update: ['RESERVED', 'ALLOCATED', 'QUARANTINED'],
  createPool: ['ALLOCATED'],
  provision: ['ALLOCATED'],
};

function explanationOfStatus(operation: Operation, ids: readonly string[]): Explanation | null {
  const possible = POSSIBLE[operation];
  if (!possible) return null;
  return (register, clock, clockAfter) =>
    ids.some((id) => {
      const row = register.allocations.get(id);
      return row && [clock, clockAfter].some((time) => !possible.includes(statusAt(row, time)));
    });
}

function poolCidrConflict(
  register: TreeRegister,
  operation: Operation,
  input: Readonly<Record<string, unknown>>,
): boolean {
  const own = operation === 'provision' ? register.byName.get(input.pool as string) : undefined;
  const ids = [input.allocation, ...((input.fromAllocations as string[]) ?? [])].filter(
    (id) => id !== undefined,
  );
  const cidrs = [
    ...ids.map((id) => register.allocations.get(id as string)!.span),
    ...[input.cidr, ...((input.cidrs as string[]) ?? [])]
      .filter((cidr) => cidr !== undefined)
      .map((cidr) => spanOf(cidr as string)),
  ];
  const domain = own ? own.routingDomain : ((input.routingDomain as string | undefined) ?? null);
  const others = [...(own?.cidrs ?? []), ...(ids.length > 0 ? [] : register.rootCidrsInScope(domain))];
  const among = cidrs.some((a, index) => cidrs.slice(0, index).some((b) => overlap(a, b)));
  return among || cidrs.some((cidr) => others.some(({ span }) => overlap(span, cidr)));
}
