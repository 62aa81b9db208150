import type { FsckCheck } from '../../../platform/ops/fsck.js';

interface Fault extends Record<string, unknown> {
  readonly subject: string;
  readonly message: string;
}

/** More of one kind than these say nothing new. */
const MOST = 1_000;

/** A check whose query gives what is wrong, as `subject` and `message`. */
function check(name: string, describe: string, query: string): FsckCheck {
  return {
    name,
    describe,
    async *run(database) {
      for (const { subject, message } of await database.query<Fault>(`${query} LIMIT ${MOST}`))
        yield { subject, message, repairable: false };
    },
  };
}

const SUBJECT = `v.kind || ' ' || v.resource_id || ' of scope ' || v.scope_id`;
const OBJECT = 'PARTITION BY v.resource_id, v.scope_id, v.kind ORDER BY v.seen_from';

/** The invariants of the inventory, for `cadastre fsck`. */
export const INVENTORY_CHECKS: readonly FsckCheck[] = [
  check(
    'inventory.versions',
    'Versions of an object never overlap, and one that follows at once is different.',
    `SELECT ${SUBJECT} AS subject,
       CASE WHEN v.seen_to IS NULL OR v.seen_to > v.next_from THEN 'the version of ' || v.seen_from || ' reaches into the next'
       ELSE 'the versions of ' || v.seen_from || ' and ' || v.next_from || ' are the same' END AS message
     FROM (SELECT v.*, lead(v.seen_from) OVER w AS next_from, lead(v.hash) OVER w AS next_hash
           FROM observed_version v WINDOW w AS (${OBJECT})) v
     WHERE v.next_from IS NOT NULL AND (v.seen_to IS NULL OR v.seen_to > v.next_from
       OR (v.seen_to = v.next_from AND v.missing_since IS NULL AND v.hash = v.next_hash))`,
  ),
  check(
    'inventory.gaps',
    'A list that is stale has an open gap since then, and no other list has one.',
    `SELECT coalesce(l.kind, g.kind) || ' of scope ' || coalesce(l.scope_id, g.scope_id) AS subject,
       'stale since ' || coalesce(l.stale_since::text, 'never') || ', open gap since ' || coalesce(g.began_at::text, 'never') AS message
     FROM discovery_list l FULL JOIN (SELECT * FROM discovery_gap WHERE ended_at IS NULL) g
       ON g.scope_id = l.scope_id AND g.kind = l.kind
     WHERE l.stale_since IS DISTINCT FROM g.began_at`,
  ),
  check(
    'inventory.changes',
    'What configuration changes are filtered by says what their rows in the trail say.',
    `SELECT 'change ' || f.change_id AS subject, 'it is filed as ' || f.kind || ' ' || f.resource_id AS message
     FROM configuration_change f JOIN change c ON c.id = f.change_id
     WHERE (f.at, f.kind, f.resource_id) IS DISTINCT FROM (c.at, c.detail ->> 'kind', c.subject)
       OR (SELECT array_agg(p.vpc_id ORDER BY p.vpc_id) FROM configuration_change_vpc p
           WHERE p.change_id = f.change_id AND p.at = f.at)
         IS DISTINCT FROM (SELECT array_agg(v.id COLLATE "C" ORDER BY v.id COLLATE "C")
           FROM jsonb_array_elements_text(c.detail -> 'vpcs') v (id))`,
  ),
];
