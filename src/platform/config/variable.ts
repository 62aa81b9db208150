import { z } from 'zod';

/** One environment variable: where its text comes from and what may stand in it. */
export interface Variable<Value> {
  readonly name: string;
  /** One sentence for whoever runs the service. */
  readonly description: string;
  /** What may stand in it, to follow "must be". */
  readonly rule: string;
  readonly schema: z.ZodType<Value>;
  /** Text used when the variable is unset or empty; a function where it follows from other variables. */
  readonly fallback?: string | ((env: Environment) => string);
  /** The fallback in words, where the text alone does not say it. */
  readonly fallbackNote?: string;
  /** A secret is never printed, logged or put into an error. */
  readonly secret: boolean;
}

export type Environment = Readonly<Record<string, string | undefined>>;

type Traits = Partial<Pick<Variable<unknown>, 'fallback' | 'fallbackNote' | 'secret'>> & {
  description: string;
};

function variable<Value>(
  name: string,
  rule: string,
  schema: z.ZodType<Value>,
  traits: Traits,
): Variable<Value> {
  return { name, rule, schema, secret: false, ...traits };
}

export function text(name: string, traits: Traits): Variable<string> {
  return variable(name, 'text', z.string().min(1), traits);
}

export function integer(name: string, min: number, max: number, traits: Traits): Variable<number> {
  const digits = z.string().regex(/^\d{1,15}$/);
  const schema = digits.transform(Number).pipe(z.number().min(min).max(max));
  return variable(name, `a whole number from ${min} to ${max}`, schema, traits);
}

export function choice<const Value extends string>(
  name: string,
  values: readonly Value[],
  traits: Traits,
): Variable<Value> {
  return variable(name, `one of ${values.join(', ')}`, z.enum(values), traits);
}

export function onOff(name: string, traits: Traits): Variable<boolean> {
  const schema = z.enum(['on', 'off']).transform((value) => value === 'on');
  return variable(name, 'on or off', schema, traits);
}

/** A text that may be left unset. `pattern` and `rule` say the same. */
export function optional(
  name: string,
  rule: string,
  pattern: RegExp,
  traits: Traits,
): Variable<string | undefined> {
  return variable(name, rule, z.string().regex(pattern).optional(), traits);
}
