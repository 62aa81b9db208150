import { type Command, InvalidArgumentError } from 'commander';
import type { Client } from '../../graphql/client.js';
import { EXIT } from '../exit-codes.js';
import type { Io } from '../io.js';
import { positiveDuration } from '../option-values.js';
import { act, type Session } from '../session.js';
import type { Api } from './api.js';
import type { Format } from './csv/formats.js';
import type { Progress } from './progress.js';
import type { Report } from './report.js';

interface CommonOptions {
  readonly dryRun?: boolean;
  readonly report?: string;
}

const DAY = 24 * 3600;
/** How long an import waits for a service that went away. */
const PATIENCE_SECONDS = 60;

export function register(program: Command, io: Io): void {
  const command = program
    .command('import')
    .description(
      'Register what exists already, as it is: nothing is renumbered, and a repetition changes nothing.',
    )
    .addHelpText('after', '\nExit code 3: rows were reported. What is read and how: docs/import.md');
  addAws(command, io);
  addCsv(command, io);
  addRegister(command, io);
}

function common(command: Command): Command {
  return command
    .option('--dry-run', 'only tell what would happen')
    .option('--report <file>', 'write every row that is not adopted there, one JSON object on a line');
}

function addAws(command: Command, io: Io): void {
  common(command.command('aws'))
    .argument(
      '<file...>',
      'what `aws ec2 describe-vpcs` and `aws ec2 describe-subnets` printed, in any number of files',
    )
    .description('Register VPCs and their subnets; every VPC becomes a pool for its subnets.')
    .option('--region <region>', 'of VPCs without a subnet, whose region no file tells')
    .option('--routing-domain <name>', 'pools of this routing domain count as well as GLOBAL ones')
    .addHelpText(
      'after',
      `
Examples:
  aws ec2 describe-vpcs > vpcs.json; aws ec2 describe-subnets > subnets.json
  cadastre import aws vpcs.json subnets.json --dry-run
  cadastre import aws exports/*.json --report left.ndjson`,
    )
    .action(
      act(
        io,
        async (
          session,
          files: string[],
          options: CommonOptions & { region?: string; routingDomain?: string },
        ) => {
          const { importAws } = await import('./import-aws.js');
          return run(session, options, (api, report, progress) =>
            importAws(
              api,
              files,
              {
                region: options.region ?? null,
                routingDomain: options.routingDomain ?? null,
                dryRun: options.dryRun ?? false,
              },
              report,
              progress,
            ),
          );
        },
      ),
    );
}

function addCsv(command: Command, io: Io): void {
  common(command.command('csv'))
    .argument('<file>', 'with a header: cidr, and any of pool, key, description, tags, …; see docs/import.md')
    .description('Register the rows of a CSV file, also of one that NetBox or phpIPAM exported.')
    .option('--format <format>', 'cadastre, netbox or phpipam (told by the header unless given)', formatValue)
    .option('--routing-domain <name>', 'pools of this routing domain count as well as GLOBAL ones')
    .option('--ttl <duration>', 'how long RESERVED rows are held', positiveDuration, DAY)
    .addHelpText(
      'after',
      `
Examples:
  cadastre import csv networks.csv --dry-run
  cadastre import csv netbox_prefixes.csv --format netbox --routing-domain legacy-wan`,
    )
    .action(
      act(
        io,
        async (
          session,
          file: string,
          options: CommonOptions & { format?: Format; routingDomain?: string; ttl: number },
        ) => {
          const { importCsv } = await import('./import-csv.js');
          return run(session, options, (api, report, progress) =>
            importCsv(
              api,
              file,
              {
                format: options.format,
                routingDomain: options.routingDomain ?? null,
                ttlSeconds: options.ttl,
                dryRun: options.dryRun ?? false,
              },
              report,
              progress,
            ),
          );
        },
      ),
    );
}

function addRegister(command: Command, io: Io): void {
  common(command.command('register'))
    .argument('<file>', 'what `cadastre export` wrote')
    .description('Bring a register back: routing domains, pools and allocations.')
    .option('--ttl <duration>', 'how long reservations are held', positiveDuration, DAY)
    .addHelpText(
      'after',
      '\nExamples:\n  cadastre export register.ndjson\n  cadastre import register register.ndjson',
    )
    .action(
      act(io, async (session, file: string, options: CommonOptions & { ttl: number }) => {
        const { importRegister } = await import('./import-register.js');
        return run(session, options, (api, report, progress) =>
          importRegister(
            api,
            file,
            { ttlSeconds: options.ttl, dryRun: options.dryRun ?? false },
            report,
            progress,
          ),
        );
      }),
    );
}

/** Runs an import and prints its report, also of one that stopped on its way. */
async function run(
  session: Session,
  options: CommonOptions,
  work: (api: Api, report: Report, progress: Progress) => Promise<object>,
): Promise<number> {
  const { Report } = await import('./report.js');
  const { describeReport } = await import('./summary.js');
  const { ProgressBar } = await import('./progress.js');
  const { patient } = await import('./api.js');
  const report = new Report(options.dryRun ?? false, options.report);
  const progress = new ProgressBar(session.io.stderr);
  try {
    const found = await work(patient(apiOf(session.client), PATIENCE_SECONDS), report, progress);
    progress.clear();
    const data = report.data();
    session.out.print({ ...found, ...data }, () => describeReport(data, options.report));
  } catch (error) {
    progress.clear();
    if (report.hasRows)
      session.out.note(`Stopped on the way. So far:\n${describeReport(report.data(), options.report)}\n`);
    throw error;
  } finally {
    report.close();
  }
  return report.hasTrouble ? EXIT.reported : EXIT.done;
}

export function apiOf(client: Client): Api {
  return { ask: (operation, variables) => client.ask(operation, variables, { repeatable: true }) };
}

function formatValue(text: string): Format {
  if (text === 'cadastre' || text === 'netbox' || text === 'phpipam') return text;
  throw new InvalidArgumentError('Give cadastre, netbox or phpipam.');
}
