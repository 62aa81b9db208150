import type { Sent } from '../../bench/registry/sent.js';
import type { Reader } from '../../src/platform/database/statement.js';

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Rows Removed by Index Recheck'?: number;
  readonly Plans?: readonly PlanNode[];
}

/** What PostgreSQL did for a statement. */
export interface Execution {
  /** Tables that were read from their start to their end. */
  readonly scanned: readonly string[];
  readonly indexes: readonly string[];
  /** Rows that were looked at in tables, also those that were thrown away. */
  readonly rowsRead: number;
}

/** Runs a statement, and tells how. */
export async function explain(reader: Reader, { statement, values }: Sent): Promise<Execution> {
  const [row] = await reader.query<{ 'QUERY PLAN': { Plan: PlanNode }[] }>(
    `EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) ${statement.text}`,
    values,
  );
  const nodes = flatten(row!['QUERY PLAN'][0]!.Plan);
  const reads = nodes.filter((node) => node['Relation Name']);
  const unique = (names: (string | undefined)[]): string[] => [
    ...new Set(names.filter((name) => name !== undefined)),
  ];
  return {
    scanned: unique(
      reads.filter((node) => node['Node Type'] === 'Seq Scan').map((node) => node['Relation Name']),
    ).sort(),
    indexes: unique(
      nodes.filter((node) => node['Actual Loops'] > 0).map((node) => node['Index Name']),
    ).sort(),
    rowsRead: reads.reduce((sum, node) => sum + rowsReadBy(node), 0),
  };
}

function flatten(node: PlanNode): PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(flatten)];
}

function rowsReadBy(node: PlanNode): number {
  const each =
    node['Actual Rows'] +
    (node['Rows Removed by Filter'] ?? 0) +
    (node['Rows Removed by Index Recheck'] ?? 0);
  return each * node['Actual Loops'];
}
