const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

/** What a token's name may be, to follow "has to be". */
export const TOKEN_NAME_RULE =
  '1 to 63 letters, digits, dots, dashes and underscores, beginning with a letter or digit';

/** Names go into the actor of every change (`token:<name>`), so they hold nothing that needs quoting. */
export function isTokenName(name: string): boolean {
  return NAME.test(name);
}
