import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../platform/context/request-context.js';
import { violates } from '../../platform/database/sqlstate.js';
import type { Reader, Tx } from '../../platform/database/statement.js';
import { UnitOfWork } from '../../platform/database/unit-of-work.js';
import { Publisher, recordChange, recordChanges } from '../../platform/events/index.js';
import { numberOfId, publicId, requireName } from '../../platform/graphql/public-id.js';
import { DomainLinkRepository } from './data/domain-link.repository.js';
import { RoutingDomainRepository } from './data/routing-domain.repository.js';
import { notFound, type Outcome, refused, type RoutingDomainFailure } from './domain/failure.js';
import { differences, type NewRoutingDomain, type RoutingDomain } from './domain/routing-domain.js';

export interface UpdateRoutingDomain extends Partial<NewRoutingDomain> {
  /** The version the caller saw; left out: whatever it is. */
  readonly version?: number;
}

/** What a feature keeps in a routing domain, each with its name and id; a few are enough. */
export type Dependents = (reader: Reader, routingDomainId: number) => Promise<string[]>;

const MOST_DEPENDENTS = 100;

@Injectable()
export class RoutingDomainsService {
  private readonly dependents: Dependents[] = [
    async (reader, id) => (await this.links.of([id], reader)).get(id)!.map(describeLink),
  ];

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly domains: RoutingDomainRepository,
    private readonly links: DomainLinkRepository,
    private readonly publisher: Publisher,
  ) {}

  /**
   * What `dependents` finds in a routing domain keeps it from being deleted. Later features, which this one may not
   * import, say so when they start. Each also has a foreign key, which holds it; this is for the answer to name them.
   */
  keepFor(dependents: Dependents): void {
    this.dependents.push(dependents);
  }

  /** NAME_TAKEN. */
  async create(ctx: RequestContext, domain: NewRoutingDomain): Promise<Outcome<RoutingDomain>> {
    requireName(domain.name);
    return this.write(domain.name, () =>
      this.unitOfWork.run(ctx, async (tx) => {
        const made = await this.domains.insert(tx, ctx, domain);
        const detail = describe(domain);
        await recordChange(tx, ctx, { action: 'routing_domain.created', subject: idOf(made), detail });
        return { ok: true, value: made };
      }),
    );
  }

  /**
   * The routing domains of these names, declared where there are none, each with its change; repeatable, also by several
   * at once. O(1) statements. Throws BAD_USER_INPUT for what cannot be a name.
   */
  async ensure(ctx: RequestContext, names: readonly string[]): Promise<Map<string, RoutingDomain>> {
    const wanted = [...new Set(names)].map(requireName);
    const there = wanted.length === 0 ? [] : await this.domains.byNames(wanted);
    const known = new Set(there.map(({ name }) => name));
    const missing = wanted.filter((name) => !known.has(name));
    const found = missing.length === 0 ? [] : await this.declare(ctx, missing);
    return new Map([...there, ...found].map((domain) => [domain.name, domain]));
  }

  private async declare(ctx: RequestContext, names: readonly string[]): Promise<RoutingDomain[]> {
    const found = await this.unitOfWork.run(ctx, async (tx) => {
      const made = await this.domains.insertMissing(tx, ctx, names);
      const notes = made.map((domain) => ({
        action: 'routing_domain.created',
        subject: idOf(domain),
        detail: describe(domain),
      }));
      await recordChanges(tx, ctx, notes);
      // what somebody else declared meanwhile is there for a statement of its own
      return made.length === names.length ? made : this.domains.byNames(names, tx);
    });
    this.publisher.wake();
    return found;
  }

  /** Without a difference nothing is written. NAME_TAKEN, VERSION_CONFLICT, NOT_FOUND. */
  async update(
    ctx: RequestContext,
    idOrName: string,
    { version, ...changes }: UpdateRoutingDomain,
  ): Promise<Outcome<RoutingDomain>> {
    if (changes.name !== undefined) requireName(changes.name);
    return this.write(changes.name ?? idOrName, () =>
      this.unitOfWork.run(ctx, async (tx) => {
        const [domain] = await this.lock(tx, idOrName);
        if (!domain) return refused(notFound(idOrName));
        const subject = idOf(domain);
        if (version !== undefined && version !== domain.version)
          return refused(versionConflict(domain, version, await this.domains.changedBy(tx, subject)));
        const { name = domain.name, description = domain.description, tags = domain.tags } = changes;
        const next = { name, description, tags };
        const detail = differences(domain, next);
        if (Object.keys(detail).length === 0) return { ok: true, value: domain };
        const value = await this.domains.update(tx, domain.id, next);
        await recordChange(tx, ctx, { action: 'routing_domain.updated', subject, detail });
        return { ok: true, value };
      }),
    );
  }

  /**
   * Answers with the routing domain as it was. What stands on it is looked for under its lock, so that nothing comes after.
   * HAS_DEPENDENTS, NOT_FOUND.
   */
  async delete(ctx: RequestContext, idOrName: string): Promise<Outcome<RoutingDomain>> {
    const outcome = await this.unitOfWork.run<Outcome<RoutingDomain>>(ctx, async (tx) => {
      const [domain] = await this.lock(tx, idOrName);
      if (!domain) return refused(notFound(idOrName));
      const found: string[] = [];
      for (const dependents of this.dependents) found.push(...(await dependents(tx, domain.id)));
      if (found.length > 0) return refused(hasDependents(domain, found));
      await this.domains.delete(tx, domain.id);
      const detail = describe(domain);
      await recordChange(tx, ctx, { action: 'routing_domain.deleted', subject: idOf(domain), detail });
      return { ok: true, value: domain };
    });
    if (outcome.ok) this.publisher.wake();
    return outcome;
  }

  /**
   * Routing domains by id or name, in the order given; undefined where there is none. Until the transaction ends nobody
   * changes or connects them, and nothing is bound to them.
   */
  async lock(tx: Tx, ...idsOrNames: string[]): Promise<(RoutingDomain | undefined)[]> {
    const given = idsOrNames.map((idOrName) => ({
      id: numberOfId('routingDomain', idOrName),
      name: idOrName,
    }));
    const ids = given.flatMap(({ id }) => id ?? []);
    const found = await this.domains.lock(tx, ids, idsOrNames);
    return given.map(({ id, name }) =>
      found.find((domain) => (id === null ? domain.name === name : domain.id === id)),
    );
  }

  /** By id or name; null for neither. */
  async find(idOrName: string): Promise<RoutingDomain | null> {
    const id = numberOfId('routingDomain', idOrName);
    if (id === null) return this.domains.byName(idOrName);
    const [found] = await this.domains.byIds([id]);
    return found ?? null;
  }

  byIds(ids: readonly number[]): Promise<RoutingDomain[]> {
    return this.domains.byIds(ids);
  }

  /** By name. */
  list(limit: number, after: string | null): Promise<RoutingDomain[]> {
    return this.domains.list(limit, after);
  }

  count(): Promise<number> {
    return this.domains.count();
  }

  private async write(
    name: string,
    work: () => Promise<Outcome<RoutingDomain>>,
  ): Promise<Outcome<RoutingDomain>> {
    try {
      const outcome = await work();
      if (outcome.ok) this.publisher.wake();
      return outcome;
    } catch (error) {
      if (!violates(error, 'routing_domain_name_taken')) throw error;
      const taken = await this.domains.byName(name);
      const takenBy = taken ? idOf(taken) : 'another routing domain';
      const message = `The name ${JSON.stringify(name)} belongs to ${takenBy}: choose another.`;
      return refused({ code: 'NAME_TAKEN', message, name, takenBy });
    }
  }
}

function idOf({ id }: RoutingDomain): string {
  return publicId('routingDomain', id);
}

function describe({ name, description, tags }: NewRoutingDomain): Record<string, unknown> {
  return { name, description, tags };
}

function describeLink({ id, via }: { id: number; via: string }): string {
  return `link via ${JSON.stringify(via)} (${publicId('domainLink', id)})`;
}

function versionConflict(
  { name, version }: RoutingDomain,
  given: number,
  changedBy: string,
): RoutingDomainFailure {
  const message = `${name} is at version ${version} now (changed by ${changedBy}), not ${given}: read it again.`;
  return { code: 'VERSION_CONFLICT', message, version, changedBy };
}

function hasDependents({ name }: RoutingDomain, found: readonly string[]): RoutingDomainFailure {
  const dependents = found.slice(0, MOST_DEPENDENTS);
  const some = found.slice(0, 3).join(', ') + (found.length > 3 ? ', …' : '');
  const message = `${name} is in use by ${some}: delete the pools, disconnect the links and place the networks elsewhere first.`;
  return { code: 'HAS_DEPENDENTS', message, dependents };
}
