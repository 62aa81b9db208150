import { table } from '../../src/clients/cli/output/table.js';
import type { AdoptionReport, Obstacle, Row } from './adopt.js';

/** For people: what became of every CIDR in the files. */
export function describeAdoption(report: AdoptionReport): string {
  const parts: string[] = report.warnings.map((warning) => `Warning: ${warning}`);
  section(parts, 'Adopted', report.adopted, ['pool'], ({ pool }) => [pool]);
  section(parts, 'Already there', report.present, ['pool'], ({ pool }) => [pool]);
  section(parts, 'In conflict, not adopted', report.conflicting, ['pool', 'with'], (row) => [
    row.pool,
    namesOf(row.with),
  ]);
  if (report.conflicting.length > 0) {
    parts.push(
      'What no allocation covers of the CIDRs in conflict can be handed out: exclude them (updatePool, rules.excluded) or sort the conflict out first.',
    );
  }
  section(parts, 'Outside every pool', report.outside, [], () => []);
  section(parts, 'Refused', report.refused, ['pool', 'why'], ({ pool, why }) => [pool, why]);
  section(parts, 'Left out', report.leftOut, ['why'], ({ why }) => [why]);
  const { handedOut } = report;
  parts.push(
    handedOut
      ? `New: ${handedOut.cidr} of the pool ${handedOut.pool} is yours (${handedOut.allocation}). It overlaps none of the ${handedOut.avoided} CIDRs in use in these files.`
      : 'No pool has a new CIDR that overlaps nothing in these files.',
  );
  return parts.join('\n\n');
}

function section<Kind extends Omit<Row, 'file'>>(
  parts: string[],
  title: string,
  rows: readonly Kind[],
  head: readonly string[],
  more: (row: Kind) => string[],
): void {
  if (rows.length === 0) return;
  const cells = rows.map((row) => [
    row.cidr,
    row.vpc,
    row.name ?? '',
    row.account,
    row.region ?? '',
    ...more(row),
  ]);
  parts.push(
    `${title} (${rows.length})\n${table(['CIDR', 'VPC', 'name', 'account', 'region', ...head], cells)}`,
  );
}

const MOST_NAMED = 3;

function namesOf(obstacles: readonly Obstacle[]): string {
  const named = obstacles.slice(0, MOST_NAMED).map(nameOf).join('; ');
  return obstacles.length > MOST_NAMED ? `${named} and ${obstacles.length - MOST_NAMED} more` : named;
}

function nameOf({ cidr, reason, key, holder }: Obstacle): string {
  const who =
    [holder?.account, holder?.region, holder?.resourceId].filter(Boolean).join(' ') || key || reason;
  return `${cidr} (${who})`;
}
