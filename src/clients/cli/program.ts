import { Command, CommanderError } from 'commander';
import { register as registerChanges } from './commands/changes.js';
import { register as registerCheck } from './commands/check.js';
import { register as registerCompletion } from './commands/completion.js';
import { register as registerContext } from './commands/context.js';
import { register as registerDiscovery } from './commands/discovery.js';
import { register as registerDomain } from './commands/domain.js';
import { register as registerFindings } from './commands/findings.js';
import { register as registerLife } from './commands/life.js';
import { register as registerOverlaps } from './commands/overlaps.js';
import { register as registerNetwork } from './commands/network.js';
import { register as registerObserved } from './commands/observed.js';
import { register as registerPool } from './commands/pool.js';
import { register as registerReach } from './commands/reach.js';
import { register as registerSearch } from './commands/search.js';
import { register as registerShow } from './commands/show.js';
import { register as registerSweep } from './commands/sweep.js';
import { register as registerTake } from './commands/take.js';
import { register as registerToken } from './commands/token.js';
import { register as registerWouldOverlap } from './commands/would-overlap.js';
import { endingOf } from './errors.js';
import { EXIT } from './exit-codes.js';
import { register as registerExport } from './export/command.js';
import { register as registerImport } from './import/command.js';
import type { Io } from './io.js';
import { positiveDuration } from './option-values.js';
import { safeText } from './output/safe-text.js';

/** Adds commands to a program. */
export type Register = (program: Command, io: Io) => void;

/** In the order of the help. */
const COMMANDS: readonly Register[] = [
  registerShow,
  registerSearch,
  registerCheck,
  registerTake,
  registerLife,
  registerPool,
  registerDomain,
  registerDiscovery,
  registerSweep,
  registerNetwork,
  registerFindings,
  registerOverlaps,
  registerWouldOverlap,
  registerReach,
  registerObserved,
  registerImport,
  registerExport,
  registerChanges,
  registerToken,
  registerContext,
  registerCompletion,
];

/** The whole command line; `others` are the commands that are not clients of the API. */
export function createProgram(io: Io, others: Register = () => undefined): Command {
  const program = new Command('cadastre')
    .description('The public register of who owns which piece of address space.')
    .option('--json', 'print JSON: one document, or a line for each item of a stream')
    .option('--url <url>', 'the service to speak to (CADASTRE_URL)')
    .option('--token <token>', 'bearer token (CADASTRE_TOKEN)')
    .option('--context <name>', 'the service that has this name: see `cadastre context`')
    .option(
      '--timeout <duration>',
      'how long to wait for an answer, as 10s (30s unless given)',
      positiveDuration,
    )
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(text),
    })
    .showHelpAfterError('Add --help to see what it takes.')
    .exitOverride();
  for (const register of COMMANDS) register(program, io);
  others(program, io);
  return program;
}

/** Runs a command line, given without the program's own name. Returns the exit code; rethrows what nobody foresaw. */
export async function runProgram(program: Command, args: readonly string[], io: Io): Promise<number> {
  // Commander may find fault before it has come to this option
  const asJson = args.includes('--json');
  if (asJson) silence(program);
  try {
    await program.parseAsync(args, { from: 'user' });
    return EXIT.done;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return EXIT.done;
      if (asJson)
        io.stderr.write(`${JSON.stringify({ error: { code: 'USAGE', message: saidBy(error) } })}\n`);
      return EXIT.usage;
    }
    const ending = endingOf(error);
    if (!ending) throw error;
    const { exit, code, message, facts, text } = ending;
    const lines = program.opts<{ json?: boolean }>().json
      ? [JSON.stringify({ error: { code, message, ...facts } })]
      : text.split('\n').map(safeText);
    io.stderr.write(`${lines.join('\n')}\n`);
    return exit;
  }
}

/** What Commander itself says of errors, in all commands. */
function silence(command: Command): void {
  command.configureOutput({ writeErr: () => undefined });
  command.commands.forEach(silence);
}

function saidBy({ code, message }: CommanderError): string {
  // in place of an error, the help that it shows people
  if (code === 'commander.help') return 'A command is missing: --help lists them.';
  return message.replace(/^error: /, '');
}
