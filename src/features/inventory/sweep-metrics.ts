import { Injectable } from '@nestjs/common';
import { Counter, Gauge, Histogram } from 'prom-client';
import { Metrics } from '../../platform/ops/metrics.js';
import { DiscoveryAccountRepository } from './data/discovery-account.repository.js';
import type { SweepCounts } from './domain/sweep.js';

/** What this process has swept. */
@Injectable()
export class SweepMetrics {
  private readonly sweeps: Counter<'cause'>;
  private readonly scopes: Counter<'status'>;
  private readonly counts: Record<'calls' | 'throttles' | 'retries' | 'objects' | 'changed', Counter>;
  private readonly seconds: Histogram;

  constructor({ registry }: Metrics, accounts: DiscoveryAccountRepository) {
    const registers = [registry];
    this.sweeps = new Counter({
      name: 'cadastre_sweeps_total',
      help: 'Sweeps that this process has brought to their end, by cause',
      labelNames: ['cause'] as const,
      registers,
    });
    this.scopes = new Counter({
      name: 'cadastre_swept_scopes_total',
      help: 'Accounts and regions that this process has swept, by how that ended',
      labelNames: ['status'] as const,
      registers,
    });
    const counter = (name: string, help: string) =>
      new Counter({ name: `cadastre_discovery_${name}_total`, help, registers });
    this.counts = {
      calls: counter('calls', 'Calls to the cloud'),
      throttles: counter('throttles', 'Calls that the cloud has throttled'),
      retries: counter('retries', 'Calls that were made again'),
      objects: counter('objects', 'Objects read'),
      changed: counter('changed_objects', 'Objects read that were new or different'),
    };
    this.seconds = new Histogram({
      name: 'cadastre_sweep_duration_seconds',
      help: 'Time from the beginning of a sweep until all of it was read and reconciled, in seconds',
      buckets: [1, 5, 15, 30, 60, 120, 300, 600, 1800, 3600],
      registers,
    });
    new Gauge({
      name: 'cadastre_stale_scopes',
      help: 'Accounts and regions with a list whose last reading was not good',
      registers,
      async collect() {
        // without a database the other metrics are still worth reading
        const stale = await accounts.staleScopes().catch(() => null);
        if (stale === null) this.remove();
        else this.set(stale);
      },
    });
  }

  scopeEnded(status: string, counts: SweepCounts): void {
    this.scopes.inc({ status });
    for (const [name, counter] of Object.entries(this.counts)) counter.inc(counts[name as keyof SweepCounts]);
  }

  sweepEnded(cause: string, seconds: number): void {
    this.sweeps.inc({ cause });
    this.seconds.observe(Math.max(0, seconds));
  }
}
