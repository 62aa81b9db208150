import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

const FOLDERS = ['src', 'migrations', 'test', 'bench', 'demo'];

/** One import or re-export, types included, static or not. */
export interface Import {
  readonly specifier: string;
  readonly line: number;
  /** From the root of the repository, as TypeScript source; null for a package or a module of Node. */
  readonly target: string | null;
}

/** All TypeScript files of ours, from the root of the repository, in order. */
export function sourceFiles(): string[] {
  return FOLDERS.flatMap((folder) => filesUnder(folder))
    .filter((path) => /(?<!\.d)\.tsx?$/.test(path))
    .sort();
}

export function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** Folders directly under `path`; none where it does not exist. */
export function foldersIn(path: string): string[] {
  return entries(path)
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
}

export function importsOf(path: string): Import[] {
  const text = read(path);
  const { importedFiles } = ts.preProcessFile(text, true, true);
  return importedFiles.map(({ fileName, pos }) => ({
    specifier: fileName,
    line: text.slice(0, pos).split('\n').length,
    target: /^\.{1,2}(\/|$)/.test(fileName)
      ? posix.join(posix.dirname(path), fileName).replace(/\.js$/, '.ts')
      : null,
  }));
}

function filesUnder(folder: string): string[] {
  return entries(folder).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory() ? filesUnder(path) : [path];
  });
}

function entries(folder: string) {
  try {
    return readdirSync(join(ROOT, folder), { withFileTypes: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
