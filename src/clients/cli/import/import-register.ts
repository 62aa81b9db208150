import type { Api } from './api.js';
import type { Place } from './entry.js';
import type { Loader, Outcome } from './loader.js';
import { claimsOf, declareDomain, declareLink } from './operations.js';
import { Pools } from './pools.js';
import type { Progress } from './progress.js';
import type { AllocationLine, DomainLine, LinkLine, PoolLine } from './register/lines.js';
import { tagsOfLine } from './register/lines.js';
import { entryOf, type PlacedPool, PoolsMaker } from './register/pools-maker.js';
import { linesOf, openRegister } from './register/reader.js';
import { Rehearsal } from './rehearsal.js';
import type { Report } from './report.js';
import type { SourceFile } from './source-file.js';
import { type StatedEntry, StatedLoader } from './states.js';

export interface RegisterOptions {
  /** How long reservations are held. */
  readonly ttlSeconds: number;
  readonly dryRun: boolean;
}

/** What was made beside allocations; in a dry run what the file has. */
export interface RegisterFindings {
  readonly routingDomains: number;
  readonly links: number;
  readonly pools: number;
}

/** Brings back what `cadastre export` wrote. Throws UsageError before anything is done. */
export async function importRegister(
  api: Api,
  path: string,
  options: RegisterOptions,
  report: Report,
  progress: Progress,
): Promise<RegisterFindings> {
  const file = await openRegister(path);
  return new RegisterImport(api, file, options, report, progress).run();
}

interface AllocationEntry extends StatedEntry {
  readonly poolName: string;
}

class RegisterImport {
  private readonly found = { routingDomains: 0, links: 0, pools: 0 };
  private ids: ReadonlyMap<string, string> = new Map();
  private readonly pools: PlacedPool[] = [];
  /** Pools and keys of claims that a pending one stands beside. */
  private readonly shadowed = new Set<string>();

  constructor(
    private readonly api: Api,
    private readonly file: SourceFile,
    private readonly options: RegisterOptions,
    private readonly report: Report,
    private readonly progress: Progress,
  ) {}

  async run(): Promise<RegisterFindings> {
    await this.readFrame();
    const known = await Pools.read(this.api, null);
    if (this.options.dryRun) {
      this.ids = new Map(known.list.map(({ id, name }) => [name, id]));
      await this.rehearseSources(known);
    } else {
      const maker = new PoolsMaker(this.api, known, this.report);
      await maker.make(this.pools);
      this.ids = maker.ids;
      this.found.pools = maker.made;
    }
    await this.registerAllocations(known);
    return this.found;
  }

  /** Everything that stands before the allocations. */
  private async readFrame(): Promise<void> {
    for await (const { line, number } of linesOf(this.file)) {
      if ('allocation' in line) return;
      if ('routingDomain' in line) await this.declareDomain(line.routingDomain, this.at(number));
      if ('link' in line) await this.connect(line.link, this.at(number));
      if ('pool' in line) this.addPool(line.pool, this.at(number));
    }
  }

  private addPool(line: PoolLine, place: Place): void {
    this.pools.push({ line, place });
    if (this.options.dryRun) this.found.pools++;
  }

  private async declareDomain({ name, description, tags }: DomainLine, place: Place): Promise<void> {
    if (this.options.dryRun) return void this.found.routingDomains++;
    const { answer } = await this.api.ask(declareDomain, {
      input: { name, description, tags: tagsOfLine(tags) },
    });
    if (answer.code === undefined) this.found.routingDomains++;
    else if (answer.code !== 'NAME_TAKEN') this.refuse(place, name, answer.message);
  }

  private async connect({ a, b, via }: LinkLine, place: Place): Promise<void> {
    if (this.options.dryRun) return void this.found.links++;
    const { answer } = await this.api.ask(declareLink, { input: { a, b, via } });
    if (answer.code === undefined) this.found.links++;
    else this.refuse(place, via, answer.message);
  }

  private loader(known: Pools): Loader<AllocationEntry> {
    const settled = (entry: AllocationEntry, outcome: Outcome): void =>
      this.report.settle(
        { place: entry.place, what: entry.key ?? '', pool: entry.poolName, cidr: entry.cidr },
        outcome,
      );
    return this.options.dryRun
      ? new Rehearsal(this.api, settled, known, true)
      : new StatedLoader(this.api, settled, this.options.ttlSeconds);
  }

  private async rehearseSources(known: Pools): Promise<void> {
    const loader = this.loader(known);
    for (const { line, place } of this.pools)
      for (const source of line.sources ?? []) await this.addTo(loader, source, place);
    await loader.flush();
  }

  /**
   * What rests first: a key that it had may be another's by now. What stands beside an open claim last, when that claim
   * is there.
   */
  private async registerAllocations(known: Pools): Promise<void> {
    const loader = this.loader(known);
    const isResting = ({ status }: AllocationLine): boolean => status === 'QUARANTINED';
    const isPending = ({ replaces }: AllocationLine): boolean => replaces !== undefined;
    const stages = [
      isResting,
      (line: AllocationLine): boolean => !isResting(line) && !isPending(line),
      isPending,
    ];
    for (const [index, isDue] of stages.entries()) {
      this.progress.start(`Allocations, ${index + 1} of ${stages.length}`, this.file.size);
      for await (const { line, number } of linesOf(this.file, (bytes) => this.progress.advance(bytes)))
        if ('allocation' in line) {
          if (isPending(line.allocation)) this.shadowed.add(claimName(line.allocation));
          if (isDue(line.allocation)) await this.addTo(loader, line.allocation, this.at(number));
        }
      await loader.flush();
    }
  }

  private async addTo(loader: Loader<AllocationEntry>, line: AllocationLine, place: Place): Promise<void> {
    const pool = this.ids.get(line.pool) ?? this.futurePool(line.pool);
    if (pool === undefined)
      return this.refuse(place, line.key ?? '', `there is no pool ${line.pool}`, line.cidr);
    const status = line.status ?? 'ALLOCATED';
    if (status !== 'ALLOCATED' && status !== 'RESERVED' && status !== 'QUARANTINED')
      return this.refuse(
        place,
        line.key ?? '',
        `${String(status)} is no status that can be imported`,
        line.cidr,
      );
    const entry = entryOf(line, pool, place);
    if ('todo' in entry) {
      this.report.add({ fate: 'invalid', place, cidr: line.cidr, what: line.key ?? '', ...entry });
      return;
    }
    const replaces = await this.claimBeside(line, pool);
    const isShadowed = status === 'ALLOCATED' && this.shadowed.has(claimName(line));
    await loader.add({ ...entry, status, poolName: line.pool, replaces, isShadowed });
  }

  private async claimBeside({ replaces, key }: AllocationLine, pool: string): Promise<string | undefined> {
    if (replaces === undefined || key === undefined || this.options.dryRun) return undefined;
    const { allocations } = await this.api.ask(claimsOf, { pool, key });
    return allocations.nodes.find(({ cidr, claim }) => claim === 'OPEN' && cidr === replaces)?.id;
  }

  /** Stands for a pool that a dry run does not make. */
  private futurePool(name: string): string | undefined {
    return this.options.dryRun && this.pools.some(({ line }) => line.name === name)
      ? `future:${name}`
      : undefined;
  }

  private refuse(place: Place, what: string, reason = '', cidr: string | null = null): void {
    const todo = 'Settle that first; then import again.';
    this.report.add({ fate: 'conflicting', place, cidr, what, reason, todo });
  }

  private at(number: number): Place {
    return { file: this.file.path, at: `line ${number}` };
  }
}

function claimName({ pool, key }: AllocationLine): string {
  return JSON.stringify([pool, key]);
}
