import { type Command, Option } from 'commander';
import { adopt, allocate, type Placement, preview, reserve } from '../../graphql/operations.js';
import { UsageError, valueOf } from '../errors.js';
import type { Io } from '../io.js';
import { oneOf, positiveDuration, prefixLength } from '../option-values.js';
import { instantText } from '../output/words.js';
import { act } from '../session.js';
import { type LabelOptions, labelsOf, withLabels } from './allocation-options.js';
import { adoptDiscovered, printAdoption } from './adopt-discovered.js';
import { printAllocation } from './allocation-text.js';

interface AdoptOptions extends LabelOptions {
  readonly pool?: string;
}

interface TakeOptions extends LabelOptions {
  readonly prefixLength?: number;
  readonly cidr?: string;
  readonly replaces?: string;
  readonly placement?: Placement;
  readonly near?: string;
}

/** Taking space: allocate, reserve, preview, adopt. */
export function register(program: Command, io: Io): void {
  taking(program, 'allocate')
    .description('Take a CIDR from a pool for good.')
    .addHelpText(
      'after',
      `
With neither --prefix-length nor --cidr the pool's default length is taken.

Examples:
  cadastre allocate global --prefix-length 22 --key team-a/vpc
  cadastre allocate global --cidr 100.64.8.0/22 --account 123456789012 --tag env=prod`,
    )
    .action(
      act(io, async ({ client, out }, pool: string, options: TakeOptions) => {
        const input = { pool, ...takingOf(options) };
        const repeatable = input.key !== undefined;
        printAllocation(out, valueOf(await client.change(allocate, { input }, { repeatable })));
      }),
    );

  taking(program, 'reserve')
    .description('Hold a CIDR of a pool until it is confirmed or the time is over.')
    .option('--ttl <duration>', 'how long, as 90s, 15m, 1h or 7d (1h unless given)', positiveDuration)
    .addHelpText(
      'after',
      `
Examples:
  cadastre reserve global --prefix-length 22 --key team-a/vpc --ttl 7d
  cadastre confirm alloc_12`,
    )
    .action(
      act(io, async ({ client, out }, pool: string, options: TakeOptions & { ttl?: number }) => {
        const input = { pool, ...takingOf(options), ttlSeconds: options.ttl };
        const repeatable = input.key !== undefined;
        const held = valueOf(await client.change(reserve, { input }, { repeatable }));
        printAllocation(out, held);
        if (held.status === 'RESERVED')
          out.note(`Confirm it before ${instantText(held.expiresAt)}: cadastre confirm ${held.id}`);
      }),
    );

  taking(program, 'preview')
    .description('Say which CIDR allocate would give now. Not binding: nothing is held.')
    .addHelpText('after', '\nExamples:\n  cadastre preview global --prefix-length 22')
    .action(
      act(io, async ({ client, out }, pool: string, options: TakeOptions) => {
        const value = valueOf(await client.change(preview, { input: { pool, ...takingOf(options) } }));
        out.print(value, () => value.cidr);
      }),
    );

  withLabels(program.command('adopt'))
    .argument('<what>', 'a pool (id or name) and a CIDR; or a VPC or subnet that was discovered, by its id')
    .argument('[cidr]', 'what is in use in that pool')
    .option('--pool <pool>', 'of what was discovered: another pool than the one it lies in')
    .description('Register what is in use already; nothing is renumbered.')
    .addHelpText(
      'after',
      `
A VPC that was discovered is adopted with all its CIDRs, gets a pool, and its subnets follow.

Examples:
  cadastre adopt global 100.64.8.0/22 --key team-a/vpc --resource-type vpc --resource-id vpc-0a1b2c
  cadastre adopt vpc-0a1b2c --contact net@example.com`,
    )
    .action(
      act(io, async ({ client, out }, what: string, cidr: string | undefined, options: AdoptOptions) => {
        if (cidr === undefined) return printAdoption(out, await adoptDiscovered(client, what, options));
        if (options.pool !== undefined)
          throw new UsageError('--pool goes with what was discovered: name the pool, then the CIDR.');
        const input = { pool: what, cidr, ...labelsOf(options) };
        const repeatable = input.key !== undefined;
        printAllocation(out, valueOf(await client.change(adopt, { input }, { repeatable })));
      }),
    );
}

function taking(program: Command, name: string): Command {
  const command = program
    .command(name)
    .argument('<pool>', 'id or name')
    .addOption(new Option('--prefix-length <n>', 'as 24 for a /24').argParser(prefixLength).conflicts('cidr'))
    .option('--cidr <cidr>', 'exactly this one')
    .option('--replaces <id>', 'the allocation under this key that the new one is to stand in for')
    .option(
      '--placement <how>',
      'best-fit, sparse, last, or near with --near (as the pool says unless given)',
      oneOf('BEST_FIT', 'SPARSE', 'LAST', 'NEAR'),
    )
    .option('--near <cidr>', 'close to this one');
  return withLabels(command);
}

function takingOf(options: TakeOptions) {
  const { prefixLength: length, cidr, replaces, near } = options;
  if (options.placement === 'NEAR' && near === undefined)
    throw new UsageError('--placement near needs --near <cidr>: close to what?');
  const placement = options.placement ?? (near === undefined ? undefined : 'NEAR');
  return { prefixLength: length, cidr, replaces, placement, near, ...labelsOf(options) };
}
