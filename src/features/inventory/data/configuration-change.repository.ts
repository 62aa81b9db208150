import { Injectable } from '@nestjs/common';
import { formatInstant, type Instant } from '../../../platform/context/instant.js';
import type { RequestContext } from '../../../platform/context/request-context.js';
import type { Statement, Tx } from '../../../platform/database/statement.js';
import type { ConfigurationChange } from '../domain/change.js';
import type { ScopeName } from './scope.repository.js';

/** A change as it is written down. */
export interface ToldChange extends Omit<ConfigurationChange, 'path'> {
  readonly path: string;
  readonly name: string | null;
  /** All VPCs that it concerns. */
  readonly vpcs: readonly string[];
  /** Further facts. */
  readonly more?: Readonly<Record<string, unknown>>;
}

/** Row of change, outbox and what to filter by in one statement; positions follow the order given. */
const RECORD: Statement = {
  name: 'configuration-change-record',
  text: `
WITH recorded AS (
  INSERT INTO change (at, recorded_at, actor, correlation, action, subject, detail)
  SELECT $1, (SELECT cadastre_now()), $2, $3, c.value ->> 'action', c.value ->> 'subject', c.value -> 'detail'
  FROM jsonb_array_elements($5::jsonb) WITH ORDINALITY AS c (value, place) ORDER BY c.place
  RETURNING id, subject, detail
), told AS (
  INSERT INTO outbox (change_id) SELECT id FROM recorded ORDER BY id
), filed AS (
  INSERT INTO configuration_change (change_id, at, scope_id, kind, resource_id)
  SELECT id, $1, $4, detail ->> 'kind', subject FROM recorded
)
INSERT INTO configuration_change_vpc (vpc_id, at, change_id)
SELECT v.id, $1, r.id FROM recorded r CROSS JOIN LATERAL jsonb_array_elements_text(r.detail -> 'vpcs') AS v (id)`,
};

@Injectable()
export class ConfigurationChangeRepository {
  /** Records changes that a list which began at `at` showed; each is audit trail, event and what the log reads. */
  async record(
    tx: Tx,
    ctx: RequestContext,
    scope: ScopeName & { readonly id: number },
    at: Instant,
    changes: readonly ToldChange[],
  ): Promise<void> {
    if (changes.length === 0) return;
    const { provider, account, region } = scope;
    const notes = changes.map(({ action, resourceId: subject, kind, vpcId, vpcs, name, path, ...rest }) => ({
      action,
      subject,
      detail: {
        kind,
        provider,
        account,
        region,
        vpcId,
        vpcs,
        name,
        path,
        old: rest.old,
        new: rest.new,
        ...rest.more,
      },
    }));
    const values = [formatInstant(at), ctx.actor, ctx.correlation, scope.id, JSON.stringify(notes)];
    await tx.query(RECORD, values);
  }
}
