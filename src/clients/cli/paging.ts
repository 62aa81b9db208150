import { type Command } from 'commander';
import { wholeNumber } from './option-values.js';
import type { Printer } from './output/printer.js';

const DEFAULT_LIMIT = 50;
const MOST_LISTED = 1_000_000;

export interface ListOptions {
  readonly limit?: number;
  readonly all?: boolean;
}

export interface Page<Node> {
  readonly totalCount: number;
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  readonly nodes: readonly Node[];
}

export interface Listed<Node> {
  readonly totalCount: number;
  readonly nodes: Node[];
}

export function withPaging(command: Command): Command {
  return command
    .option(
      '--limit <number>',
      `how many to list (${DEFAULT_LIMIT} unless given)`,
      wholeNumber(1, MOST_LISTED),
    )
    .option('--all', 'list all');
}

/** As many as the options say, page by page of at most `pageSize`. */
export async function listed<Node>(
  { limit = DEFAULT_LIMIT, all = false }: ListOptions,
  pageSize: number,
  ask: (first: number, after: string | null) => Promise<Page<Node>>,
): Promise<Listed<Node>> {
  const most = all ? Infinity : limit;
  const nodes: Node[] = [];
  for (let after: string | null = null; ;) {
    const page = await ask(Math.min(pageSize, most - nodes.length), after);
    nodes.push(...page.nodes);
    after = page.pageInfo.endCursor;
    if (!page.pageInfo.hasNextPage || nodes.length >= most) return { totalCount: page.totalCount, nodes };
  }
}

/** The list; people are told when it is not the whole. */
export function printListed<Node>(
  out: Printer,
  list: Listed<Node>,
  head: readonly string[],
  rowOf: (node: Node) => readonly string[],
): void {
  out.print(list, () => out.table(head, list.nodes.map(rowOf)));
  const left = list.totalCount - list.nodes.length;
  if (left > 0) out.note(`and ${left} more: --all lists all ${list.totalCount}`);
}
