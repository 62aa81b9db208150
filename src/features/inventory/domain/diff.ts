import { isDeepStrictEqual } from 'node:util';
import { canonicalBody } from './canonical-body.js';
import type { Body, ConfigurationChange, Json, SnapshotObject } from './change.js';
import { nounOf } from './change.js';
import { createdAction, fieldAction, type ListRule, listRuleOf } from './differences.js';
import type { StoredKind } from './observed.js';

/** A state of the cloud: objects by kind and id. */
export type Snapshot = ReadonlyMap<string, SnapshotObject>;

export function snapshotOf(objects: Iterable<SnapshotObject>): Snapshot {
  return new Map([...objects].map((object) => [keyOf(object.kind, object.id), object]));
}

function keyOf(kind: StoredKind, id: string): string {
  return `${kind} ${id}`;
}

/**
 * What happened to one object; null stands for "is not there". Every difference of the two bodies is in exactly one
 * change, the order of lists and keys is none. O(size of the bodies).
 */
export function diffObject(
  before: SnapshotObject | null,
  after: SnapshotObject | null,
): ConfigurationChange[] {
  const object = after ?? before;
  if (!object) return [];
  const { kind, id: resourceId, vpcId } = object;
  const said = (action: string, path: string, old: Json, now: Json): ConfigurationChange => ({
    kind,
    resourceId,
    vpcId,
    action,
    path,
    old,
    new: now,
  });
  if (!before) return [said(createdAction(kind, object.body), '', null, object.body)];
  if (!after) return [said(`${nounOf(kind)}.deleted`, '', object.body, null)];
  const [a, b] = [canonicalBody(before.body), canonicalBody(after.body)];
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].flatMap((field) => {
    const [old, now] = [a[field] ?? null, b[field] ?? null];
    const rule = listRuleOf(kind, field);
    if (rule && Array.isArray(old) && Array.isArray(now))
      return diffList(rule, old, now).map(([action, gone, come]) => said(action, field, gone, come));
    return isDeepStrictEqual(old, now) ? [] : [said(fieldAction(kind, field, now), field, old, now)];
  });
}

/** Changes of everything that is different, by kind and id. */
export function diffSnapshots(a: Snapshot, b: Snapshot): ConfigurationChange[] {
  const keys = [...new Set([...a.keys(), ...b.keys()])].sort();
  return keys.flatMap((key) => diffObject(a.get(key) ?? null, b.get(key) ?? null));
}

/** The state that follows from a state and the changes since; `changes` are those of one diff, or of several in order. */
export function applyChanges(a: Snapshot, changes: readonly ConfigurationChange[]): Snapshot {
  const state = new Map(a);
  for (const change of changes) {
    const { kind, resourceId: id, vpcId, path } = change;
    const key = keyOf(kind, id);
    const there = state.get(key);
    if (path === '') {
      if (change.new === null) state.delete(key);
      else state.set(key, { kind, id, vpcId, body: change.new as Body });
    } else if (there) {
      state.set(key, { kind, id, vpcId, body: canonicalBody(applied(there, change)) });
    }
  }
  return state;
}

function applied({ kind, body: given }: SnapshotObject, { path, old, new: now }: ConfigurationChange): Body {
  const body = canonicalBody(given);
  const there = body[path] ?? null;
  if (!listRuleOf(kind, path) || !Array.isArray(there) || isDeepStrictEqual(there, old))
    return { ...body, [path]: now };
  const items = [...(there as readonly Json[])];
  if (old !== null) {
    const at = items.findIndex((item) => isDeepStrictEqual(item, old));
    if (at >= 0) items.splice(at, 1);
  }
  if (now !== null) items.push(now);
  return { ...body, [path]: items };
}

type ItemDifference = readonly [action: string, old: Json, now: Json];

/** Items with one key on each side are the same thing; where several share a key each stands for itself. */
function diffList(rule: ListRule, old: readonly Json[], now: readonly Json[]): ItemDifference[] {
  const [before, after] = [grouped(rule, old), grouped(rule, now)];
  const keys = [...new Set([...before.keys(), ...after.keys()])];
  return keys.flatMap((key): ItemDifference[] => {
    const [gone, come] = withoutCommon(before.get(key) ?? [], after.get(key) ?? []);
    if (gone.length === 1 && come.length === 1)
      return [[rule.changed(itemOf(gone[0]!), itemOf(come[0]!)), gone[0]!, come[0]!]];
    return [
      ...gone.map((item): ItemDifference => [rule.removed(itemOf(item)), item, null]),
      ...come.map((item): ItemDifference => [rule.added(itemOf(item)), null, item]),
    ];
  });
}

function grouped(rule: ListRule, items: readonly Json[]): Map<string, Json[]> {
  const groups = new Map<string, Json[]>();
  for (const item of items) {
    const key = JSON.stringify(isItem(item) ? rule.keyOf(item) : item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

function withoutCommon(old: readonly Json[], now: readonly Json[]): [Json[], Json[]] {
  const come = [...now];
  const gone = old.filter((item) => {
    const at = come.findIndex((other) => isDeepStrictEqual(item, other));
    if (at >= 0) come.splice(at, 1);
    return at < 0;
  });
  return [gone, come];
}

function isItem(item: Json): item is Readonly<Record<string, Json>> {
  return typeof item === 'object' && item !== null && !Array.isArray(item);
}

function itemOf(item: Json): Readonly<Record<string, Json>> {
  return isItem(item) ? item : {};
}
