/** The SDK's own description of an operation's input and output, as far as XML and query strings need it. */
export type Shape =
  | { readonly type: 'struct'; readonly members: readonly Member[] }
  | { readonly type: 'list'; readonly of: Shape; readonly itemName: string | undefined }
  | { readonly type: 'string' | 'number' | 'boolean' | 'time' | 'none' };

export interface Member {
  readonly name: string;
  readonly xmlName: string;
  /** Its key in an EC2 query string. */
  readonly queryName: string;
  readonly shape: Shape;
}

interface Traits {
  readonly xmlName?: string;
  readonly ec2QueryName?: string;
}

const SIMPLE: Readonly<Record<number, 'string' | 'number' | 'boolean' | 'time'>> = {
  0: 'string',
  1: 'number',
  2: 'boolean',
  4: 'time',
  5: 'time',
  6: 'time',
  7: 'time',
};
const STRUCT = 3;
const LIST = 1;
const RENAMED = 0;
/** Added to a simple type's code: a list of such. */
const LIST_OF = 64;

const known = new Map<object, Shape>();

/**
 * `schema` is what the SDK exports as `DescribeVpcsRequest$` and the like, or a function that gives one. Shapes may
 * contain themselves, hence members are read on their first use.
 */
export function shapeOf(schema: unknown): Shape {
  const resolved: unknown = typeof schema === 'function' ? (schema as () => unknown)() : schema;
  if (resolved === 'unit') return { type: 'none' };
  if (typeof resolved === 'number')
    return resolved & LIST_OF
      ? { type: 'list', of: shapeOf(resolved & ~LIST_OF), itemName: undefined }
      : { type: simple(resolved) };
  if (!Array.isArray(resolved)) throw new Error(`no schema: ${String(resolved)}`);
  const before = known.get(resolved);
  if (before) return before;
  const shape = read(resolved);
  known.set(resolved, shape);
  return shape;
}

/** The operation that the SDK exports as `DescribeVpcs$`. */
export function operationShapes(operation: readonly unknown[]): { input: Shape; output: Shape } {
  return { input: shapeOf(operation[4]), output: shapeOf(operation[5]) };
}

function read(schema: readonly unknown[]): Shape {
  switch (schema[0]) {
    case STRUCT: {
      const names = schema[4] as readonly string[];
      const types = schema[5] as readonly unknown[];
      let members: readonly Member[] | undefined;
      return {
        type: 'struct',
        get members() {
          return (members ??= names.map((name, index) => member(name, types[index])));
        },
      };
    }
    case LIST: {
      const { target, traits } = reference(schema[4]);
      let of: Shape | undefined;
      return {
        type: 'list',
        itemName: traits.xmlName,
        get of() {
          return (of ??= shapeOf(target));
        },
      };
    }
    case RENAMED:
      return shapeOf(schema[4]);
    default:
      throw new Error(`a schema of kind ${String(schema[0])} is not known here`);
  }
}

function member(name: string, type: unknown): Member {
  const { target, traits } = reference(type);
  const xmlName = traits.xmlName ?? name;
  return {
    name,
    xmlName,
    queryName: traits.ec2QueryName ?? xmlName.charAt(0).toUpperCase() + xmlName.slice(1),
    shape: shapeOf(target),
  };
}

function reference(type: unknown): { target: unknown; traits: Traits } {
  if (!Array.isArray(type) || type.length !== 2) return { target: type, traits: {} };
  const [target, traits] = type as [unknown, unknown];
  return { target, traits: typeof traits === 'object' && traits !== null ? traits : {} };
}

function simple(code: number): 'string' | 'number' | 'boolean' | 'time' {
  const type = SIMPLE[code];
  if (!type) throw new Error(`a schema of type ${code} is not known here`);
  return type;
}
