import type { Command } from 'commander';
import { search } from '../../graphql/operations.js';
import type { Io } from '../io.js';
import { wholeNumber } from '../option-values.js';
import { act } from '../session.js';
import { hitsText } from './search-text.js';

const DEFAULT_HITS = 20;
const MOST_HITS = 100;

/** Everything that is allocated, observed or declared. */
export function register(program: Command, io: Io): void {
  program
    .command('search')
    .argument('<text>', 'CIDR, address, id, name, tag, holder, or a part of what is said of it')
    .description('Find whatever is allocated, observed or declared, the best answer first.')
    .option('--limit <number>', `how many to list (${DEFAULT_HITS} unless given)`, wholeNumber(1, MOST_HITS))
    .addHelpText(
      'after',
      `
Examples:
  cadastre search 10.4.7.200      # what contains it, the innermost first
  cadastre search checkout --json`,
    )
    .action(
      act(io, async ({ client, out }, text: string, { limit = DEFAULT_HITS }: { limit?: number }) => {
        const { search: found } = await client.ask(search, { text, first: limit });
        out.print(found, () => hitsText(out, found.hits));
        if (found.more) out.note('there is more: a narrower text finds it, or --limit');
      }),
    );
}
