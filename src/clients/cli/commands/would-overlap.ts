import type { Command } from 'commander';
import { type PlannedConnection, wouldOverlap, type WouldOverlapQuery } from '../../graphql/operations.js';
import { EXIT } from '../exit-codes.js';
import type { Io } from '../io.js';
import { list, oneOf } from '../option-values.js';
import type { Printer } from '../output/printer.js';
import { safeText } from '../output/safe-text.js';
import { act } from '../session.js';

type Answer = WouldOverlapQuery['wouldOverlap'];

const MOST_SHOWN = 20;

/** What a connection would bring, before anybody makes it. */
export function register(program: Command, io: Io): void {
  program
    .command('would-overlap')
    .argument('<a>', 'one end: a VPC, external network, routing domain or CIDR; several with commas between')
    .argument('<b>', 'the other end; over a transit gateway the one that is attached later')
    .description(
      'Say what connecting two ends would come to. Exit code 3: they would overlap, or not be connected.',
    )
    .option(
      '--via <connection>',
      'peering (unless given), transit-gateway or vpn',
      oneOf('PEERING', 'TRANSIT_GATEWAY', 'VPN'),
    )
    .addHelpText(
      'after',
      `
Examples:
  cadastre would-overlap vpc-0a1b vpc-2c3d
  cadastre would-overlap vpc-0a1b vpc-2c3d --via transit-gateway
  cadastre would-overlap partner 10.40.0.0/16,10.41.0.0/16 --via vpn`,
    )
    .action(
      act(
        io,
        async ({ client, out }, a: string, b: string, { via = 'PEERING' }: { via?: PlannedConnection }) => {
          const connect = { a: list(a), b: list(b), via };
          const { wouldOverlap: answer } = await client.ask(wouldOverlap, { connect });
          out.print(answer, () => textOf(out, answer));
          return answer.overlaps || answer.verdict === 'REFUSED' ? EXIT.reported : EXIT.done;
        },
      ),
    );
}

function textOf(out: Printer, answer: Answer): string {
  const {
    verdict,
    reasons,
    warnings,
    collisions,
    collisionCount,
    unreachable,
    beyond,
    beyondCount,
    alternatives,
  } = answer;
  const said = { ALLOWED: 'AWS makes it.', REFUSED: 'AWS refuses it.', AWS_DECIDES: 'AWS decides.' }[verdict];
  const why = [...reasons, ...warnings].map(({ message, source }) => `  ${message} (${source})`);
  const serving = alternatives.filter(({ serves }) => serves);
  return [
    [said, ...why.map(safeText)].slice(0, MOST_SHOWN).join('\n'),
    blocksText(out, 'Overlaps:', collisions, collisionCount),
    blocksText(out, 'Overlaps with what the route tables of the other end lead to:', beyond, beyondCount),
    section(
      'Unreachable:',
      unreachable.length,
      out.table(
        ['FROM', 'TO', 'CIDR', 'WHY', 'MENDABLE'],
        unreachable
          .slice(0, MOST_SHOWN)
          .map(({ from, to, cidr, reason, mendable }) => [
            from,
            to,
            cidr,
            reason.message,
            mendable ? 'static route' : '',
          ]),
      ),
    ),
    section(
      'Where only one side opens connections:',
      serving.length,
      serving
        .map(({ kind, from, to, why: because, needs }) =>
          safeText(`  ${kind.replaceAll('_', ' ')}, ${from} to ${to}: ${because}; needs ${needs.join('; ')}`),
        )
        .join('\n'),
    ),
  ]
    .filter(Boolean)
    .join('\n\n');
}

function blocksText(out: Printer, title: string, blocks: Answer['collisions'], count: number): string {
  const rows = blocks
    .slice(0, MOST_SHOWN)
    .map(({ a, b, aNetwork, bNetwork }) => [a, aNetwork ?? '', b, bNetwork ?? '']);
  const more = count > rows.length ? `\n… and ${count - rows.length} more` : '';
  return section(title, count, out.table(['CIDR', 'OF', 'AND', 'OF'], rows) + more);
}

function section(title: string, count: number, text: string): string {
  return count === 0 ? '' : `${title}\n${text}`;
}
