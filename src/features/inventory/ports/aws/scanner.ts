/*
 * Reads the XML of one answer straight into the fields that are asked for. What no shape names is skipped without
 * making a single string of it, which is most of a page. Text means what it means to the SDK (scanner.spec.ts holds the
 * two against each other).
 */

/** What is wanted of an element: its text, its `item` children, or some of its children by name. */
export type Shape = 'text' | readonly [Shape] | { readonly [element: string]: Shape };

/** What a shape reads as. An element that is not there is undefined, of text and lists too: an empty one is '' or []. */
export type Read<S> = S extends 'text'
  ? string
  : S extends readonly [infer Item]
    ? Read<Item>[]
    : { readonly [K in keyof S]?: Read<S[K]> };

/** The bytes are no whole document: cut off, or not XML of this kind at all. */
export class NotWellFormedError extends Error {
  override name = 'NotWellFormedError';
}

interface Text {
  readonly kind: 'text';
}
interface List {
  readonly kind: 'list';
  readonly item: Node;
}
interface Struct {
  readonly kind: 'struct';
  readonly fields: ReadonlyMap<string, Node>;
  readonly empty: Readonly<Record<string, undefined>>;
}
type Node = Text | List | Struct;

/** A function that reads documents whose root element has the children of `shape`. Throws NotWellFormedError. */
export function scannerOf<const S extends { readonly [element: string]: Shape }>(
  shape: S,
): (bytes: Uint8Array) => Read<S> {
  const node = compile(shape) as Struct;
  return (bytes) => new Scan(textOf(bytes)).document(node) as Read<S>;
}

function compile(shape: Shape): Node {
  if (shape === 'text') return { kind: 'text' };
  if (isList(shape)) return { kind: 'list', item: compile(shape[0]) };
  const names = Object.keys(shape);
  return {
    kind: 'struct',
    fields: new Map(names.map((name) => [name, compile(shape[name]!)])),
    // all fields from the start: one hidden class for all objects of the shape
    empty: Object.fromEntries(names.map((name) => [name, undefined])),
  };
}

function isList(shape: Shape): shape is readonly [Shape] {
  return Array.isArray(shape);
}

function textOf(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  if (text.includes('\0')) throw new NotWellFormedError('a NUL character');
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}

const BANG = 0x21;
const QUOTE = 0x22;
const APOSTROPHE = 0x27;
const SLASH = 0x2f;
const GREATER = 0x3e;
const QUESTION = 0x3f;

class Scan {
  /** Where reading goes on. */
  private at = 0;
  /** Of the tag that `open` has just read. */
  private selfClosed = false;

  constructor(private readonly text: string) {}

  document(root: Struct): unknown {
    const name = this.nextChild();
    if (name === null) throw this.wrong('no element');
    const value = this.value(root, name);
    // a second root, or text, after the end of the first
    if (
      this.text
        .slice(this.at)
        .replace(/<!--[^]*?-->|<\?[^]*?\?>/g, '')
        .trim() !== ''
    ) {
      throw this.wrong('something after the end');
    }
    return value;
  }

  private value(node: Node, name: string): unknown {
    if (node.kind === 'text') return this.selfClosed ? '' : this.leaf(name);
    if (node.kind === 'list') return this.list(node, name);
    return this.struct(node, name);
  }

  private struct(node: Struct, name: string): Record<string, unknown> {
    const object: Record<string, unknown> = { ...node.empty };
    if (this.selfClosed) return object;
    for (;;) {
      const child = this.nextChild();
      if (child === null) break;
      const field = node.fields.get(child);
      if (field === undefined) this.skip(child);
      else object[child] = this.value(field, child);
    }
    this.close(name);
    return object;
  }

  private list(node: List, name: string): unknown[] {
    const items: unknown[] = [];
    if (this.selfClosed) return items;
    for (;;) {
      const child = this.nextChild();
      if (child === null) break;
      if (child === 'item') items.push(this.value(node.item, child));
      else this.skip(child);
    }
    this.close(name);
    return items;
  }

  private leaf(name: string): string {
    const start = this.at;
    const end = this.text.indexOf('<', start);
    if (end < 0) throw this.wrong('text without an end');
    if (this.text.charCodeAt(end + 1) === SLASH) {
      this.at = end;
      this.close(name);
      return end === start ? '' : this.characters(start, end);
    }
    return this.mixed(name);
  }

  /** A text with comments, CDATA or elements in it, which no provider is known to send. Elements are no text. */
  private mixed(name: string): string {
    let value = '';
    for (;;) {
      const end = this.text.indexOf('<', this.at);
      if (end < 0) throw this.wrong('text without an end');
      if (end > this.at) value += decoded(this.text.slice(this.at, end));
      this.at = end;
      const next = this.text.charCodeAt(end + 1);
      if (next === SLASH) break;
      if (this.text.startsWith('<![CDATA[', end)) {
        const close = this.text.indexOf(']]>', end);
        if (close < 0) throw this.wrong('CDATA without an end');
        value += this.text.slice(end + 9, close).replace(/\r\n?/g, '\n');
        this.at = close + 3;
      } else if (next === BANG || next === QUESTION) this.special();
      else this.skip(this.open());
    }
    this.close(name);
    return blank(value) ? '' : value;
  }

  private characters(start: number, end: number): string {
    const raw = this.text.slice(start, end);
    const first = raw.charCodeAt(0);
    if (first <= 0x20 && blank(raw.replaceAll('\r', '\n'))) return '';
    return raw.includes('&') || raw.includes('\r') ? decoded(raw) : raw;
  }

  /** The name of the next child element, its tag read; null at the closing tag, which is not read. */
  private nextChild(): string | null {
    for (;;) {
      const found = this.text.indexOf('<', this.at);
      if (found < 0) throw this.wrong('an element without an end');
      this.at = found;
      const next = this.text.charCodeAt(found + 1);
      if (next === SLASH) return null;
      if (next !== BANG && next !== QUESTION) return this.open();
      this.special();
    }
  }

  /** At `<name …`: reads the tag. */
  private open(): string {
    const { text } = this;
    const start = this.at + 1;
    let i = start;
    let code = text.charCodeAt(i);
    // a name ends at white space, `/` or `>`; NaN at the end of the text fails both
    while (code > 0x20 && code !== GREATER && code !== SLASH) code = text.charCodeAt(++i);
    if (i === start || Number.isNaN(code)) throw this.wrong('a tag without an end');
    const name = text.slice(start, i);
    if (code !== GREATER) i = this.endOfTag(i);
    this.selfClosed = text.charCodeAt(i - 1) === SLASH;
    this.at = i + 1;
    return name;
  }

  /** The position of the `>` that ends the tag, which may stand in an attribute too. */
  private endOfTag(from: number): number {
    const { text } = this;
    for (let i = from; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code === GREATER) return i;
      if (code === QUOTE || code === APOSTROPHE) {
        i = text.indexOf(text[i]!, i + 1);
        if (i < 0) break;
      }
    }
    throw this.wrong('a tag without an end');
  }

  /** At `</`: reads the closing tag, which must be of `name`. */
  private close(name: string): void {
    const { text } = this;
    const end = this.at + 2 + name.length;
    if (!text.startsWith(name, this.at + 2)) throw this.wrong(`no end of <${name}>`);
    let i = end;
    let code = text.charCodeAt(i);
    while (code <= 0x20) code = text.charCodeAt(++i);
    if (code !== GREATER) throw this.wrong(`no end of <${name}>`);
    this.at = i + 1;
  }

  /** After the opening tag of `name`: on to behind its closing tag. */
  private skip(name: string): void {
    if (this.selfClosed) return;
    const { text } = this;
    let depth = 1;
    for (;;) {
      const found = text.indexOf('<', this.at);
      if (found < 0) throw this.wrong(`no end of <${name}>`);
      this.at = found;
      const next = text.charCodeAt(found + 1);
      if (next === SLASH) {
        if (--depth === 0) return this.close(name);
        const end = text.indexOf('>', found);
        if (end < 0) throw this.wrong(`no end of <${name}>`);
        this.at = end + 1;
      } else if (next === BANG || next === QUESTION) this.special();
      else {
        const end = this.endOfTag(found + 1);
        if (text.charCodeAt(end - 1) !== SLASH) depth++;
        this.at = end + 1;
      }
    }
  }

  /** At `<!` or `<?`: a comment, CDATA, a declaration or an instruction, none of which is an element. */
  private special(): void {
    const { text, at } = this;
    const stop = text.startsWith('<!--', at)
      ? '-->'
      : text.startsWith('<![CDATA[', at)
        ? ']]>'
        : text.charCodeAt(at + 1) === QUESTION
          ? '?>'
          : '>';
    const end = text.indexOf(stop, at + 2);
    if (end < 0) throw this.wrong('a comment or declaration without an end');
    this.at = end + stop.length;
  }

  private wrong(what: string): NotWellFormedError {
    return new NotWellFormedError(`${what} at character ${this.at} of ${this.text.length}`);
  }
}

/** White space with a line break in it is layout, as the SDK reads it. */
function blank(text: string): boolean {
  return text.includes('\n') && text.trim() === '';
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function decoded(text: string): string {
  const lines = text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
  if (!lines.includes('&')) return lines;
  return lines.replace(
    /&(?:#x([0-9a-fA-F]{1,6})|#(\d{1,7})|([a-zA-Z][a-zA-Z0-9]{0,30}));/g,
    (_, hex: string | undefined, decimal: string | undefined, name: string) =>
      hex !== undefined
        ? character(parseInt(hex, 16))
        : decimal !== undefined
          ? character(parseInt(decimal, 10))
          : (ENTITIES[name] ?? ''),
  );
}

/** No text that PostgreSQL refuses comes out: NUL, half of a surrogate pair and numbers beyond Unicode are U+FFFD. */
function character(code: number): string {
  const usable = code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
  return usable ? String.fromCodePoint(code) : '\ufffd';
}
