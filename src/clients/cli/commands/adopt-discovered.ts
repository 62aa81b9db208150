import type { Client, Success } from '../../graphql/client.js';
import { adoptObserved, type AdoptObservedMutation } from '../../graphql/operations.js';
import { UsageError, valueOf } from '../errors.js';
import { EXIT } from '../exit-codes.js';
import type { Printer } from '../output/printer.js';
import { holderText } from '../output/words.js';
import { type LabelOptions, labelsOf } from './allocation-options.js';

type Adoption = Success<AdoptObservedMutation>;

/** Registers a VPC or subnet that was discovered. Repeatable. */
export async function adoptDiscovered(
  client: Client,
  resource: string,
  options: LabelOptions & { readonly pool?: string },
): Promise<Adoption> {
  if (!/^(vpc|subnet)-/.test(resource))
    throw new UsageError('Name a pool and a CIDR, or a VPC or subnet that was discovered: vpc-…, subnet-….');
  const { holder, key, tags, description } = labelsOf(options);
  const { contact, ...rest } = holder ?? {};
  if (description || Object.values(rest).some((value) => value !== undefined))
    throw new UsageError('Of what was discovered only --pool, --key, --contact and --tag can be said.');
  const input = { resource, pool: options.pool, key, contact, tags };
  return valueOf(await client.change(adoptObserved, { input }, { repeatable: true }));
}

/** The exit code: 3 where something of it was not adopted. */
export function printAdoption(out: Printer, adoption: Adoption): number {
  const { allocations, pools, failures } = adoption;
  out.print(adoption, () =>
    out.table(
      ['ID', 'CIDR', 'POOL', 'HOLDER'],
      allocations.map(({ id, cidr, pool, holder }) => [id, cidr, pool?.name ?? '', holderText(holder)]),
    ),
  );
  for (const { name, id, cidrs } of pools) out.note(`pool ${name} (${id}) has ${cidrs.join(' ')}`);
  for (const { cidr, failure } of failures) out.note(`${cidr} was not adopted: ${failure.message}`);
  return failures.length > 0 ? EXIT.reported : EXIT.done;
}
