import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';

/** Rounds are this much earlier or later, as a share of the interval, so that processes do not act in step. */
const JITTER = 0.1;

export interface Job {
  /** For the log. */
  readonly name: string;
  readonly seconds: number;
  /** One round. What it throws is logged, and the next round comes as if nothing had been. */
  readonly run: (signal: AbortSignal) => Promise<void>;
}

export interface ScheduledJob {
  /** A round as soon as none is under way; many such wishes make one round. */
  soon(): void;
}

/**
 * Rounds of work from time to time in this process, never two of one job at once. The interval counts from the end of a
 * round. At shutdown the signal aborts, and what is under way is waited for.
 */
@Injectable()
export class Scheduler implements OnApplicationShutdown {
  private readonly log = new Logger('jobs');
  private readonly stopping = new AbortController();
  private readonly jobs: Rounds[] = [];

  /** The first round comes after the interval. */
  every(job: Job): ScheduledJob {
    const rounds = new Rounds(job, this.stopping.signal, this.log);
    this.jobs.push(rounds);
    rounds.schedule();
    return rounds;
  }

  /** Ends all jobs and waits for what is under way. Repeatable; a job that is added later does nothing. */
  async onApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.jobs.map((rounds) => rounds.ended()));
  }
}

class Rounds implements ScheduledJob {
  private timer: NodeJS.Timeout | null = null;
  private running: Promise<void> | null = null;
  private wanted = false;

  constructor(
    private readonly job: Job,
    private readonly signal: AbortSignal,
    private readonly log: Logger,
  ) {}

  soon(): void {
    this.wanted = true;
    if (!this.running) this.schedule(0);
  }

  schedule(afterMs = this.job.seconds * 1000 * (1 + JITTER * (2 * Math.random() - 1))): void {
    if (this.signal.aborted) return;
    if (this.timer) clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.wanted = false;
      this.running = this.round().then(() => {
        this.running = null;
        this.schedule(this.wanted ? 0 : undefined);
      });
    }, afterMs);
    this.timer.unref();
  }

  async ended(): Promise<void> {
    if (this.timer) clearTimeout(this.timer);
    await this.running;
  }

  private async round(): Promise<void> {
    try {
      await this.job.run(this.signal);
    } catch (error) {
      if (this.signal.aborted) return;
      this.log.warn(`${this.job.name} failed and will be tried again: ${String(error)}`);
    }
  }
}
