import type { Database } from '../database/database.js';

/** One thing that is not as an invariant says. */
export interface FsckFinding {
  /** What it is about: a pool, an allocation, a table. */
  readonly subject: string;
  readonly message: string;
  /** True where `repair` of the check puts it right. */
  readonly repairable: boolean;
}

/** Looks for what breaks one invariant, at any size of the register: yields findings as it goes. */
export interface FsckCheck {
  /** `<feature>.<what>`, as printed and as chosen on the command line. */
  readonly name: string;
  /** The invariant in a sentence. */
  readonly describe: string;
  run(database: Database): AsyncIterable<FsckFinding>;
  /** Rebuilds what is derived, never the register itself. Returns how many rows it wrote. */
  repair?(database: Database): Promise<number>;
}

export interface FsckReport {
  readonly check: string;
  readonly findings: readonly FsckFinding[];
  /** Findings beyond the first `FINDINGS_KEPT`. */
  readonly more: number;
  /** Rows that repair wrote; null where it did not run. */
  readonly repaired: number | null;
}

const FINDINGS_KEPT = 100;

/** The checks of all features, in the order in which they registered. */
export class FsckRegistry {
  private readonly checks = new Map<string, FsckCheck>();

  /** Throws Error for a name that is taken. */
  register(check: FsckCheck): void {
    if (this.checks.has(check.name)) throw new Error(`two fsck checks are called ${check.name}`);
    this.checks.set(check.name, check);
  }

  list(): readonly FsckCheck[] {
    return [...this.checks.values()];
  }

  /**
   * Runs every check, one after the other; with `repair`, repairs what is derived where a check found something
   * repairable, and checks it again, so that the report tells what is left.
   */
  async *run(database: Database, options: { repair?: boolean } = {}): AsyncGenerator<FsckReport> {
    for (const check of this.checks.values()) {
      const report = await inspect(check, database);
      if (options.repair && check.repair && report.findings.some(({ repairable }) => repairable)) {
        const repaired = await check.repair(database);
        yield { ...(await inspect(check, database)), repaired };
      } else {
        yield report;
      }
    }
  }
}

async function inspect(check: FsckCheck, database: Database): Promise<FsckReport> {
  const findings: FsckFinding[] = [];
  let more = 0;
  for await (const finding of check.run(database)) {
    if (findings.length < FINDINGS_KEPT) findings.push(finding);
    else more++;
  }
  return { check: check.name, findings, more, repaired: null };
}
