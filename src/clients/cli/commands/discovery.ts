import type { Command } from 'commander';
import {
  addDiscoveryAccounts,
  type DiscoveryAccountFieldsFragment,
  type DiscoveryScopeFieldsFragment,
  importOrganization,
  listDiscoveryAccounts,
  removeDiscoveryAccounts,
  updateDiscoveryAccount,
} from '../../graphql/operations.js';
import { UsageError, valueOf } from '../errors.js';
import type { Io } from '../io.js';
import { list } from '../option-values.js';
import type { Printer } from '../output/printer.js';
import { instantText } from '../output/words.js';
import { listed, type ListOptions, printListed, withPaging } from '../paging.js';
import { act } from '../session.js';

/** Each with its regions: pages stay small. */
const PAGE = 100;

interface Access {
  readonly name?: string;
  readonly role?: string;
  readonly externalId?: string;
  readonly region?: string[];
}

interface Switches {
  readonly enable?: boolean;
  readonly disable?: boolean;
}

interface Organization {
  readonly role: string;
  readonly externalId?: string;
  readonly region: string[];
  readonly include?: string[];
  readonly exclude?: string[];
}

type Account = DiscoveryAccountFieldsFragment & { readonly scopes: readonly DiscoveryScopeFieldsFragment[] };

/** Which accounts are discovered, and how to get in. */
export function register(program: Command, io: Io): void {
  const discovery = program
    .command('discovery')
    .description('Accounts whose networks are discovered; `cadastre sweep` reads them.');

  withPaging(discovery.command('list'))
    .description('List the accounts that are discovered, and how fresh what is known of them is.')
    .addHelpText('after', '\nExamples:\n  cadastre discovery list --all')
    .action(
      act(io, async ({ client, out }, options: ListOptions) => {
        const found = await listed(
          options,
          PAGE,
          async (first, after) =>
            (await client.ask(listDiscoveryAccounts, { first, after })).discoveryAccounts,
        );
        const head = ['ACCOUNT', 'NAME', 'REGIONS', 'STATE', 'FRESH AS OF', 'OBJECTS', 'MISSING'];
        printListed(out, found, head, rowOf);
      }),
    );

  withAccess(discovery.command('add'))
    .argument('<account...>', 'account numbers of 12 digits')
    .description('Discover accounts, or change how they are: what is left out stays; repeatable.')
    .addHelpText(
      'after',
      `
With several accounts {account} in --role stands for the number of each.

Examples:
  cadastre discovery add 111122223333 --region eu-west-1 --role arn:aws:iam::111122223333:role/cadastre
  cadastre discovery add 111122223333 444455556666 --region eu-west-1,us-east-1 --role 'arn:aws:iam::{account}:role/cadastre'`,
    )
    .action(
      act(io, async ({ client, out }, given: string[], { name, role, externalId, region }: Access) => {
        if (!region) throw new UsageError('Say which regions: --region eu-west-1,us-east-1.');
        const accounts = given.map((account) => ({
          account,
          name,
          roleArn: role?.replaceAll('{account}', account),
          externalId,
          regions: region,
        }));
        const change = client.change(addDiscoveryAccounts, { input: { accounts } }, { repeatable: true });
        printSaved(out, valueOf(await change));
      }),
    );

  withAccess(discovery.command('update'))
    .argument('<account>', '12 digits')
    .description('Change how an account is discovered; what is left out stays.')
    .option('--enable', 'sweep it again')
    .option('--disable', 'keep it, and sweep it no longer')
    .addHelpText('after', '\nExamples:\n  cadastre discovery update 111122223333 --disable')
    .action(
      act(io, async ({ client, out }, account: string, options: Access & Switches) => {
        const { name, role, externalId, region, enable, disable } = options;
        if (enable && disable) throw new UsageError('Give --enable or --disable.');
        const enabled = enable ? true : disable ? false : undefined;
        const changes = { name, roleArn: role, externalId, regions: region, enabled };
        if (Object.values(changes).every((value) => value === undefined))
          throw new UsageError('Say what is to be different: --name, --role, --region, --disable …');
        const input = { account, ...changes };
        const change = client.change(updateDiscoveryAccount, { input }, { repeatable: true });
        const updated = valueOf(await change);
        out.print(updated, () => accountText(out, updated));
      }),
    );

  discovery
    .command('remove')
    .argument('<account...>', 'account numbers')
    .description('Discover accounts no longer. What was observed there stays, and is stale.')
    .addHelpText('after', '\nExamples:\n  cadastre discovery remove 111122223333')
    .action(
      act(io, async ({ client, out }, accounts: string[]) => {
        const gone = valueOf(await client.change(removeDiscoveryAccounts, { input: { accounts } }));
        out.print(gone, () => out.record(gone.accounts.map((one) => ['removed', nameOf(one)])));
      }),
    );

  discovery
    .command('import-organization')
    .description(
      'Discover the active accounts of the AWS organization; those added by hand stay as they are.',
    )
    .requiredOption('--role <name>', 'name of the role to assume, the same in every account')
    .requiredOption('--region <regions>', 'regions of each, with commas between; repeatable', list)
    .option('--external-id <text>', 'what the role asks for as external id')
    .option('--include <accounts>', 'only these accounts; repeatable', list)
    .option('--exclude <accounts>', 'all but these accounts; repeatable', list)
    .addHelpText(
      'after',
      '\nExamples:\n  cadastre discovery import-organization --role cadastre --region eu-west-1,us-east-1',
    )
    .action(
      act(io, async ({ client, out }, options: Organization) => {
        const { role: roleName, externalId, region: regions, include, exclude } = options;
        const input = { roleName, externalId, regions, include, exclude };
        const saved = valueOf(await client.change(importOrganization, { input }, { repeatable: true }));
        printSaved(out, saved);
        if (saved.gone.length > 0)
          out.note(`no longer in the organization, and still discovered: ${saved.gone.join(', ')}`);
      }),
    );
}

function withAccess(command: Command): Command {
  return command
    .option('--name <name>', 'in your words')
    .option(
      '--role <arn>',
      'the role to assume; empty, or new without one: the credentials of the service itself',
    )
    .option('--external-id <text>', 'what the role asks for as external id')
    .option('--region <regions>', 'regions to sweep, with commas between; repeatable', list);
}

function printSaved(
  out: Printer,
  saved: {
    readonly added: number;
    readonly updated: number;
    readonly accounts: readonly DiscoveryAccountFieldsFragment[];
  },
): void {
  const { added, updated, accounts } = saved;
  out.print(saved, () =>
    out.record([
      ['added', String(added)],
      ['updated', String(updated)],
      ['as they were', String(accounts.length - added - updated)],
    ]),
  );
}

function accountText(out: Printer, account: DiscoveryAccountFieldsFragment): string {
  const { roleArn, externalId, regions, enabled, updatedAt, updatedBy } = account;
  return out.record([
    ['account', nameOf(account)],
    ['role', roleArn ?? 'none: the credentials of the service'],
    ['external id', externalId],
    ['regions', regions.join(' ')],
    ['enabled', enabled ? 'yes' : 'no'],
    ['since', `${instantText(updatedAt)} by ${updatedBy}`],
  ]);
}

function nameOf({ account, name }: DiscoveryAccountFieldsFragment): string {
  return name ? `${account} (${name})` : account;
}

function rowOf({ account, name, regions, enabled, scopes }: Account): string[] {
  const current = scopes.filter(({ region }) => regions.includes(region));
  const good = current.map(({ lastGoodAt }) => lastGoodAt);
  const sum = (key: 'objects' | 'missing') => String(scopes.reduce((total, scope) => total + scope[key], 0));
  const stale = current.find(({ staleReason }) => staleReason);
  const whole = good.length === regions.length && good.every((at) => at !== null);
  const state = !enabled
    ? 'disabled'
    : stale
      ? `stale in ${stale.region}: ${stale.staleReason}`
      : whole
        ? 'fresh'
        : 'not swept yet';
  const oldest = whole ? instantText([...good].sort()[0]) : '';
  return [account, name, regions.join(' '), state, oldest, sum('objects'), sum('missing')];
}
