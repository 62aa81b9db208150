import { ALLOCATION_CHECKS } from '../../src/features/allocation/index.js';
import type { Database } from '../../src/platform/database/database.js';

/** Every invariant of the register holds, as `cadastre fsck` sees it; what waits for its position is no fault. */
export async function expectSound(database: Database): Promise<void> {
  for (const check of ALLOCATION_CHECKS) {
    if (/positions|publications/.test(check.name)) continue;
    const findings = [];
    for await (const finding of check.run(database)) findings.push(finding);
    expect({ check: check.name, findings }).toEqual({ check: check.name, findings: [] });
  }
}
