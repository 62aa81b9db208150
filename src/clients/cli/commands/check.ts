import type { Command } from 'commander';
import { type CheckCidrsQuery, checkCidrs } from '../../graphql/operations.js';
import { UsageError } from '../errors.js';
import { EXIT } from '../exit-codes.js';
import { type Io, readStdin } from '../io.js';
import { conflictText } from '../output/words.js';
import { act, type Session } from '../session.js';

type Check = CheckCidrsQuery['checkCidrs'][number];

const MOST_AT_ONCE = 1000;

export function register(program: Command, io: Io): void {
  program
    .command('check')
    .argument('<cidr...>', 'CIDRs or addresses; - reads them from stdin')
    .description('Say whether CIDRs are free, and who is there if not. Exit code 3: not all are free.')
    .option('--domain <routing-domain>', 'id or name; left out: GLOBAL pools only')
    .addHelpText(
      'after',
      `
Examples:
  cadastre check 10.1.0.0/16
  cadastre check 10.1.0.0/16 10.2.0.0/16 --domain legacy-wan
  cut -d, -f2 networks.csv | cadastre check -`,
    )
    .action(act(io, check));
}

async function check(session: Session, given: string[], options: { domain?: string }): Promise<number> {
  const cidrs: string[] = [];
  for (const text of given) cidrs.push(...(text === '-' ? await textsIn(session.io) : [text]));
  if (cidrs.length === 0) throw new UsageError('There is no CIDR on stdin: give one per line.');
  const checks: Check[] = [];
  for (let at = 0; at < cidrs.length; at += MOST_AT_ONCE) {
    const part = cidrs.slice(at, at + MOST_AT_ONCE);
    const answer = await session.client.ask(checkCidrs, { cidrs: part, routingDomain: options.domain });
    checks.push(...answer.checkCidrs);
  }
  const { out } = session;
  out.print(checks, () => out.table(['CIDR', 'STATUS', 'POOL', 'WITH'], checks.map(rowOf)));
  return checks.every(({ status }) => status === 'FREE') ? EXIT.done : EXIT.reported;
}

async function textsIn(io: Io): Promise<string[]> {
  return (await readStdin(io)).split(/\s+/).filter(Boolean);
}

const MOST_NAMED = 3;

function abridgedConflicts(conflicts: Check['conflicts']): string {
  const more = conflicts.length - MOST_NAMED;
  const named = conflicts.slice(0, MOST_NAMED).map(conflictText).join('; ');
  return more > 0 ? `${named}; and ${more} more` : named;
}

function rowOf({ input, cidr, status, pool, conflicts, problem }: Check): string[] {
  const why = problem
    ? `${problem.reason}${problem.canonical ? ` (${problem.canonical}?)` : ''}`
    : abridgedConflicts(conflicts);
  return [cidr ?? input, status, pool?.name ?? '', why];
}
