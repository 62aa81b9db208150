import type { SweepFieldsFragment, SweepReportFragment } from '../../graphql/operations.js';
import type { Printer } from '../output/printer.js';
import { instantText } from '../output/words.js';

const WIDTH = 24;
const MOST_FAILED = 20;

/** `2 m 5 s` */
function durationText(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  return minutes < 60 ? `${minutes} m ${whole % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} m`;
}

/** One line: a bar, what was read, and how long the rest takes. */
export function progressLine(sweep: SweepFieldsFragment): string {
  const { scopesDone, scopesTotal, accountsDone, accountsTotal, calls, objects, throttles } = sweep;
  const full = scopesTotal > 0 ? Math.round((scopesDone / scopesTotal) * WIDTH) : WIDTH;
  const bar = '█'.repeat(full) + '░'.repeat(WIDTH - full);
  const parts = [
    `${scopesDone}/${scopesTotal} regions of ${accountsDone}/${accountsTotal} accounts`,
    `${objects} objects`,
    `${calls} calls`,
    throttles === '0' ? '' : `${throttles} throttled`,
    sweep.scopesFailed === 0 ? '' : `${sweep.scopesFailed} failed`,
    sweep.remainingSeconds === 0
      ? 'reconciling'
      : sweep.remainingSeconds === null
        ? ''
        : `about ${durationText(sweep.remainingSeconds)} left`,
  ];
  return `${bar} ${parts.filter(Boolean).join(', ')}`;
}

/** All that is known of a sweep, a line each. */
export function sweepText(out: Printer, sweep: SweepReportFragment): string {
  const { id, state, startedAt, startedBy, endedAt, failedScopes, scopesFailed } = sweep;
  const seconds = endedAt ? (Date.parse(endedAt) - Date.parse(startedAt)) / 1000 : null;
  const left = scopesFailed - Math.min(failedScopes.length, MOST_FAILED);
  return out.record([
    ['sweep', id],
    ['state', state.toLowerCase()],
    ['since', `${instantText(startedAt)} by ${startedBy}`],
    ['until', endedAt && `${instantText(endedAt)}, ${durationText(seconds!)}`],
    ['accounts', `${sweep.accountsDone} of ${sweep.accountsTotal}`],
    ['regions', `${sweep.scopesDone} of ${sweep.scopesTotal}`],
    ['remaining', sweep.remainingSeconds === null ? '' : `about ${durationText(sweep.remainingSeconds)}`],
    ['objects', `${sweep.objects} read, ${sweep.changed} new or different, ${sweep.missing} missing`],
    ['calls', `${sweep.calls}, ${sweep.throttles} throttled, ${sweep.retries} repeated`],
    ...failedScopes.slice(0, MOST_FAILED).map((scope) => ['failed', failedText(scope)] as const),
    ['failed', left > 0 ? `and ${left} more: --json has them` : ''],
    ['problem', sweep.problem],
  ]);
}

/** `111122223333 eu-west-1: subnet: THROTTLED, too many calls`, the first message of each reason. */
function failedText({ account, region, failures }: SweepReportFragment['failedScopes'][number]): string {
  const reasons = [...new Set(failures.map(({ reason }) => reason))];
  const texts = reasons.map((reason) => {
    const of = failures.filter((failure) => failure.reason === reason);
    const kinds = of.map(({ kind }) => kind?.toLowerCase() ?? 'all').slice(0, 3);
    const more = of.length > 3 ? ` and ${of.length - 3} more` : '';
    return `${kinds.join(', ')}${more}: ${reason}, ${of[0]!.message}`;
  });
  return [`${account} ${region}`, texts.join('; ')].filter(Boolean).join(': ');
}

export const SWEEP_HEAD = [
  'ID',
  'STATE',
  'SINCE',
  'UNTIL',
  'REGIONS',
  'FAILED',
  'OBJECTS',
  'CHANGED',
  'MISSING',
  'BY',
];

export function sweepRow(sweep: SweepFieldsFragment): string[] {
  const { id, state, startedAt, endedAt, scopesDone, scopesTotal, scopesFailed, startedBy } = sweep;
  return [
    id,
    state.toLowerCase(),
    instantText(startedAt),
    instantText(endedAt),
    `${scopesDone}/${scopesTotal}`,
    String(scopesFailed),
    sweep.objects,
    sweep.changed,
    sweep.missing,
    startedBy,
  ];
}
