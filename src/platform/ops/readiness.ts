import { Injectable } from '@nestjs/common';

export interface ReadinessCheck {
  /** Shown in the answer of `/readyz`. */
  readonly name: string;
  /** Rejects while the service cannot do its work. */
  check(): Promise<void>;
}

export interface Readiness {
  readonly ready: boolean;
  /** `ok` or `failed` by check; why one failed is in the log only. */
  readonly checks: Readonly<Record<string, 'ok' | 'failed'>>;
}

const PATIENCE_MS = 2000;

/** What has to be well before requests are sent here. Modules add their checks when they start. */
@Injectable()
export class ReadinessChecks {
  private readonly checks: ReadinessCheck[] = [];
  private stopping = false;

  add(check: ReadinessCheck): void {
    this.checks.push(check);
  }

  /** From now on not ready: the service takes leave of its load balancer. */
  stop(): void {
    this.stopping = true;
  }

  /** Runs all checks at once, each for at most two seconds. `failed` gets the reasons. */
  async run(failed: (name: string, reason: unknown) => void = () => undefined): Promise<Readiness> {
    const results = await Promise.all(
      this.checks.map(async ({ name, check }): Promise<[string, 'ok' | 'failed']> => {
        try {
          await withPatience(check());
          return [name, 'ok'];
        } catch (error) {
          failed(name, error);
          return [name, 'failed'];
        }
      }),
    );
    if (this.stopping) results.push(['stopping', 'failed']);
    return { ready: results.every(([, state]) => state === 'ok'), checks: Object.fromEntries(results) };
  }
}

function withPatience(check: Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer within ${PATIENCE_MS} ms`)), PATIENCE_MS);
    check.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
