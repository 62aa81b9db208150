/** An expected failure, as the service words it. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
}

export type Result<Value> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly refusal: Value & Refusal };

/** The service answered with errors in place of data. Misuse (`BAD_USER_INPUT` and its like) or a fault. */
export class AnswerError extends Error {
  override readonly name = 'AnswerError';

  constructor(
    message: string,
    readonly code: string,
  ) {
    super(message);
  }
}

interface Body {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[];
}

/** Speaks to a running service as any other client does. Constant query texts, values as variables. */
export class Client {
  constructor(
    readonly url: string,
    readonly token: string,
    private readonly signal?: AbortSignal,
  ) {}

  /** Throws AnswerError where the answer has errors. */
  async ask<Data>(query: string, variables: object = {}): Promise<Data> {
    const response = await fetch(`${this.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${this.token}` },
      body: JSON.stringify({ query, variables }),
      signal: this.signal,
    });
    const body = (await response.json()) as Body;
    const [error] = body.errors ?? [];
    if (error) throw new AnswerError(error.message, error.extensions?.code ?? 'UNKNOWN');
    return body.data as Data;
  }

  /** For mutations with one field that ask for `... on Failure { code message }`. */
  async change<Value extends object>(query: string, input: object): Promise<Result<Value>> {
    const data = await this.ask<Record<string, Value & Partial<Refusal>>>(query, { input });
    const value = Object.values(data)[0]!;
    return value.code === undefined ? { ok: true, value } : { ok: false, refusal: value as Value & Refusal };
  }
}

/** Works on all items, `width` at a time, in no promised order. */
export async function inParallel<Item>(
  items: readonly Item[],
  width: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const rest = items.values();
  const worker = async (): Promise<void> => {
    for (const item of rest) await work(item);
  };
  await Promise.all(Array.from({ length: width }, worker));
}
