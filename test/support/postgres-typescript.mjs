import { transformFile } from '@swc/core';
import { fileURLToPath } from 'node:url';

/**
 * Node module hooks with which a plain `import()` understands the TypeScript sources: TypeORM loads migration files that
 * way, past Jest's transformation (which covers `require` only) when it happens in the global setup.
 */
export async function load(url, context, nextLoad) {
  if (!url.startsWith('file:') || !url.endsWith('.ts')) return nextLoad(url, context);
  const { code } = await transformFile(fileURLToPath(url));
  return { format: 'module', source: code, shortCircuit: true };
}

/** An import of ours that ends in `.js` means the `.ts` source where there is no such `.js`. */
export async function resolve(specifier, context, nextResolve) {
  try {
    return await nextResolve(specifier, context);
  } catch (error) {
    if (!/^\.{1,2}\/.*\.js$/.test(specifier)) throw error;
    return nextResolve(specifier.replace(/\.js$/, '.ts'), context);
  }
}
