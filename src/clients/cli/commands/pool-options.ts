import { type Command, InvalidArgumentError } from 'commander';
import type { PoolRulesInput, Placement } from '../../graphql/operations.js';
import { duration, list, oneOf, prefixLength, tag, type TagValue } from '../option-values.js';

export interface RuleOptions {
  readonly minPrefixLength?: number | null;
  readonly maxPrefixLength?: number | null;
  readonly defaultPrefixLength?: number | null;
  readonly requireTag?: string[];
  readonly placement?: Placement;
  readonly quarantine?: number;
  readonly exclude?: string[];
  readonly autoAdopt?: boolean;
}

export interface PoolOptions extends RuleOptions {
  readonly description?: string;
  readonly tag?: TagValue[];
}

/** `none` takes a limit away. */
function lengthOrNone(text: string): number | null {
  return text === 'none' ? null : prefixLength(text);
}

/** `none` makes a list empty. */
function listOrNone(text: string, before: readonly string[] = []): string[] {
  if (text !== 'none') return list(text, before);
  if (before.length > 0) throw new InvalidArgumentError('"none" stands alone.');
  return [];
}

export function withPoolOptions(command: Command): Command {
  return command
    .option('--description <text>', 'in your words')
    .option('--tag <key=value>', 'tag to attach; repeatable; those given are all tags', tag)
    .option('--min-prefix-length <n>', 'rule: shortest that may be taken, as 16; or none', lengthOrNone)
    .option('--max-prefix-length <n>', 'rule: longest that may be taken, as 28; or none', lengthOrNone)
    .option('--default-prefix-length <n>', 'rule: what a request without length gets; or none', lengthOrNone)
    .option('--require-tag <key>', 'rule: tag that an allocation must have; repeatable; or none', listOrNone)
    .option(
      '--placement <how>',
      'rule: best-fit, sparse, last or near',
      oneOf('BEST_FIT', 'SPARSE', 'LAST', 'NEAR'),
    )
    .option('--quarantine <duration>', 'rule: how long a released CIDR rests, as 1h, 7d or 0s', duration)
    .option('--exclude <cidr>', 'rule: never handed out; repeatable; or none', listOrNone)
    .option('--auto-adopt', 'rule: adopt what discovery sees')
    .option('--no-auto-adopt', 'rule: adopt nothing by itself');
}

/** Undefined where no option says anything of the rules. */
export function rulesOf(options: RuleOptions): PoolRulesInput | undefined {
  const rules = {
    minPrefixLength: options.minPrefixLength,
    maxPrefixLength: options.maxPrefixLength,
    defaultPrefixLength: options.defaultPrefixLength,
    requiredTags: options.requireTag,
    placement: options.placement,
    quarantineSeconds: options.quarantine,
    excluded: options.exclude,
    autoAdopt: options.autoAdopt,
  };
  return Object.values(rules).some((value) => value !== undefined) ? rules : undefined;
}
