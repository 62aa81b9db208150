/** Collects the conditions of a WHERE clause with their parameters; what is not given is no condition. */
export class Conditions {
  readonly values: unknown[] = [];
  private readonly parts = ['true'];

  /** `condition` gets the parameter that stands for `value`. */
  add(value: unknown, condition: (parameter: string) => string): void {
    if (value === undefined || value === null) return;
    this.values.push(value);
    this.parts.push(condition(`$${this.values.length}`));
  }

  addPlain(condition: string): void {
    this.parts.push(condition);
  }

  /** `column` is jsonb; without a value any value of the key will do. */
  addTag(tag: { readonly key: string; readonly value?: string } | undefined, column: string): void {
    if (tag?.value === undefined) this.add(tag?.key, (p) => `${column} ? ${p}`);
    else this.add({ [tag.key]: tag.value }, (p) => `${column} @> ${p}::jsonb`);
  }

  /** `condition` gets the parameter of a LIKE pattern that finds the text anywhere. */
  addText(text: string | undefined, condition: (parameter: string) => string): void {
    this.add(text === undefined ? undefined : `%${text.replace(/[\\%_]/g, '\\$&')}%`, condition);
  }

  /** The name of a parameter for `value` outside the conditions. */
  parameter(value: unknown): string {
    this.values.push(value);
    return `$${this.values.length}`;
  }

  toString(): string {
    return this.parts.join(' AND ');
  }
}
