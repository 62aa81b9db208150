import type { Command } from 'commander';
import type { Io } from '../io.js';
import { act } from '../session.js';

export function register(program: Command, io: Io): void {
  program
    .command('show')
    .argument('<what>', 'CIDR, address, id, name of a pool or routing domain, key, or id of a resource')
    .description('Show what something is: where it lies, who holds it, what is around it.')
    .addHelpText(
      'after',
      `
Where a text means several things, all are shown.

Examples:
  cadastre show 10.4.7.200
  cadastre show 100.64.8.0/22
  cadastre show alloc_12           # with its history
  cadastre show global
  cadastre show vpc-0a1b2c`,
    )
    .action(
      act(io, async ({ client, out }, what: string) => {
        const { find } = await import('../show/find.js');
        const { matchesText } = await import('../show/text.js');
        const matches = await find(client, what);
        out.print({ query: what, matches }, () => matchesText(out, matches));
      }),
    );
}
