import { Injectable, Logger } from '@nestjs/common';
import type { Instant } from '../../platform/context/instant.js';
import type { RequestContext } from '../../platform/context/request-context.js';
import type { ObservedKind } from './domain/observed.js';

/** An account and region of which lists were read. */
export interface SweptScope {
  readonly id: number;
  readonly provider: string;
  readonly account: string;
  readonly region: string;
  /** All that the sweep found is of this instant. */
  readonly beganAt: Instant;
  /** Kinds of which everything was read, and nothing was suspicious. */
  readonly good: readonly ObservedKind[];
}

/**
 * Brings what depends on observed state up to date. It looks at the state as it is, so that a repetition does no harm;
 * which scopes were swept only says where to look.
 */
export type SweptListener = (
  ctx: RequestContext,
  swept: { readonly scopes: readonly SweptScope[] },
) => Promise<void>;

/** Who wants to know that something was swept: later features say so when they start. */
@Injectable()
export class Swept {
  private readonly log = new Logger('swept');
  private readonly listeners: { name: string; listener: SweptListener; owed: Map<number, SweptScope> }[] = [];

  /** Listeners are called in the order in which they came, in one process at a time. `name` is for the log. */
  listen(name: string, listener: SweptListener): void {
    this.listeners.push({ name, listener, owed: new Map() });
  }

  /**
   * Calls all listeners, one after the other. What one throws is logged, hinders no other, and is made good at the next
   * call. Returns what failed, in words.
   */
  async announce(ctx: RequestContext, scopes: readonly SweptScope[]): Promise<string[]> {
    const failed: string[] = [];
    for (const { name, listener, owed } of this.listeners) {
      for (const scope of scopes) owed.set(scope.id, scope);
      if (owed.size === 0) continue;
      try {
        await listener(ctx, { scopes: [...owed.values()] });
        owed.clear();
      } catch (error) {
        failed.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
        this.log.error({ msg: `${name} failed after a sweep and will be tried again`, err: error });
      }
    }
    return failed;
  }
}
