import { Injectable } from '@nestjs/common';
import type { Instant } from '../../platform/context/instant.js';
import type { RequestContext } from '../../platform/context/request-context.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { type ChangeNote, Publisher, recordChanges } from '../../platform/events/index.js';
import { RoutingDomainsService } from '../routing-domains/index.js';
import { nodeText, ReachRepository } from './data/reach.repository.js';
import { Reach, type ReachEdge, type Via } from './domain/reach.js';
import { keyOf } from './domain/reach-edges.js';
import { ObservedWorld, type World } from './observed-world.js';

/** What a routing domain reaches, or that nobody knows. */
export interface Reached {
  /** UNKNOWN: before anything was observed. */
  readonly status: 'RESOLVED' | 'UNKNOWN';
  /** By the number of the routing domain. */
  readonly neighbours: readonly { readonly domainId: number; readonly via: readonly Via[] }[];
}

/** Which routing domains reach which, now and before. */
@Injectable()
export class ReachService {
  constructor(
    private readonly world: ObservedWorld,
    private readonly edges: ReachRepository,
    private readonly unitOfWork: UnitOfWork,
    private readonly publisher: Publisher,
    private readonly domains: RoutingDomainsService,
  ) {}

  /** What a routing domain (id or name) reaches, or what reaches it; null for none with this name. */
  async of(idOrName: string, at: Instant | null): Promise<(Reached & { readonly domainId: number }) | null> {
    const domain = await this.domains.find(idOrName);
    if (!domain) return null;
    if (at === null) return { domainId: domain.id, ...reachedBy((await this.world.read()).reach, domain.id) };
    const since = await this.edges.since();
    if (since === null || at < since) return { domainId: domain.id, status: 'UNKNOWN', neighbours: [] };
    return { domainId: domain.id, ...reachedBy(Reach.of(await this.edges.at(at)), domain.id) };
  }

  /**
   * Writes down how the steps differ from those written before, from `at` on (null: now), and answers with the world that they are of.
   * Repeatable; those who do it at once wait for each other. The first time is one change, not one per step.
   */
  async record(ctx: RequestContext, at: Instant | null): Promise<World> {
    const { world, told } = await this.unitOfWork.run(ctx, async (tx) => {
      await this.edges.lock(tx);
      // read under the lock, so that nobody writes down an older world after a newer one
      const read = await this.world.read();
      const before = new Map((await this.edges.open(tx)).map((edge) => [keyOf(edge), edge]));
      const after = new Map(read.edges.map((edge) => [keyOf(edge), edge]));
      const added = read.edges.filter((edge) => !before.has(keyOf(edge)));
      const gone = [...before].filter(([key]) => !after.has(key)).map(([, edge]) => edge);
      const isFirst = before.size === 0 && (await this.edges.since(tx)) === null;
      const from = at ?? (await this.edges.now(tx));
      await this.edges.close(tx, from, gone);
      await this.edges.insert(tx, from, added);
      const notes = isFirst
        ? baseline(added)
        : [...gone.map(noteOf('reach.lost')), ...added.map(noteOf('reach.gained'))];
      await recordChanges(tx, ctx, notes);
      return { world: read, told: notes.length };
    });
    if (told > 0) this.publisher.wake();
    return world;
  }
}

function reachedBy(reach: Reach, domain: number): Reached {
  const neighbours = reach
    .neighbours(domain)
    .map((other) => ({ domainId: other, via: reach.between(domain, other) }));
  return { status: 'RESOLVED', neighbours };
}

function baseline(edges: readonly ReachEdge[]): ChangeNote[] {
  if (edges.length === 0) return [];
  return [{ action: 'reach.baseline', subject: 'reach', detail: { steps: edges.length } }];
}

function noteOf(action: string) {
  return ({ from, to, how, resource }: ReachEdge): ChangeNote => {
    const ends = [nodeText(from), nodeText(to)] as const;
    const subject = typeof from === 'number' ? ends[0] : ends[1];
    return { action, subject, detail: { from: ends[0], to: ends[1], how, resource } };
  };
}
