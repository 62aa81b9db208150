import { safeText } from './safe-text.js';

const GAP = '  ';
const NARROWEST = 12;

/**
 * Columns as wide as their widest cell, the last one not padded, nothing in them that a terminal acts on. With `width`
 * the widest columns are cut until a line fits.
 */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  { width = Infinity, indent = GAP }: { width?: number; indent?: string } = {},
): string {
  const all = [head, ...rows].map((row) => row.map(safeText));
  const widths = head.map((_, column) => Math.max(...all.map((row) => lengthOf(row[column]!))));
  narrow(widths, width - indent.length - GAP.length * (head.length - 1));
  return all
    .map((row) => indent + row.map((cell, column) => fit(cell, widths[column]!)).join(GAP))
    .map((line) => line.trimEnd())
    .join('\n');
}

function narrow(widths: number[], room: number): void {
  for (let over = sum(widths) - room; over > 0; over = sum(widths) - room) {
    const widest = Math.max(...widths);
    if (widest <= NARROWEST) return;
    const second = Math.max(NARROWEST, ...widths.filter((width) => width < widest));
    widths[widths.indexOf(widest)] = Math.max(second, widest - over, NARROWEST);
    if (second === widest) return;
  }
}

function fit(cell: string, width: number): string {
  const length = lengthOf(cell);
  if (length <= width) return cell + ' '.repeat(width - length);
  return `${Array.from(cell)
    .slice(0, width - 1)
    .join('')}…`;
}

/** Characters, not the halves of surrogate pairs. */
function lengthOf(text: string): number {
  return Array.from(text).length;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
