import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

export const HELP = `npm run demo -- [options]
npm run demo -- --aws FILE... [options]

Starts Cadastre with its own PostgreSQL and an emulated AWS, and discovers the network of a company in it:
75 accounts, 4 regions, 900 VPCs.
Ctrl-C stops it and removes everything.

  --aws FILE...   in place of the sample: register the VPCs and subnets in what \`aws ec2 describe-vpcs\` and
                  \`aws ec2 describe-subnets\` printed
  --region NAME   the region of VPCs without a subnet, which no file tells
  --sample        with --aws: discover the sample too
  --port N        where to listen (CADASTRE_PORT, else a free port)
  --keep FOLDER   keep the data there; a later start with it goes on where this one ended
  --json          print one line, one JSON object
  --exit          start, print and stop
  --help

Exit code 2: an argument or a file was wrong, and nothing was started.`;

/** Its message is all that people need. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export interface Arguments {
  readonly port?: number;
  readonly keep?: string;
  readonly aws: readonly string[];
  readonly region: string | null;
  readonly sample: boolean;
  readonly json: boolean;
  readonly exit: boolean;
  readonly help: boolean;
}

/** Relative paths are relative to `folder`. Throws UsageError. */
export function readArguments(args: readonly string[], folder: string): Arguments {
  const { values, positionals } = parse(args);
  const { aws = [], port, keep, region = null, sample = false } = values;
  const files = [...aws, ...positionals].map((file) => resolve(folder, file));
  if (aws.length === 0) {
    const [stray] = [
      ...positionals,
      ...(region === null ? [] : ['--region']),
      ...(sample ? ['--sample'] : []),
    ];
    if (stray !== undefined) throw new UsageError(`${stray} goes with --aws.`);
  }
  if (port !== undefined && !(/^\d+$/.test(port) && Number(port) <= 65_535))
    throw new UsageError(`--port ${port}: give a number from 0 to 65535.`);
  return {
    port: port === undefined ? undefined : Number(port),
    keep: keep === undefined ? undefined : resolve(folder, keep),
    aws: files,
    region,
    sample: sample || aws.length === 0,
    json: values.json ?? false,
    exit: values.exit ?? false,
    help: values.help ?? false,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        aws: { type: 'string', multiple: true },
        region: { type: 'string' },
        sample: { type: 'boolean' },
        port: { type: 'string' },
        keep: { type: 'string' },
        json: { type: 'boolean' },
        exit: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
