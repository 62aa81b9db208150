import { Prefix, PrefixMap } from '../../../address/index.js';
import { type Api, nodesOf } from './api.js';
import { type KnownPool, knownPools } from './operations.js';

const PAGE = 200;

interface PoolCidr {
  readonly cidr: Prefix;
  readonly pool: KnownPool;
  /** Of the CIDR's root: null for GLOBAL. */
  readonly domain: string | null;
  readonly depth: number;
  readonly isOfVpc: boolean;
}

/** All pools as they were at one moment, and which of them a CIDR goes to. */
export class Pools {
  private readonly byId: ReadonlyMap<string, KnownPool>;
  private readonly byName: ReadonlyMap<string, KnownPool>;
  private readonly all: readonly PoolCidr[];
  private readonly sources = new Map<string, string>();
  private readonly around: PrefixMap<PoolCidr>;

  /** `domain`: pools of this routing domain count as well as GLOBAL ones. */
  constructor(
    readonly list: readonly KnownPool[],
    readonly domain: string | null,
  ) {
    this.byId = new Map(list.map((pool) => [pool.id, pool]));
    this.byName = new Map(list.map((pool) => [pool.name, pool]));
    for (const pool of list)
      for (const { allocation } of pool.sources) this.sources.set(allocation.id, pool.id);
    this.all = new Lineage(list).cidrs();
    const inScope = this.all.filter((each) => each.domain === null || each.domain === domain);
    this.around = mapOf(inScope.filter(({ isOfVpc }) => !isOfVpc));
  }

  static async read(api: Api, domain: string | null): Promise<Pools> {
    const list: KnownPool[] = [];
    for await (const pool of nodesOf(api, knownPools, { first: PAGE })) list.push(pool);
    return new Pools(list, domain);
  }

  /** No pool that anything could go to. */
  get isEmpty(): boolean {
    return this.around.size === 0;
  }

  /** By id or name. */
  find(pool: string): KnownPool | undefined {
    return this.byId.get(pool) ?? this.byName.get(pool);
  }

  /** Whether a pool that is there has a CIDR around this one. */
  contains(pool: string, cidr: Prefix): boolean {
    const cidrs = this.find(pool)?.cidrs ?? [];
    return cidrs.some((text) => Prefix.must(text).contains(cidr));
  }

  /** The deepest pool that contains the CIDR; the pools of VPCs do not count. */
  forVpc(cidr: Prefix): KnownPool | undefined {
    return this.around.supernetsOf(cidr).at(-1)?.value.pool;
  }

  /**
   * The deepest pool that is larger than the CIDR, else a root that is the CIDR: what is a child pool's whole CIDR
   * belongs to the pool that the child comes from.
   */
  forCidr(cidr: Prefix): KnownPool | undefined {
    const around = this.everything.supernetsOf(cidr).map(({ value }) => value);
    const larger = around.filter((each) => each.cidr.length < cidr.length).at(-1);
    return (larger ?? around.find(({ depth }) => depth === 0))?.pool;
  }

  /** The pools whose CIDRs are allocations of this VPC. */
  ofVpc(vpc: string): KnownPool[] {
    return this.vpcs.get(vpc) ?? [];
  }

  /** Of the pool's first root: null for GLOBAL. */
  domainOf(pool: KnownPool): string | null {
    return this.all.find((each) => each.pool === pool)?.domain ?? null;
  }

  /** Whether an allocation is what this pool, or one that it comes from, is made of. */
  isAbove(allocation: string, pool: string): boolean {
    const made = this.sources.get(allocation);
    return made !== undefined && (made === pool || this.ancestorsOf(pool).has(made));
  }

  /** The id of the pool that an allocation is a source of. */
  madeOf(allocation: string): string | undefined {
    return this.sources.get(allocation);
  }

  private ancestorsOf(pool: string, found = new Set<string>()): Set<string> {
    for (const { allocation } of this.byId.get(pool)?.sources ?? []) {
      const parent = allocation.pool?.id;
      if (parent === undefined || found.has(parent)) continue;
      found.add(parent);
      this.ancestorsOf(parent, found);
    }
    return found;
  }

  private lazyEverything: PrefixMap<PoolCidr> | undefined;
  private get everything(): PrefixMap<PoolCidr> {
    const inScope = (each: PoolCidr): boolean => each.domain === null || each.domain === this.domain;
    return (this.lazyEverything ??= mapOf(this.all.filter(inScope)));
  }

  private lazyVpcs: ReadonlyMap<string, KnownPool[]> | undefined;
  private get vpcs(): ReadonlyMap<string, KnownPool[]> {
    return (this.lazyVpcs ??= byVpc(this.list));
  }
}

/** Of two pools with the same CIDR the deeper one counts. */
function mapOf(cidrs: readonly PoolCidr[]): PrefixMap<PoolCidr> {
  const upwards = [...cidrs].sort((a, b) => a.depth - b.depth);
  return PrefixMap.of(upwards.map((each) => [each.cidr, each]));
}

function byVpc(pools: readonly KnownPool[]): Map<string, KnownPool[]> {
  const found = new Map<string, KnownPool[]>();
  for (const pool of pools) {
    const vpcs = pool.sources.filter(isVpc).map(({ allocation }) => allocation.holder.resourceId);
    for (const vpc of new Set(vpcs)) if (vpc) found.set(vpc, [...(found.get(vpc) ?? []), pool]);
  }
  return found;
}

function isVpc({ allocation }: KnownPool['sources'][number]): boolean {
  return allocation.holder.resourceType === 'vpc';
}

/** Follows every pool CIDR up to its root. */
class Lineage {
  private readonly byId: ReadonlyMap<string, KnownPool>;
  private readonly prefixes = new Map<string, Prefix[]>();
  private readonly known = new Map<string, { domain: string | null; depth: number }>();

  constructor(private readonly pools: readonly KnownPool[]) {
    this.byId = new Map(pools.map((pool) => [pool.id, pool]));
    for (const { id, cidrs } of pools)
      this.prefixes.set(
        id,
        cidrs.map((cidr) => Prefix.must(cidr)),
      );
  }

  cidrs(): PoolCidr[] {
    return this.pools.flatMap((pool) =>
      this.prefixes.get(pool.id)!.map((cidr) => ({
        cidr,
        pool,
        ...this.rootOf(pool, cidr),
        isOfVpc: pool.sources.some(isVpc),
      })),
    );
  }

  private rootOf(pool: KnownPool, cidr: Prefix): { domain: string | null; depth: number } {
    const key = `${pool.id} ${cidr}`;
    let root = this.known.get(key);
    if (!root) this.known.set(key, (root = this.find(pool, cidr)));
    return root;
  }

  private find(pool: KnownPool, cidr: Prefix): { domain: string | null; depth: number } {
    const source = pool.sources.find((each) => each.cidr === cidr.toString());
    const parent = source?.allocation.pool && this.byId.get(source.allocation.pool.id);
    const around = parent && this.prefixes.get(parent.id)!.find((each) => each.contains(cidr));
    if (!parent || !around) return { domain: pool.routingDomain?.name ?? null, depth: 0 };
    const { domain, depth } = this.rootOf(parent, around);
    return { domain, depth: depth + 1 };
  }
}
