import { JSONParser, TokenType } from '@streamparser/json';
import type { UsageError } from '../../errors.js';
import { type SourceFile, unusableFile } from '../source-file.js';

/** An element of a `Vpcs` or `Subnets` array, as it stands in the file. */
export interface Element {
  readonly kind: 'vpc' | 'subnet';
  readonly value: unknown;
  /** As `Vpcs[3]`, counted from 0 over all documents of the file. */
  readonly at: string;
}

const KINDS: Readonly<Record<string, Element['kind']>> = { Vpcs: 'vpc', Subnets: 'subnet' };
/** What describe-vpcs and describe-subnets print is five deep. */
const DEEPEST = 32;
const LONGEST_ELEMENT = 4 * 1024 * 1024;

/**
 * Streams the VPCs and subnets of what `aws ec2 describe-vpcs` and `describe-subnets` print: one document, or several
 * one after the other. Memory is bounded by the largest element. Throws UsageError for anything else, also in
 * the middle.
 */
export async function* elementsOf(file: SourceFile, seen?: (bytes: number) => void): AsyncIterable<Element> {
  const reading = new Reading(file.path);
  for await (const chunk of file.chunks(seen)) {
    reading.write(chunk);
    yield* reading.take();
  }
  reading.end();
  yield* reading.take();
}

class Reading {
  private readonly parser = new JSONParser({
    paths: ['$.*', '$.Vpcs.*', '$.Subnets.*'],
    keepStack: false,
    separator: '',
  });
  private ready: Element[] = [];
  private readonly counts = { vpc: 0, subnet: 0 };
  private arrays = 0;
  private depth = 0;
  private sinceElement = 0;
  private problem: string | null = null;

  constructor(private readonly path: string) {
    this.parser.onValue = ({ value, key, parent, stack }) => {
      if (stack.length === 1) return this.field(String(key), value);
      if (!Array.isArray(parent)) throw new Error(`${String(stack[1]!.key)} is no array`);
      this.element(KINDS[String(stack[1]!.key)]!, value);
      // what was told is not to be kept by the array that it stands in
      parent.length = 0;
    };
    this.parser.onToken = ({ token }) => this.token(token);
    this.parser.onError = (error) => this.fail(error.message);
    // the parser ends where a document does, and begins again with the next
    this.parser.onEnd = () => undefined;
  }

  write(chunk: Buffer): void {
    this.sinceElement += chunk.length;
    this.run(() => this.parser.write(chunk));
    if (this.sinceElement > LONGEST_ELEMENT)
      throw this.unusable(`no VPC or subnet ends within ${LONGEST_ELEMENT.toLocaleString('en')} bytes`);
  }

  end(): void {
    if (this.depth > 0) throw this.unusable('the JSON ends in the middle: the file is cut off');
    this.run(() => {
      if (!this.parser.isEnded) this.parser.end();
    });
    if (this.arrays === 0) throw this.unusable('has neither Vpcs nor Subnets');
  }

  take(): Element[] {
    const { ready } = this;
    this.ready = [];
    return ready;
  }

  private run(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.fail((error as Error).message);
    }
    if (this.problem !== null) throw this.unusable(this.problem);
  }

  private token(token: TokenType): void {
    const opens = token === TokenType.LEFT_BRACE || token === TokenType.LEFT_BRACKET;
    const closes = token === TokenType.RIGHT_BRACE || token === TokenType.RIGHT_BRACKET;
    if (this.depth === 0 && token !== TokenType.LEFT_BRACE)
      throw new Error('a document does not begin with "{"; was it made with --query?');
    if (opens && ++this.depth > DEEPEST) throw new Error(`values are nested more than ${DEEPEST} deep`);
    if (closes) this.depth--;
  }

  private field(name: string, value: unknown): void {
    if (KINDS[name] === undefined) return;
    if (!Array.isArray(value)) throw new Error(`${name} is no array`);
    this.arrays++;
  }

  private element(kind: Element['kind'], value: unknown): void {
    this.sinceElement = 0;
    const name = kind === 'vpc' ? 'Vpcs' : 'Subnets';
    this.ready.push({ kind, value, at: `${name}[${this.counts[kind]++}]` });
  }

  private fail(message: string): void {
    this.problem ??= message;
  }

  private unusable(problem: string): UsageError {
    return unusableFile(
      this.path,
      `not what \`aws ec2 describe-vpcs\` or \`describe-subnets\` prints with --output json: ${problem}`,
    );
  }
}
