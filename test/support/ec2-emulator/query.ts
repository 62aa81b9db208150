import type { Shape } from './shape.js';

/**
 * The input of an EC2 action out of its query string: `VpcId.1=…&Filter.1.Name=…`. Keys that the shape does not know are
 * passed over.
 */
export function parseQuery(parameters: URLSearchParams, shape: Shape): Record<string, unknown> {
  const root = new Tree();
  for (const [key, value] of parameters) root.put(key.split('.'), value);
  return (read(root, shape) ?? {}) as Record<string, unknown>;
}

class Tree {
  value: string | undefined;
  readonly children = new Map<string, Tree>();

  put([step, ...rest]: readonly string[], value: string): void {
    if (step === undefined) {
      this.value = value;
      return;
    }
    let child = this.children.get(step);
    if (!child) this.children.set(step, (child = new Tree()));
    child.put(rest, value);
  }
}

function read(tree: Tree, shape: Shape): unknown {
  switch (shape.type) {
    case 'struct': {
      const value: Record<string, unknown> = {};
      for (const { name, queryName, shape: of } of shape.members) {
        const child = tree.children.get(queryName);
        if (child) value[name] = read(child, of);
      }
      return value;
    }
    case 'list':
      return [...tree.children.entries()]
        .sort(([a], [b]) => Number(a) - Number(b))
        .map(([, child]) => read(child, shape.of));
    case 'number':
      return Number(tree.value);
    case 'boolean':
      return tree.value === 'true';
    case 'time':
      return new Date(tree.value ?? '');
    case 'string':
    case 'none':
      return tree.value ?? '';
  }
}
