import type { Command } from 'commander';
import { getReach } from '../../graphql/operations.js';
import { notFound } from '../errors.js';
import type { Io } from '../io.js';
import { instant } from '../option-values.js';
import { listed, type ListOptions, printListed, withPaging } from '../paging.js';
import { act } from '../session.js';

const PAGE = 500;

/** Which routing domains reach which. */
export function register(program: Command, io: Io): void {
  withPaging(program.command('reach'))
    .argument('<routing-domain>', 'id or name; a VPC is one of its own unless declared otherwise')
    .description('List what a routing domain reaches, or is reached by, and how.')
    .option('--at <when>', 'as it was at an instant, or a time ago, as 7d', instant)
    .addHelpText(
      'after',
      `
Examples:
  cadastre reach vpc-0a1b2c
  cadastre reach on-premises --at 7d
  cadastre reach on-premises --at 2027-01-31T12:00:00Z`,
    )
    .action(
      act(io, async ({ client, out }, routingDomain: string, options: ListOptions & { at?: string }) => {
        let unknown = false;
        const list = await listed(options, PAGE, async (first, after) => {
          const { reach } = await client.ask(getReach, { routingDomain, at: options.at, first, after });
          if (!reach) throw notFound('routing domain', routingDomain);
          unknown = reach.status === 'UNKNOWN';
          return reach.domains;
        });
        printListed(out, list, ['ROUTING DOMAIN', 'ID', 'VIA'], ({ routingDomain: domain, via }) => [
          domain?.name ?? '(deleted)',
          domain?.id ?? '',
          via.map(({ how, resource }) => `${how.toLowerCase().replaceAll('_', ' ')} ${resource}`).join(', '),
        ]);
        if (unknown) out.note('nothing was observed yet at that instant: what it reached is not known');
      }),
    );
}
