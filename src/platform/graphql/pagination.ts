import type { Type } from '@nestjs/common';
import { ArgsType, Field, type FieldMiddleware, Int, ObjectType } from '@nestjs/graphql';
import type { CursorCodec } from './cursor.js';
import { badInput } from './errors.js';

export const MAX_PAGE = 1000;
const DEFAULT_PAGE = 50;

/** Arguments of a field that returns a connection. Extend it with filters. */
@ArgsType()
export class PageArgs {
  @Field(() => Int, { defaultValue: DEFAULT_PAGE, description: `How many, 1 to ${MAX_PAGE}.` })
  first: number = DEFAULT_PAGE;

  @Field(() => String, {
    nullable: true,
    description: 'The pageInfo.endCursor of the page before; left out for the first page.',
  })
  after?: string | null;
}

/** What a query needs to know: read `limit` rows that follow `after` in the order of the list. */
export interface PageRequest<Key> {
  /** One more than the page shows, so that the answer knows whether there is another page. */
  readonly limit: number;
  readonly after: Key | null;
}

/** Throws BAD_USER_INPUT for a `first` out of range or a broken cursor. */
export function readPage<Key>({ first, after }: PageArgs, codec: CursorCodec<Key>): PageRequest<Key> {
  if (first < 1 || first > MAX_PAGE) throw badInput(`"first" has to be from 1 to ${MAX_PAGE}, not ${first}.`);
  return { limit: first + 1, after: after === undefined || after === null ? null : codec.decode(after) };
}

@ObjectType({ description: 'Where a page lies in its list.' })
export class PageInfo {
  @Field(() => Boolean, { description: 'True where more follows this page.' })
  readonly hasNextPage!: boolean;

  @Field(() => Boolean, { description: 'True where the page was asked for with "after".' })
  readonly hasPreviousPage!: boolean;

  @Field(() => String, {
    nullable: true,
    description: 'Cursor of the first on the page; null on an empty one.',
  })
  readonly startCursor!: string | null;

  @Field(() => String, { nullable: true, description: 'Give this as "after" to get the next page.' })
  readonly endCursor!: string | null;
}

export interface Edge<Node> {
  readonly cursor: string;
  readonly node: Node;
}

export interface Connection<Node> {
  readonly edges: readonly Edge<Node>[];
  readonly nodes: readonly Node[];
  readonly pageInfo: PageInfo;
  /** A function is called only where somebody asks for the count. */
  readonly totalCount: number | (() => number | Promise<number>);
}

/** Nest resolves a plain field to the property as it is, also where that is a function. */
const calling: FieldMiddleware = async (_, next) => {
  const value: unknown = await next();
  return typeof value === 'function' ? (value as () => unknown)() : value;
};

/**
 * The GraphQL type of a list of `node`: `@ObjectType() export class PoolConnection extends connectionOf(Pool) {}`.
 * Call it once per type, with the type's name where that is not the class's.
 */
export function connectionOf<Node extends object>(
  node: Type<Node>,
  name = node.name,
): Type<Connection<Node>> {
  @ObjectType(`${name}Edge`, { description: `A ${name} and its place in the list.` })
  class NodeEdge implements Edge<Node> {
    @Field(() => String, { description: 'Give this as "after" to get what follows.' })
    readonly cursor!: string;

    @Field(() => node, { description: `The ${name}.` })
    readonly node!: Node;
  }

  @ObjectType({ isAbstract: true })
  abstract class NodeConnection implements Connection<Node> {
    @Field(() => [NodeEdge], { description: 'The page, each with its cursor.' })
    readonly edges!: NodeEdge[];

    @Field(() => [node], { description: 'The page without cursors.' })
    readonly nodes!: Node[];

    @Field(() => PageInfo, { description: 'Where this page lies in the list.' })
    readonly pageInfo!: PageInfo;

    @Field(() => Int, { description: 'How many the whole list has, over all pages.', middleware: [calling] })
    readonly totalCount!: number;
  }
  return NodeConnection as unknown as Type<Connection<Node>>;
}

/** The answer from the rows that a query for `request` found. */
export function connectionFrom<Row, Node, Key>(
  rows: readonly Row[],
  request: PageRequest<Key>,
  list: {
    readonly codec: CursorCodec<Key>;
    readonly keyOf: (row: Row) => Key;
    readonly toNode: (row: Row) => Node;
    readonly totalCount: Connection<Node>['totalCount'];
  },
): Connection<Node> {
  const page = rows.slice(0, request.limit - 1);
  const edges = page.map((row) => ({ cursor: list.codec.encode(list.keyOf(row)), node: list.toNode(row) }));
  return {
    edges,
    nodes: edges.map(({ node }) => node),
    pageInfo: {
      hasNextPage: rows.length > page.length,
      hasPreviousPage: request.after !== null,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
    totalCount: list.totalCount,
  };
}
