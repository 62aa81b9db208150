import type { Command, Option } from 'commander';

/** What can follow the words of a command. */
export interface Words {
  /** The command without the program's name: `pool create`; empty for the program itself. */
  readonly path: string;
  readonly commands: readonly { readonly name: string; readonly description: string }[];
  readonly options: readonly {
    readonly name: string;
    readonly description: string;
    readonly takesValue: boolean;
  }[];
}

/** Of every command of the program, itself first. */
export function wordsOf(program: Command): Words[] {
  const visit = (command: Command, path: readonly string[]): Words[] => [
    {
      path: path.join(' '),
      commands: [
        ...command.commands.map((child) => ({ name: child.name(), description: child.description() })),
        ...choicesOf(command),
      ],
      options: [...command.options, ...(command === program ? [] : program.options)]
        .filter((option, index, all) => all.findIndex(({ long }) => long === option.long) === index)
        .map(describe)
        .concat({ name: '--help', description: 'say what it takes', takesValue: false }),
    },
    ...command.commands.flatMap((child) => visit(child, [...path, child.name()])),
  ];
  return visit(program, []);
}

function describe(option: Option): Words['options'][number] {
  return {
    name: option.long!,
    description: option.description,
    takesValue: Boolean(option.required || option.optional),
  };
}

/** What an argument can be, where that is a list. */
function choicesOf(command: Command): Words['commands'] {
  return command.registeredArguments.flatMap(({ argChoices = [], description }) =>
    argChoices.map((name) => ({ name, description })),
  );
}
