import { Argument, type Command } from 'commander';
import { act } from '../session.js';
import type { Io } from '../io.js';
import { completionFor, type Shell } from '../completion/scripts.js';
import { wordsOf } from '../completion/words.js';

export function register(program: Command, io: Io): void {
  program
    .command('completion')
    .addArgument(new Argument('<shell>').choices(['bash', 'zsh', 'fish']))
    .description('Print what makes a shell complete commands and options.')
    .addHelpText(
      'after',
      `
Examples:
  source <(cadastre completion bash)
  cadastre completion zsh > ~/.zfunc/_cadastre
  cadastre completion fish > ~/.config/fish/completions/cadastre.fish`,
    )
    .action(
      act(io, ({ io: { stdout } }, shell: Shell) => {
        stdout.write(completionFor(shell, wordsOf(program)));
        return Promise.resolve();
      }),
    );
}
