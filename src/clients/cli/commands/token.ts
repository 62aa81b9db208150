import type { Command } from 'commander';
import type { Client } from '../../graphql/client.js';
import {
  createToken,
  listTokens,
  revokeToken,
  type Role,
  type TokenFieldsFragment,
} from '../../graphql/operations.js';
import { valueOf } from '../errors.js';
import type { Io } from '../io.js';
import { oneOf, positiveDuration } from '../option-values.js';
import { instantText } from '../output/words.js';
import { listed, type ListOptions, printListed, withPaging } from '../paging.js';
import { act } from '../session.js';

const PAGE = 500;

export function register(program: Command, io: Io): void {
  const token = program.command('token').description('Bearer tokens of the API.');

  withPaging(token.command('list'))
    .description('List tokens, also those that are over; never a secret.')
    .addHelpText('after', '\nExamples:\n  cadastre token list')
    .action(
      act(io, async ({ client, out }, options: ListOptions) => {
        const head = ['ID', 'NAME', 'ROLE', 'STATE', 'EXPIRES', 'CREATED', 'BY'];
        printListed(out, await tokensOf(client, options), head, rowOf);
      }),
    );

  token
    .command('create')
    .argument('<name>', 'unique for ever; the audit trail shows it')
    .description('Make a token and print its secret, this one time.')
    .requiredOption('--role <role>', 'reader, operator or admin', oneOf('READER', 'OPERATOR', 'ADMIN'))
    .option('--expires <duration>', 'from now, as 12h or 90d (never unless given)', positiveDuration)
    .addHelpText(
      'after',
      `
Examples:
  cadastre token create ci --role operator --expires 90d
  CADASTRE_TOKEN=$(cadastre token create me --role admin) cadastre pool list`,
    )
    .action(
      act(io, async ({ client, out }, name: string, { role, expires }: { role: Role; expires?: number }) => {
        const expiresAt =
          expires === undefined ? undefined : new Date(Date.now() + expires * 1000).toISOString();
        const made = valueOf(await client.change(createToken, { input: { name, role, expiresAt } }));
        out.print(made, () => made.secret);
        out.note(`${made.token.id} (${made.token.name}): keep the secret, it is not shown again.`);
      }),
    );

  token
    .command('revoke')
    .argument('<token>', 'id or name')
    .description('End a token.')
    .addHelpText('after', '\nExamples:\n  cadastre token revoke ci')
    .action(
      act(io, async ({ client, out }, given: string) => {
        const all = /^token_\d+$/.test(given) ? [] : (await tokensOf(client, { all: true })).nodes;
        const id = all.find(({ name }) => name === given)?.id ?? given;
        const ended = valueOf(await client.change(revokeToken, { input: { id } }, { repeatable: true }));
        out.print(ended, () => out.record([['revoked', `${ended.name} (${ended.id})`]]));
      }),
    );
}

function tokensOf(client: Client, options: ListOptions) {
  return listed(
    options,
    PAGE,
    async (first, after) => (await client.ask(listTokens, { first, after })).tokens,
  );
}

function rowOf(token: TokenFieldsFragment): string[] {
  const { id, name, role, createdAt, createdBy, expiresAt, revokedAt } = token;
  const over = expiresAt !== null && Date.parse(expiresAt) <= Date.now();
  const state = revokedAt ? 'revoked' : over ? 'expired' : 'good';
  return [id, name, role, state, instantText(expiresAt), instantText(createdAt), createdBy];
}
