import type { Command } from 'commander';
import {
  confirm,
  getAllocation,
  release,
  releaseMany,
  renew,
  restore,
  updateAllocation,
  type HolderFieldsFragment,
} from '../../graphql/operations.js';
import { notFound, UsageError, valueOf } from '../errors.js';
import type { Io } from '../io.js';
import { allocationId } from '../reference.js';
import { positiveDuration, tag, type TagValue } from '../option-values.js';
import { instantText } from '../output/words.js';
import { act } from '../session.js';
import { type HolderOptions, holderOf, withHolder } from './allocation-options.js';
import { printAllocation } from './allocation-text.js';

interface UpdateOptions extends HolderOptions {
  readonly description?: string;
  readonly tag?: TagValue[];
  readonly clearTags?: boolean;
}

/** The API takes a holder as a whole: fields that are not given stay as they are. */
function changesOf(options: UpdateOptions, held: HolderFieldsFragment) {
  const { description, tag: tags, clearTags } = options;
  const given = holderOf(options);
  const { __typename: _, ...before } = held as HolderFieldsFragment & { __typename?: string };
  return {
    ...(given && { holder: { ...before, ...withoutUndefined(given) } }),
    ...(description !== undefined && { description }),
    ...((tags !== undefined || clearTags) && { tags: tags ?? [] }),
  };
}

function withoutUndefined<Value extends object>(value: Value): Partial<Value> {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as Partial<Value>;
}

/** The life of an allocation: confirm, renew, update, release, restore. */
export function register(program: Command, io: Io): void {
  withHolder(program.command('confirm'))
    .argument('<allocation>', 'the reservation: its id, or pool:key')
    .description('Make a reservation an allocation.')
    .option('--nonce <text>', 'the same nonce again gets the same answer')
    .addHelpText(
      'after',
      '\nExamples:\n  cadastre confirm alloc_12 --resource-id vpc-0a1b2c\n  cadastre confirm global:team-a/vpc',
    )
    .action(
      act(io, async ({ client, out }, given: string, options: HolderOptions & { nonce?: string }) => {
        const id = await allocationId(client, given);
        const input = { id, nonce: options.nonce, holder: holderOf(options) };
        const repeatable = options.nonce !== undefined;
        printAllocation(out, valueOf(await client.change(confirm, { input }, { repeatable })));
      }),
    );

  program
    .command('renew')
    .argument('<allocation>', 'the reservation: its id, or pool:key')
    .description('Hold a reservation longer; an earlier end than the present one changes nothing.')
    .option('--ttl <duration>', 'from now, as 90s, 15m, 1h or 7d (1h unless given)', positiveDuration)
    .addHelpText('after', '\nExamples:\n  cadastre renew alloc_12 --ttl 7d')
    .action(
      act(io, async ({ client, out }, given: string, { ttl }: { ttl?: number }) => {
        const id = await allocationId(client, given);
        const input = { id, ttlSeconds: ttl };
        printAllocation(out, valueOf(await client.change(renew, { input }, { repeatable: true })));
      }),
    );

  withHolder(program.command('update'))
    .argument('<allocation>', 'its id, or pool:key')
    .description('Change what describes an allocation, never its CIDR; what is left out stays.')
    .option('--description <text>', 'in your words')
    .option('--tag <key=value>', 'tag to attach; repeatable; those given are all tags', tag)
    .option('--clear-tags', 'take all tags away')
    .addHelpText(
      'after',
      '\nExamples:\n  cadastre update global:team-a/vpc --resource-type vpc --resource-id vpc-0a1b2c\n  cadastre update alloc_12 --tag env=prod --tag team=a',
    )
    .action(
      act(io, async ({ client, out }, given: string, options: UpdateOptions) => {
        const id = await allocationId(client, given);
        const found = (await client.ask(getAllocation, { id })).allocation;
        if (!found) throw notFound('allocation', given);
        const input = { id, version: found.version, ...changesOf(options, found.holder) };
        if (Object.keys(input).length === 2)
          throw new UsageError('Say what is to be different: `cadastre update --help` lists it.');
        printAllocation(out, valueOf(await client.change(updateAllocation, { input })));
      }),
    );

  program
    .command('release')
    .argument('<allocation...>', 'allocations or reservations: id, or pool:key')
    .description('Give back what is not used any more: of several all or, where one cannot be, none.')
    .option('--force', 'also what is still observed in the cloud')
    .addHelpText('after', '\nExamples:\n  cadastre release alloc_12\n  cadastre release alloc_12 alloc_13')
    .action(
      act(io, async ({ client, out }, given: string[], { force }: { force?: boolean }) => {
        const ids = await Promise.all(given.map((one) => allocationId(client, one)));
        const items = ids.map((id) => ({ id, force }));
        const [first] = items;
        const released =
          items.length === 1
            ? [valueOf(await client.change(release, { input: first! }))]
            : valueOf(await client.change(releaseMany, { input: { items } })).allocations;
        const rows = released.map(({ id, cidr, pool, status, availableAt }) => [
          id,
          cidr,
          pool?.name ?? '',
          status,
          status === 'QUARANTINED' ? instantText(availableAt) : '',
        ]);
        out.print(released, () => out.table(['ID', 'CIDR', 'POOL', 'STATUS', 'RESTS UNTIL'], rows));
      }),
    );

  program
    .command('restore')
    .argument('<allocation>', 'the allocation that is in quarantine: its id')
    .description('Take back a release, while the CIDR rests.')
    .addHelpText('after', '\nExamples:\n  cadastre restore alloc_12')
    .action(
      act(io, async ({ client, out }, id: string) => {
        printAllocation(out, valueOf(await client.change(restore, { input: { id } })));
      }),
    );
}
