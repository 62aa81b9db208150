const QUIET_MS = 1500;
const ERASE_LINE = '\r\x1b[2K';

/** One line on a terminal that says how far a start is; silent elsewhere, and while all goes quickly. */
export class Progress {
  private readonly since = performance.now();
  private shown = false;

  constructor(private readonly terminal: Pick<NodeJS.WriteStream, 'isTTY' | 'write'>) {}

  show(text: string): void {
    if (!this.terminal.isTTY || performance.now() - this.since < QUIET_MS) return;
    this.terminal.write(`${ERASE_LINE}${text}`);
    this.shown = true;
  }

  clear(): void {
    if (this.shown) this.terminal.write(ERASE_LINE);
    this.shown = false;
  }
}
