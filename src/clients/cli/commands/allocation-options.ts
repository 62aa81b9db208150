import type { Command } from 'commander';
import type { HolderInput, TagInput } from '../../graphql/operations.js';
import { tag } from '../option-values.js';

export interface HolderOptions {
  readonly provider?: string;
  readonly account?: string;
  readonly region?: string;
  readonly resourceType?: string;
  readonly resourceId?: string;
  readonly routingDomain?: string;
  readonly contact?: string;
}

export interface LabelOptions extends HolderOptions {
  readonly key?: string;
  readonly tag?: TagInput[];
  readonly description?: string;
}

export function withHolder(command: Command): Command {
  return command
    .option('--provider <name>', 'holder: as aws')
    .option('--account <id>', 'holder: account, project or subscription')
    .option('--region <name>', 'holder: as eu-west-1')
    .option('--resource-type <type>', 'holder: as vpc or subnet')
    .option('--resource-id <id>', 'holder: as vpc-0a1b')
    .option('--routing-domain <name>', 'holder: where its addresses mean what they mean')
    .option('--contact <who>', 'holder: who to ask');
}

export function withLabels(command: Command): Command {
  command
    .option('--key <key>', 'your idempotency name: the same request under it gives the same allocation')
    .option('--tag <key=value>', 'tag to attach; repeatable', tag)
    .option('--description <text>', 'in your words');
  return withHolder(command);
}

/** Undefined where no option says anything of the holder. */
export function holderOf(options: HolderOptions): HolderInput | undefined {
  const { provider, account, region, resourceType, resourceId, routingDomain, contact } = options;
  const holder = { provider, account, region, resourceType, resourceId, routingDomain, contact };
  return Object.values(holder).some((value) => value !== undefined) ? holder : undefined;
}

/** Key, tags, description and holder as the inputs of the API have them. */
export function labelsOf(options: LabelOptions) {
  const { key, tag: tags, description } = options;
  return { key, tags, description, holder: holderOf(options) };
}
