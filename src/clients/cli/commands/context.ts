import type { Command } from 'commander';
import { checkedToken, checkedUrl } from '../contexts/connection.js';
import { type Context, contextFile, readContexts, writeContexts } from '../contexts/context-file.js';
import { UsageError } from '../errors.js';
import { type Io, readStdin } from '../io.js';
import { act } from '../session.js';

/** Services by name, in a file of the user's. */
export function register(program: Command, io: Io): void {
  const context = program
    .command('context')
    .description('Services by name, with their tokens, in a file that only you can read.');

  context
    .command('list')
    .description('List the contexts; never a token.')
    .addHelpText('after', '\nExamples:\n  cadastre context list')
    .action(
      act(io, async ({ out }) => {
        const { current, contexts } = readContexts(io.env);
        const list = Object.entries(contexts).map(([name, { url, token }]) => ({
          name,
          url,
          hasToken: token !== undefined,
          current: name === current,
        }));
        const rows = list.map((row) => [
          row.current ? '*' : '',
          row.name,
          row.url,
          row.hasToken ? 'yes' : 'no',
        ]);
        out.print(list, () => out.table(['', 'NAME', 'URL', 'TOKEN'], rows));
        if (list.length === 0) out.note(`There is none in ${contextFile(io.env)}.`);
      }),
    );

  context
    .command('set')
    .argument('<name>', 'what to call the service')
    .description('Make or change a context; the first one is used from then on.')
    .addHelpText(
      'after',
      `
With --url and --token; "--token -" reads the token from stdin, so that it stands in no history of commands. What is
left out stays as it is.

Examples:
  cadastre context set prod --url https://cadastre.example.com --token - < token.txt
  cadastre context set local --url http://127.0.0.1:4000 --token "$(cat .cadastre/admin-token)"`,
    )
    .action(
      act(io, async ({ out, options }, name: string) => {
        requireName(name);
        const { current, contexts } = readContexts(io.env);
        const before: Context | undefined = Object.hasOwn(contexts, name) ? contexts[name] : undefined;
        const url = options.url ?? before?.url;
        if (url === undefined) throw new UsageError(`Say where ${name} is: --url <url>.`);
        const given = options.token === '-' ? (await readStdin(io)).trim() : options.token;
        if (given === '') throw new UsageError('There is no token on stdin.');
        // a token goes to the URL that it was given for
        const token = given ?? (url === before?.url ? before?.token : undefined);
        const made = { url: checkedUrl(url), ...(token !== undefined && { token: checkedToken(token) }) };
        writeContexts(io.env, { current: current ?? name, contexts: { ...contexts, [name]: made } });
        out.print({ name, url: made.url, hasToken: token !== undefined }, () => `${name} is ${made.url}`);
        if (token === undefined) out.note('It has no token: give it one with --token -');
      }),
    );

  context
    .command('use')
    .argument('<name>', 'one of `cadastre context list`')
    .description('Choose the context that is used unless an option or CADASTRE_URL says otherwise.')
    .addHelpText('after', '\nExamples:\n  cadastre context use prod')
    .action(
      act(io, async ({ out }, name: string) => {
        const { contexts } = readContexts(io.env);
        const { url } = existing(contexts, name);
        writeContexts(io.env, { current: name, contexts });
        out.print({ name, url }, () => `${name} is in use: ${url}`);
      }),
    );

  context
    .command('remove')
    .argument('<name>', 'one of `cadastre context list`')
    .description('Forget a context and its token.')
    .addHelpText('after', '\nExamples:\n  cadastre context remove prod')
    .action(
      act(io, async ({ out }, name: string) => {
        const { current, contexts } = readContexts(io.env);
        const { url } = existing(contexts, name);
        const { [name]: _, ...rest } = contexts;
        writeContexts(io.env, { ...(current !== name && { current }), contexts: rest });
        out.print({ name, url }, () => `${name} is forgotten`);
        if (current === name) out.note('No context is in use: choose one with `cadastre context use`.');
      }),
    );
}

function existing(contexts: Readonly<Record<string, Context>>, name: string): Context {
  if (!Object.hasOwn(contexts, name))
    throw new UsageError(`There is no context ${name}: see \`cadastre context list\`.`);
  return contexts[name]!;
}

function requireName(name: string): void {
  if (!/^[\w.-]{1,64}$/.test(name) || name === '__proto__')
    throw new UsageError('A context is called by 1 to 64 letters, digits or the characters . - _');
}
