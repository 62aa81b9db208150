/** What came back over HTTP; JSON is parsed. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly body: any;
}

export async function send(target: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(target, init);
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text.startsWith('{') ? JSON.parse(text) : text,
  };
}

/** The code of the first error. */
export const codeOf = ({ body }: Answer): string => body.errors[0].extensions.code;
