/** Makes a forgotten case a compile error. */
export function assertUnreachable(value: never): never {
  throw new Error(`unexpected ${JSON.stringify(value)}`);
}
