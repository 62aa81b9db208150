import { closeSync, openSync, realpathSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import type { Command } from 'commander';
import { UsageError } from '../errors.js';
import type { Io, Output } from '../io.js';
import { apiOf } from '../import/command.js';
import { act, type Session } from '../session.js';

const WRITE_EVERY = 1 << 16;

export function register(program: Command, io: Io): void {
  program
    .command('export')
    .argument('[file]', 'left out: stdout')
    .description(
      'Write the whole register as JSON Lines: routing domains, pools and what is taken from them.',
    )
    .addHelpText(
      'after',
      '\nExamples:\n  cadastre export register.ndjson\n  cadastre export | gzip > register.ndjson.gz',
    )
    .action(act(io, (session, file?: string) => exportTo(session, file)));
}

async function exportTo(session: Session, file: string | undefined): Promise<void> {
  const { registerLines } = await import('./export-register.js');
  const counts = { routingDomains: 0, links: 0, pools: 0, allocations: 0 };
  const lines = registerLines(apiOf(session.client), counts);
  if (file === undefined) {
    for await (const text of inPieces(lines)) await writeOut(session.io.stdout, text);
    return;
  }
  await writeWhole(file, lines);
  session.out.print({ file, ...counts }, () => {
    const { pools, allocations, routingDomains } = counts;
    return `${file}: ${routingDomains} routing domains, ${pools} pools, ${allocations} other allocations`;
  });
}

/** Waits for whoever reads. */
async function writeOut(stdout: Output, text: string): Promise<void> {
  if (stdout.write(text) === false)
    await new Promise((resolve) => (stdout as NodeJS.WriteStream).once('drain', resolve));
}

/** A file of this name is there only when all of it is. What is no file, as a device or a pipe, is written to as it is. */
async function writeWhole(given: string, lines: AsyncIterable<string>): Promise<void> {
  const there = statSync(given, { throwIfNoEntry: false });
  if (there && !there.isFile()) return writeInto(given, lines);
  const file = there ? realpathSync(given) : given;
  const part = `${file}.part`;
  let handle: number;
  try {
    handle = openSync(part, 'w');
  } catch (error) {
    throw new UsageError(`${file} cannot be written: ${(error as Error).message}`);
  }
  try {
    for await (const text of inPieces(lines)) writeSync(handle, text);
    closeSync(handle);
    renameSync(part, file);
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  }
}

async function writeInto(file: string, lines: AsyncIterable<string>): Promise<void> {
  let handle: number;
  try {
    handle = openSync(file, 'w');
  } catch (error) {
    throw new UsageError(`${file} cannot be written: ${(error as Error).message}`);
  }
  try {
    for await (const text of inPieces(lines)) writeSync(handle, text);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall !== 'write') throw error;
    throw new UsageError(`${file} cannot be written: ${(error as Error).message}`);
  } finally {
    closeSync(handle);
  }
}

async function* inPieces(lines: AsyncIterable<string>): AsyncIterable<string> {
  let text = '';
  for await (const line of lines) {
    text += line;
    if (text.length < WRITE_EVERY) continue;
    yield text;
    text = '';
  }
  if (text !== '') yield text;
}
