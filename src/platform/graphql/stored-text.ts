import { type ASTVisitor, type ValidationContext } from 'graphql';
import { badInput, type CodedError } from './errors.js';

/** U+0000 and halves of surrogate pairs: PostgreSQL's text and UTF-8 hold neither. */
const UNSTORABLE = /[\0\p{Cs}]/u;

export function isStorable(text: string): boolean {
  return !UNSTORABLE.test(text);
}

function refused(where: string): CodedError {
  return badInput(`${where} contains a NUL character or half of a surrogate pair: leave it out.`);
}

/** Validation rule: no string literal of a document holds text that cannot be stored. */
export function storableLiterals(context: ValidationContext): ASTVisitor {
  return {
    StringValue(node) {
      if (!isStorable(node.value))
        context.reportError(refused(`The string literal at line ${node.loc?.startToken.line ?? '?'}`));
    },
  };
}

/** Throws BAD_USER_INPUT when any string within the variables cannot be stored, however deep. Without recursion. */
export function requireStorable(variables: Readonly<Record<string, unknown>>): void {
  for (const name in variables) {
    const open: unknown[] = [variables[name]];
    while (open.length > 0) {
      const value = open.pop();
      if (typeof value === 'string') {
        if (!isStorable(value)) throw refused(`The variable "$${name}"`);
      } else if (typeof value === 'object' && value !== null) {
        for (const key in value) open.push(key, (value as Record<string, unknown>)[key]);
      }
    }
  }
}
