#!/usr/bin/env node
import 'reflect-metadata';
import { Command } from 'commander';
import { formatSettings } from './platform/config/describe-settings.js';
import {
  InvalidSettingsError,
  loadSettings,
  type Settings,
  unknownVariables,
} from './platform/config/settings.js';

/** A setting was wrong, or `fsck` could not look: not the same as having found something. */
const EXIT_NOT_RUN = 2;

function settings(): Settings {
  for (const name of unknownVariables(process.env))
    console.error(`${name} means nothing to this version: see \`cadastre config\`.`);
  return loadSettings(process.env);
}

const program = new Command('cadastre')
  .description('The public register of who owns which piece of address space.')
  .addHelpText('after', '\nEverything is set by environment variables: `cadastre config` lists them.')
  .showHelpAfterError();

program
  .command('serve')
  .description('Run the service until SIGTERM or SIGINT; migrates the database first.')
  .action(async () => {
    const { startService } = await import('./main.js');
    const service = await startService(settings(), process.stdout);
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

program
  .command('migrate')
  .description('Bring the database to the newest schema and end.')
  .option('--json', 'print the names of the migrations that ran as JSON')
  .action(async (options: { json?: boolean }) => {
    const { startServer } = await import('./platform/database/open-database.js');
    const { migrate } = await import('./platform/database/migrate.js');
    const { url, embedded } = await startServer(settings());
    try {
      const ran = await migrate(url);
      console.log(
        options.json
          ? JSON.stringify({ ran })
          : ran.length > 0
            ? ran.map((name) => `ran ${name}`).join('\n')
            : 'nothing to do',
      );
    } finally {
      await embedded?.stop();
    }
  });

program
  .command('config')
  .description('Print every setting with its value and meaning; secrets are masked.')
  .option('--json', 'print JSON')
  .action((options: { json?: boolean }) =>
    console.log(formatSettings(settings(), { json: options.json ?? false })),
  );

program
  .command('fsck')
  .description(
    'Look for anything that breaks an invariant of the register. Exit code 1: something was found; 2: it could not look.',
  )
  .option('--repair', 'rebuild what is derived (free blocks); never touches the register itself')
  .option('--json', 'print JSON, one line per check')
  .action(async (options: { repair?: boolean; json?: boolean }) => {
    const { runFsck } = await import('./fsck.js');
    process.exitCode = await runFsck(settings(), options, (line) => console.log(line));
  });

/** What an operator can act on is a sentence; anything else is a fault of ours and shows where. */
function isForOperator(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  const system = typeof (error as NodeJS.ErrnoException).code === 'string';
  const ours =
    /Error$/.test(error.name) &&
    !/^(Error|TypeError|RangeError|ReferenceError|SyntaxError)$/.test(error.name);
  return system || ours;
}

function fail(error: unknown): never {
  console.error(isForOperator(error) ? error.message || String(error) : error);
  process.exit(error instanceof InvalidSettingsError || program.args[0] === 'fsck' ? EXIT_NOT_RUN : 1);
}

program.parseAsync().catch(fail);
