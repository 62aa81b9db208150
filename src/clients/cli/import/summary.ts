import { conflictText } from '../output/words.js';
import { safeText } from '../output/safe-text.js';
import { table } from '../output/table.js';
import { type Fate, FATES, type ReportData, type Row } from './report.js';

const TITLES: Readonly<Record<Fate, string>> = {
  adopted: 'adopted',
  present: 'already there',
  conflicting: 'in conflict',
  outside: 'outside every pool',
  invalid: 'invalid',
  skipped: 'left out',
};
/** Of these the first rows are shown. */
const SHOWN: readonly Fate[] = ['conflicting', 'outside', 'invalid', 'skipped'];
const MOST_SHOWN = 5;

/** For people: counts, the first rows of what was not adopted, and what to do about it. */
export function describeReport(report: ReportData, reportFile: string | undefined): string {
  const { counts, repeated, rows, warnings, warningCount, outsideBlocks, dryRun } = report;
  const parts = [
    table(
      ['CIDRs', ''],
      [
        ...FATES.filter((fate) => counts[fate] > 0 || fate === 'adopted').map((fate) => [
          counts[fate].toLocaleString('en'),
          dryRun && fate === 'adopted' ? 'would be adopted' : TITLES[fate],
        ]),
        ...(repeated > 0 ? [[repeated.toLocaleString('en'), 'copies of a row']] : []),
      ],
    ),
  ];
  for (const fate of SHOWN) if (counts[fate] > 0) parts.push(section(fate, counts[fate], rows[fate]));
  if (outsideBlocks.length > 0)
    parts.push(
      `What lies outside every pool is in ${outsideBlocks.join(', ')}${outsideBlocks.length === 20 ? ', …' : ''}.\nMake a pool for what is yours: cadastre pool create NAME --cidr CIDR`,
    );
  if (warningCount > 0)
    parts.push(
      [
        `Warnings (${warningCount}):`,
        ...warnings.slice(0, MOST_SHOWN).map((line) => `  ${safeText(line)}`),
      ].join('\n'),
    );
  const hidden = SHOWN.some((fate) => counts[fate] > MOST_SHOWN);
  if (reportFile !== undefined) parts.push(`Every row that was not adopted is in ${reportFile}.`);
  else if (hidden) parts.push('--report FILE writes every row that is not adopted.');
  return parts.join('\n\n');
}

function section(fate: Fate, count: number, rows: readonly Row[]): string {
  const some = rows.slice(0, MOST_SHOWN);
  const shown = some.flatMap((row) => [
    [`${row.place.file}: ${row.place.at}`, row.cidr ?? '', row.what, row.reason ?? ''],
    ...(row.with ?? [])
      .slice(0, 2)
      .map((obstacle) => ['', '', '', `  with ${conflictText(asConflict(obstacle))}`]),
  ]);
  const advice = new Set(some.flatMap(({ todo }) => todo ?? []));
  const more = count > MOST_SHOWN ? `, the first ${MOST_SHOWN}` : '';
  return [
    `${TITLES[fate]} (${count.toLocaleString('en')}${more})`,
    table(['where', 'CIDR', 'what', 'why'], shown),
    ...[...advice].map((line) => `  ${safeText(line)}`),
  ].join('\n');
}

function asConflict({
  holder,
  ...obstacle
}: NonNullable<Row['with']>[number]): Parameters<typeof conflictText>[0] {
  const fields = {
    provider: null,
    account: null,
    region: null,
    resourceType: null,
    resourceId: null,
    routingDomain: null,
    contact: null,
  };
  return { ...obstacle, reason: obstacle.reason as 'allocated', holder: holder && { ...fields, ...holder } };
}
