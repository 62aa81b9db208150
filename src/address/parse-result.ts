/** Outcome of reading text: a value, or an error fit to show to whoever typed it. Parsing never throws. */
export type ParseResult<T> = { ok: true; value: T } | { ok: false; error: ParseError };

export interface ParseError {
  /** The whole text as given. */
  input: string;
  /** One clause in plain English, without the input and without a full stop. */
  reason: string;
  /** 0-based index into `input` of the first character that is wrong; `input.length` when something is missing. */
  position: number;
  /** Present only when the text was fine but for host bits: the prefix that was probably meant. */
  canonical?: string;
}

/** Thrown where invalid text is a programming error: `must` on a literal, bulk functions without a result type. */
export class InvalidAddressError extends Error {
  override readonly name = 'InvalidAddressError';

  constructor(readonly error: ParseError) {
    super(`${JSON.stringify(error.input)}: ${error.reason} (at ${error.position})`);
  }
}

/** The value, or InvalidAddressError. For literals and for input that was checked before. */
export function valueOrThrow<T>(result: ParseResult<T>): T {
  if (result.ok) return result.value;
  throw new InvalidAddressError(result.error);
}
