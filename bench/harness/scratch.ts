import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder for an embedded server, and the way to remove it. */
export function makeScratchFolder(): { path: string; remove(): void } {
  const scratch = mkdtempSync(join(tmpdir(), 'cadastre-bench-'));
  // as root the server runs as nobody, who has to get in
  chmodSync(scratch, 0o711);
  return { path: join(scratch, 'postgres'), remove: () => rmSync(scratch, { recursive: true, force: true }) };
}
