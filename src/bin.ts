#!/usr/bin/env node
import type { Command } from 'commander';
import type { Io } from './clients/cli/io.js';
import { createProgram, runProgram } from './clients/cli/program.js';
import type { Settings } from './platform/config/settings.js';

/** A setting was wrong, or `fsck` could not look: not the same as having found something. */
const EXIT_NOT_RUN = 2;

const { stdin, stdout, stderr, env } = process;
const io: Io = { stdin, stdout, stderr, env, exitWith: (code) => (process.exitCode = code) };

/** What runs the service; the rest of the program only speaks to one. Each loads what it needs when it runs. */
function registerService(program: Command): void {
  const command = (name: string): Command =>
    program.command(name).configureHelp({ showGlobalOptions: false });

  command('serve')
    .description('Run the service until SIGTERM or SIGINT; migrates the database first.')
    .addHelpText('after', '\nEverything is set by environment variables: `cadastre config` lists them.')
    .action(async () => {
      const { startService } = await import('./main.js');
      const service = await startService(await settings(), process.stdout);
      console.error(`Cadastre listens on ${service.url}`);
      const stop = (): void => {
        service.stop().then(
          () => process.exit(0),
          (error: unknown) => fail(error),
        );
      };
      process.on('SIGTERM', stop).on('SIGINT', stop);
      await service.failed;
    });

  command('migrate')
    .description('Bring the database to the newest schema and end.')
    .option('--json', 'print the names of the migrations that ran as JSON')
    .action(async (_: object, self: Command) => {
      const { startServer } = await import('./platform/database/open-database.js');
      const { migrate } = await import('./platform/database/migrate.js');
      const { url, embedded } = await startServer(await settings());
      try {
        const ran = await migrate(url);
        console.log(
          isJson(self)
            ? JSON.stringify({ ran })
            : ran.length > 0
              ? ran.map((name) => `ran ${name}`).join('\n')
              : 'nothing to do',
        );
      } finally {
        await embedded?.stop();
      }
    });

  command('config')
    .description('Print every setting with its value and meaning; secrets are masked.')
    .option('--json', 'print JSON')
    .action(async (_: object, self: Command) => {
      const { formatSettings } = await import('./platform/config/describe-settings.js');
      console.log(formatSettings(await settings(), { json: isJson(self) }));
    });

  command('fsck')
    .description(
      'Look for anything that breaks an invariant of the register. Exit code 1: something was found; 2: it could not look.',
    )
    .option('--repair', 'rebuild what is derived (free blocks); never touches the register itself')
    .option('--json', 'print JSON, one line per check')
    .action(async ({ repair }: { repair?: boolean }, self: Command) => {
      const { runFsck } = await import('./fsck.js');
      const options = { repair, json: isJson(self) };
      process.exitCode = await runFsck(await settings(), options, (line) => console.log(line));
    });
}

/** The program takes `--json` wherever it stands. */
function isJson(command: Command): boolean {
  return command.optsWithGlobals<{ json?: boolean }>().json ?? false;
}

async function settings(): Promise<Settings> {
  const { loadSettings, unknownVariables } = await import('./platform/config/settings.js');
  for (const name of unknownVariables(process.env))
    console.error(`${name} means nothing to this version: see \`cadastre config\`.`);
  return loadSettings(process.env);
}

/** What an operator can act on is a sentence; anything else is a fault of ours and shows where. */
function isForOperator(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  const system = typeof (error as NodeJS.ErrnoException).code === 'string';
  const ours =
    /Error$/.test(error.name) &&
    !/^(Error|TypeError|RangeError|ReferenceError|SyntaxError)$/.test(error.name);
  return system || ours;
}

const program = createProgram(io, registerService);

function fail(error: unknown): never {
  console.error(isForOperator(error) ? error.message || String(error) : error);
  const notRun = program.args[0] === 'fsck' || (error as Error).name === 'InvalidSettingsError';
  process.exit(notRun ? EXIT_NOT_RUN : 1);
}

// who reads has seen enough: `cadastre … | head`
stdout.on('error', (error: NodeJS.ErrnoException) =>
  error.code === 'EPIPE' ? process.exit(0) : fail(error),
);

runProgram(program, process.argv.slice(2), io).then((exit) => {
  if (exit !== 0) process.exitCode = exit;
}, fail);
