/** Something about the command line; its message is all that people need. */
export class UsageError extends Error {
  override name = 'UsageError';
}

interface Named {
  readonly name: string;
  readonly about: string;
}

export function listOf(all: readonly Named[]): string {
  const width = Math.max(...all.map(({ name }) => name.length));
  return all.map(({ name, about }) => `${name.padEnd(width)}  ${about}`).join('\n');
}

export function choose<Kind extends Named>(all: readonly Kind[], names: readonly string[]): Kind {
  const found = names.length === 1 && all.find(({ name }) => name === names[0]);
  if (!found) throw new UsageError(`Give one of these names:\n${listOf(all)}`);
  return found;
}

export function positive(option: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new UsageError(`--${option} ${text}: give a number above 0`);
  return value;
}
