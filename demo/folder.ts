import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface DataFolder {
  readonly path: string;
  readonly kept: boolean;
  /** Repeatable. Does nothing to a folder that is to be kept. */
  remove(): void;
}

/** `keep`, made where it is missing, or a new one among the temporary files. */
export function openFolder(keep: string | undefined): DataFolder {
  if (keep !== undefined) {
    mkdirSync(keep, { recursive: true });
    return { path: keep, kept: true, remove: () => undefined };
  }
  const path = mkdtempSync(join(tmpdir(), 'cadastre-demo-'));
  // as root the database runs as nobody, who has to get in
  chmodSync(path, 0o711);
  return { path, kept: false, remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 3 }) };
}
