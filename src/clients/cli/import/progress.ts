import type { Output } from '../io.js';

/** How far an import is. */
export interface Progress {
  /** Begins a stage that is over when `total` was advanced. */
  start(stage: string, total: number): void;
  advance(by: number): void;
  clear(): void;
}

const EVERY_MS = 100;
const QUIET_MS = 1000;
const WIDTH = 30;
const ERASE_LINE = '\r\x1b[2K';

/** One line with a bar on a terminal; silent elsewhere, and for the first second. */
export class ProgressBar implements Progress {
  private readonly since = performance.now();
  private stage = '';
  private total = 0;
  private done = 0;
  private shownAt = 0;

  constructor(private readonly terminal: Output) {}

  start(stage: string, total: number): void {
    this.stage = stage;
    this.total = total;
    this.done = 0;
    this.show();
  }

  advance(by: number): void {
    this.done += by;
    this.show();
  }

  clear(): void {
    if (this.shownAt > 0) this.terminal.write(ERASE_LINE);
    this.shownAt = 0;
  }

  private show(): void {
    if (!this.terminal.isTTY) return;
    const now = performance.now();
    if (now - this.since < QUIET_MS || now - this.shownAt < EVERY_MS) return;
    this.shownAt = now;
    const share = this.total > 0 ? Math.min(this.done / this.total, 1) : 1;
    const full = Math.round(share * WIDTH);
    const bar = '█'.repeat(full) + '░'.repeat(WIDTH - full);
    this.terminal.write(`${ERASE_LINE}${this.stage} ${bar} ${Math.floor(share * 100)} %`);
  }
}
