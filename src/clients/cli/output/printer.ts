import type { Io } from '../io.js';
import { safeText } from './safe-text.js';
import { table } from './table.js';

/** stdout, as JSON or for people. */
export class Printer {
  constructor(
    private readonly io: Io,
    readonly asJson: boolean,
  ) {}

  /** The one answer of a command: `value` as JSON, `text` for people. */
  print(value: unknown, text: () => string): void {
    this.line(this.asJson ? JSON.stringify(value, null, 2) : text());
  }

  /** One of many: a line of NDJSON, or of text. */
  item(value: unknown, text: () => string): void {
    this.line(this.asJson ? JSON.stringify(value) : text());
  }

  /** For people, beside the answer: on stderr, and not with --json. */
  note(text: string): void {
    if (!this.asJson) this.io.stderr.write(`${text.split('\n').map(safeText).join('\n')}\n`);
  }

  /** A table that fits the terminal; whole where stdout is no terminal. */
  table(head: readonly string[], rows: readonly (readonly string[])[]): string {
    const { isTTY, columns } = this.io.stdout;
    return table(head, rows, { indent: '', width: isTTY ? columns : undefined });
  }

  /** Names and values below each other, without the empty ones. */
  record(entries: readonly (readonly [name: string, value: string | null | undefined])[]): string {
    const rows = entries.filter((entry): entry is [string, string] => Boolean(entry[1]));
    const width = Math.max(0, ...rows.map(([name]) => name.length));
    return rows.map(([name, value]) => `${name.padEnd(width)}  ${safeText(value)}`).join('\n');
  }

  private line(text: string): void {
    this.io.stdout.write(`${text}\n`);
  }
}
