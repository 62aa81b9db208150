import { fileURLToPath } from 'node:url';

/** Arguments with which Node runs one of our programs: as it was built, or from its source where a test does. */
export function programArguments(path: string, from: string): string[] {
  if (!from.endsWith('.ts')) return [fileURLToPath(new URL(path, from))];
  const hooks = new URL('../../test/support/postgres-typescript.mjs', import.meta.url).href;
  const register = `import { register } from 'node:module'; register(${JSON.stringify(hooks)});`;
  const source = fileURLToPath(new URL(path.replace(/\.js$/, '.ts'), from));
  return ['--import', `data:text/javascript,${encodeURIComponent(register)}`, source];
}
