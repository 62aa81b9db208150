import { isUtf8 } from 'node:buffer';
import { createReadStream, statSync } from 'node:fs';
import { UsageError } from '../errors.js';

/** The file cannot be imported at all. */
export function unusableFile(file: string, problem: string): UsageError {
  return new UsageError(`${file}: ${problem}`);
}

/** A regular file with UTF-8 text, which can be read several times. */
export interface SourceFile {
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  /** The whole file without its byte order mark; `seen` hears of every chunk's size. */
  chunks(seen?: (bytes: number) => void): AsyncIterable<Buffer>;
}

export interface TextLimits {
  /** Most bytes of a line, or of a quoted record that runs over several. */
  readonly lineBytes?: number;
  /** Whether newlines between double quotes do not end a record. */
  readonly quoted?: boolean;
}

const BOM = Buffer.from([0xef, 0xbb, 0xbf]);
const NEWLINE = 0x0a;
const QUOTE = 0x22;

/**
 * Reads the file once and looks for what makes all of it unusable, before anything is done with a part of it. About a
 * second per gigabyte. Throws UsageError.
 */
export async function inspectFile(path: string, limits: TextLimits = {}): Promise<SourceFile> {
  const size = sizeOf(path);
  const unusable = (problem: string): UsageError => unusableFile(path, problem);
  const encoding = new EncodingCheck();
  const records =
    limits.lineBytes === undefined ? null : new RecordCheck(limits.lineBytes, limits.quoted ?? false);
  let hasText = false;
  for await (const chunk of read(path, unusable)) {
    const problem = encoding.next(chunk) ?? records?.next(chunk);
    if (problem) throw unusable(problem);
    hasText ||= chunk.some((byte) => byte > 0x20);
  }
  const problem = encoding.end() ?? records?.end();
  if (problem) throw unusable(problem);
  if (!hasText) throw unusable('the file is empty');
  return {
    path,
    size,
    async *chunks(seen) {
      for await (const chunk of read(path, unusable)) {
        seen?.(chunk.length);
        yield chunk;
      }
    },
  };
}

function sizeOf(path: string): number {
  let stats;
  try {
    stats = statSync(path);
  } catch (error) {
    throw unusableFile(path, `cannot be read: ${(error as Error).message}`);
  }
  if (stats.isDirectory()) throw unusableFile(path, 'is a folder: name the files in it');
  if (!stats.isFile())
    throw unusableFile(path, 'is no regular file: it is read more than once, so save it as one first');
  return stats.size;
}

async function* read(path: string, unusable: (problem: string) => Error): AsyncIterable<Buffer> {
  let first = true;
  try {
    for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
      yield first && chunk.subarray(0, 3).equals(BOM) ? chunk.subarray(3) : chunk;
      first = false;
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    throw unusable(`cannot be read: ${(error as Error).message}`);
  }
}

/** UTF-8 without NUL characters, told apart from its look-alikes. */
class EncodingCheck {
  private line = 1;
  private first = true;
  private rest: Buffer = Buffer.alloc(0);

  next(chunk: Buffer): string | null {
    if (this.first && isUtf16(chunk)) return 'is UTF-16 text: save it as UTF-8 (`iconv -f UTF-16 -t UTF-8`)';
    this.first = false;
    const text = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    const end = text.length - openBytes(text);
    this.rest = text.subarray(end);
    return this.check(text.subarray(0, end));
  }

  end(): string | null {
    return this.rest.length === 0 ? null : this.check(this.rest);
  }

  private check(text: Buffer): string | null {
    const nul = text.indexOf(0);
    if (nul >= 0)
      return `line ${this.lineAt(text, nul)} has a NUL character: this is no UTF-8 text, or a part of the file was never written`;
    if (!isUtf8(text))
      return `line ${this.lineAt(text, firstWrong(text))} is no UTF-8: save the file as UTF-8 (\`iconv -f LATIN1 -t UTF-8\`?)`;
    this.line += newlinesIn(text, text.length);
    return null;
  }

  private lineAt(text: Buffer, offset: number): number {
    return this.line + newlinesIn(text, offset);
  }
}

function isUtf16(start: Buffer): boolean {
  const [a, b] = start;
  if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)) return true;
  const sample = start.subarray(0, 64);
  const zeros = (parity: number): boolean =>
    sample.length >= 4 && sample.every((byte, i) => (i % 2 === parity ? byte === 0 : byte !== 0));
  return zeros(0) || zeros(1);
}

/** How many bytes at the end belong to a character that goes on in the next chunk. */
function openBytes(text: Buffer): number {
  for (let back = 1; back <= Math.min(3, text.length); back++) {
    const byte = text[text.length - back]!;
    if ((byte & 0xc0) === 0x80) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return length > back ? back : 0;
  }
  return 0;
}

function firstWrong(text: Buffer): number {
  let [low, high] = [0, text.length];
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    const part = text.subarray(0, middle);
    if (isUtf8(part.subarray(0, part.length - openBytes(part)))) low = middle;
    else high = middle;
  }
  return low;
}

function newlinesIn(text: Buffer, end: number): number {
  let count = 0;
  for (let at = text.indexOf(NEWLINE); at >= 0 && at < end; at = text.indexOf(NEWLINE, at + 1)) count++;
  return count;
}

/** Lines, or quoted records, of a bounded size; every quote closed. */
class RecordCheck {
  private line = 1;
  private bytes = 0;
  private open = false;
  private openedAt = 0;

  constructor(
    private readonly most: number,
    private readonly quoted: boolean,
  ) {}

  next(chunk: Buffer): string | null {
    let at = 0;
    while (at < chunk.length) {
      const newline = indexOrEnd(chunk, NEWLINE, at);
      if (this.quoted) this.countQuotes(chunk, at, newline);
      this.bytes += newline - at;
      if (this.bytes > this.most) return this.tooLong();
      at = newline + 1;
      if (newline === chunk.length) break;
      this.line++;
      if (!this.open) this.bytes = 0;
    }
    return null;
  }

  end(): string | null {
    return this.open
      ? `line ${this.openedAt}: a quote is opened and never closed; is the file cut off?`
      : null;
  }

  private countQuotes(chunk: Buffer, from: number, to: number): void {
    for (let at = indexOrEnd(chunk, QUOTE, from); at < to; at = indexOrEnd(chunk, QUOTE, at + 1)) {
      this.open = !this.open;
      if (this.open) this.openedAt = this.line;
    }
  }

  private tooLong(): string {
    const limit = `more than ${this.most.toLocaleString('en')} bytes`;
    return this.open
      ? `line ${this.openedAt}: a quote is opened here and not closed within ${this.most.toLocaleString('en')} bytes`
      : `line ${this.line} has ${limit}: no row is that long`;
  }
}

function indexOrEnd(chunk: Buffer, byte: number, from: number): number {
  const at = chunk.indexOf(byte, from);
  return at < 0 ? chunk.length : at;
}
