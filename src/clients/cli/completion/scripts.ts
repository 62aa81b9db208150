import type { Words } from './words.js';

export type Shell = 'bash' | 'zsh' | 'fish';

/** A script for the shell to read. */
export function completionFor(shell: Shell, words: readonly Words[]): string {
  return SCRIPTS[shell](words);
}

const SCRIPTS: Readonly<Record<Shell, (words: readonly Words[]) => string>> = {
  bash: (words) => `# bash completion for cadastre
_cadastre() {
  local cur=\${COMP_WORDS[COMP_CWORD]} path='' i
${walk(words, 'COMP_WORDS[i]', 'i=1; i<COMP_CWORD; i++')}
  case "\${COMP_WORDS[COMP_CWORD-1]}" in
    ${valueOptions(words).join('|')}) COMPREPLY=($(compgen -f -- "$cur")); return ;;
  esac
  local words=''
${choices(words)}
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
  [ \${#COMPREPLY[@]} -eq 0 ] && COMPREPLY=($(compgen -f -- "$cur"))
  return 0
}
complete -F _cadastre cadastre
`,
  zsh: (words) => `#compdef cadastre
_cadastre() {
  local path='' i
${walk(words, 'words[i]', 'i=2; i<CURRENT; i++')}
  case "\${words[CURRENT-1]}" in
    ${valueOptions(words).join('|')}) _files; return ;;
  esac
  local words=''
${choices(words)}
  compadd -- \${=words} || _files
}
if [ "$funcstack[1]" = "_cadastre" ]; then _cadastre "$@"; else compdef _cadastre cadastre; fi
`,
  fish: (words) =>
    [
      '# fish completion for cadastre',
      ...words.flatMap(({ path, commands, options }) => {
        const when = conditionOf(path, commands.length > 0, words);
        return [
          ...commands.map(
            ({ name, description }) =>
              `complete -c cadastre -f -n ${when} -a ${name} -d ${quoted(description)}`,
          ),
          ...options.map(
            ({ name, description, takesValue }) =>
              `complete -c cadastre -n ${when} -l ${name.slice(2)}${takesValue ? ' -r' : ''} -d ${quoted(description)}`,
          ),
        ];
      }),
      '',
    ].join('\n'),
};

/** Goes through the words before the one that is completed, and leaves in `path` the command that they name. */
function walk(words: readonly Words[], word: string, range: string): string {
  const steps = words.filter(({ path }) => path !== '').map(({ path }) => `'${path}'`);
  return `  for ((${range})); do
    case "\${path:+$path }\${${word}}" in
      ${steps.join('|')}) path="\${path:+$path }\${${word}}" ;;
    esac
  done`;
}

function choices(words: readonly Words[]): string {
  const cases = words.map(({ path, commands, options }) => {
    const all = [...commands, ...options].map(({ name }) => name).join(' ');
    return `    '${path}') words='${all}' ;;`;
  });
  return `  case "$path" in\n${cases.join('\n')}\n  esac`;
}

function valueOptions(words: readonly Words[]): string[] {
  const names = words.flatMap(({ options }) => options.filter(({ takesValue }) => takesValue));
  return [...new Set(names.map(({ name }) => name))];
}

function conditionOf(path: string, hasCommands: boolean, words: readonly Words[]): string {
  if (path === '') {
    const names = words[0]!.commands.map(({ name }) => name).join(' ');
    return `"not __fish_seen_subcommand_from ${names}"`;
  }
  const seen = path.split(' ').map((name) => `__fish_seen_subcommand_from ${name}`);
  const below = words.find((other) => other.path === path)!.commands.map(({ name }) => name);
  const notYet = hasCommands ? `; and not __fish_seen_subcommand_from ${below.join(' ')}` : '';
  return `"${seen.join('; and ')}${notYet}"`;
}

function quoted(text: string): string {
  return `'${text.replace(/['\\]/g, '\\$&').replace(/\s+/g, ' ')}'`;
}
