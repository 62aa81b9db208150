import { inspectFile, type SourceFile, unusableFile } from '../source-file.js';
import { HEADER, KINDS, type Line } from './lines.js';

/** A line and its number, counted from 1. */
export interface NumberedLine {
  readonly line: Line;
  readonly number: number;
}

const LONGEST_LINE = 16 * 1024 * 1024;
const NEWLINE = 0x0a;

/** Opens what `cadastre export` wrote. Every line is looked at before anything is done. Throws UsageError. */
export async function openRegister(path: string): Promise<SourceFile> {
  const file = await inspectFile(path, { lineBytes: LONGEST_LINE });
  let kind = 0;
  for await (const { line, number } of linesOf(file)) {
    const next = KINDS.findIndex((name) => name in line);
    if (next < kind)
      throw unusableFile(path, `line ${number}: a ${KINDS[next]} stands after the first ${KINDS[kind]}`);
    kind = next;
  }
  return file;
}

/** All lines after the header. Throws UsageError. */
export async function* linesOf(
  file: SourceFile,
  seen?: (bytes: number) => void,
): AsyncIterable<NumberedLine> {
  let number = 0;
  for await (const text of textsOf(file, seen)) {
    number++;
    const value = parseLine(file, text, number);
    if (number === 1) checkHeader(file, value);
    else yield { line: checkLine(file, value, number), number };
  }
}

async function* textsOf(file: SourceFile, seen?: (bytes: number) => void): AsyncIterable<string> {
  let rest: Buffer[] = [];
  for await (const chunk of file.chunks(seen)) {
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, from)) {
      yield Buffer.concat([...rest, chunk.subarray(from, at)]).toString('utf8');
      rest = [];
      from = at + 1;
    }
    if (from < chunk.length) rest.push(chunk.subarray(from));
  }
  if (rest.length > 0) yield Buffer.concat(rest).toString('utf8');
}

function parseLine(file: SourceFile, text: string, number: number): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw unusableFile(
      file.path,
      `line ${number} is no JSON; is the file cut off? (${(error as Error).message})`,
    );
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw unusableFile(file.path, `line ${number} is no object: this is not what \`cadastre export\` writes`);
  return value as Record<string, unknown>;
}

function checkHeader(file: SourceFile, { format, version }: Record<string, unknown>): void {
  if (format !== HEADER.format)
    throw unusableFile(
      file.path,
      `does not begin with {"format":"${HEADER.format}"}: it is not what \`cadastre export\` writes`,
    );
  if (version !== HEADER.version)
    throw unusableFile(
      file.path,
      `has version ${String(version)}; this program reads version ${HEADER.version}`,
    );
}

/** The fields that a line of a kind cannot be without. */
const REQUIRED: Readonly<Record<(typeof KINDS)[number], readonly string[]>> = {
  routingDomain: ['name'],
  link: ['a', 'b', 'via'],
  pool: ['name'],
  allocation: ['pool', 'cidr'],
};

/** The other fields that it may have. */
const OPTIONAL: typeof REQUIRED = {
  routingDomain: ['description', 'tags'],
  link: [],
  pool: ['family', 'routingDomain', 'cidrs', 'sources', 'rules', 'tags', 'description'],
  allocation: ['status', 'key', 'request', 'replaces', 'holder', 'tags', 'description'],
};

function checkLine(file: SourceFile, value: Record<string, unknown>, number: number): Line {
  const kind = KINDS.find((name) => name in value);
  if (kind === undefined)
    throw unusableFile(
      file.path,
      `line ${number} has none of ${KINDS.join(', ')}; is it of a newer version?`,
    );
  const problem = shapeProblem(value[kind], kind);
  if (problem) throw unusableFile(file.path, `line ${number}: ${kind} ${problem}`);
  const sources = (value[kind] as { sources?: unknown }).sources ?? [];
  if (!Array.isArray(sources)) throw unusableFile(file.path, `line ${number}: sources is no array`);
  for (const source of sources) {
    const wrong = shapeProblem(source, 'allocation');
    if (wrong) throw unusableFile(file.path, `line ${number}: a source ${wrong}`);
  }
  return value as unknown as Line;
}

const TEXTS = ['key', 'request', 'description', 'status', 'replaces', 'family', 'routingDomain'];

function shapeProblem(value: unknown, kind: (typeof KINDS)[number]): string | null {
  if (!isObject(value)) return 'is no object';
  const unknown = Object.keys(value).find((name) => ![...REQUIRED[kind], ...OPTIONAL[kind]].includes(name));
  if (unknown !== undefined) return `has a field ${JSON.stringify(unknown)} that this program does not know`;
  for (const name of REQUIRED[kind])
    if (typeof value[name] !== 'string') return `has no ${name}, or one that is no text`;
  for (const name of TEXTS)
    if (value[name] !== undefined && typeof value[name] !== 'string') return `has a ${name} that is no text`;
  for (const name of ['holder', 'tags'])
    if (value[name] !== undefined && !isTextRecord(value[name]))
      return `has ${name} that are no texts by name`;
  return null;
}

function isTextRecord(value: unknown): boolean {
  return isObject(value) && Object.values(value).every((each) => typeof each === 'string');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
