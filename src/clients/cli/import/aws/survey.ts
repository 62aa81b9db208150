import type { Prefix } from '../../../../address/index.js';
import type { CidrProblem } from '../cidr-text.js';
import type { Place, Tag } from '../entry.js';
import { fingerprint, Fingerprints } from '../fingerprints.js';
import type { Outcome } from '../loader.js';
import type { SourceFile } from '../source-file.js';
import { elementsOf } from './documents.js';
import { readResource, type Resource } from './resources.js';

/** A CIDR of a VPC and, once it is known, what became of it. */
export interface VpcCidr {
  readonly prefix: Prefix;
  outcome?: Outcome;
}

/** A VPC, from all files together. */
export interface Vpc {
  readonly id: string;
  readonly account: string;
  readonly name: string;
  readonly tags: readonly Tag[];
  readonly place: Place;
  readonly cidrs: readonly VpcCidr[];
  readonly gone: Resource['gone'];
  /** Of its subnets; null where no file tells. */
  region: string | null;
  /** Its pools by family, once they are there. */
  readonly pools: { 4?: string; 6?: string };
}

/** A resource that cannot be imported, because of what the files say of it. */
export interface BadResource {
  readonly place: Place;
  readonly what: string;
  readonly problem: CidrProblem;
}

/** What all files say, apart from the subnets, which are read again one by one. */
export interface Survey {
  readonly vpcs: ReadonlyMap<string, Vpc>;
  /** How many different subnets there are. */
  readonly subnets: number;
  /** Copies of what was there before. */
  readonly repeated: number;
  /** VPCs that cannot be imported, because of what the files say of them. */
  readonly badVpcs: ReadonlySet<string>;
  /** Of several copies of one subnet the one to take. */
  isToTake(subnet: Resource, ordinal: number): boolean;
}

const CONTRADICTION: CidrProblem = {
  reason: 'the files say different things of it (owner, VPC or CIDRs)',
  todo: 'Leave the older file out, or export all of them again.',
};

/** Reads all files once. Throws UsageError before anything is done with any of them. */
export async function survey(
  files: readonly SourceFile[],
  onBad: (bad: BadResource) => void,
  seen: (bytes: number) => void,
): Promise<Survey> {
  const surveyor = new Surveyor(onBad);
  for (const file of files) {
    for await (const { kind, value, at } of elementsOf(file, seen)) {
      const resource = readResource(kind, value);
      const place = { file: file.path, at };
      if (kind === 'subnet') surveyor.ordinal++;
      if ('problem' in resource) surveyor.reject(kind, resource.id ?? '', place, resource.problem);
      else if (resource.kind === 'vpc') surveyor.vpc(resource, place);
      else surveyor.subnet(resource, place);
    }
  }
  return surveyor;
}

/** All of it is bounded by the number of VPCs and some 40 bytes for a subnet. */
class Surveyor implements Survey {
  readonly vpcs = new Map<string, Vpc>();
  repeated = 0;
  /** Of the subnet at hand, over all files. */
  ordinal = -1;
  readonly badVpcs = new Set<string>();
  private readonly vpcFacts = new Map<string, string>();
  private readonly regions = new Map<string, string>();
  private readonly facts = new Fingerprints();
  /** Number of tags and ordinal of the best copy in one number; negative where copies contradict each other. */
  private readonly best = new Fingerprints();

  constructor(private readonly onBad: (bad: BadResource) => void) {}

  get subnets(): number {
    return this.facts.size;
  }

  reject(kind: Resource['kind'], what: string, place: Place, problem: CidrProblem): void {
    if (kind === 'vpc') this.badVpcs.add(what);
    this.onBad({ place, what, problem });
  }

  vpc(found: Resource, place: Place): void {
    const { id, account, name, tags, gone } = found;
    const before = this.vpcs.get(id);
    const facts = factsOf(found);
    if (before || this.vpcFacts.has(id)) this.repeated++;
    if (this.vpcFacts.has(id) && this.vpcFacts.get(id) !== facts) {
      if (this.vpcs.delete(id)) this.reject('vpc', id, place, CONTRADICTION);
      return;
    }
    this.vpcFacts.set(id, facts);
    // an account that a VPC is shared with does not see its tags
    if (before && before.tags.length >= tags.length) return;
    const cidrs = found.cidrs.map((prefix) => ({ prefix }));
    const region = this.regions.get(id) ?? null;
    this.vpcs.set(id, { id, account, name, tags, gone, cidrs, region, place, pools: {} });
  }

  subnet(found: Resource, place: Place): void {
    const facts = fingerprint(factsOf(found));
    if (found.region !== null) this.noteRegion(found.vpc!, found.region);
    const before = this.facts.keep(found.id, facts);
    if (before === undefined) {
      this.best.keep(found.id, rank(found, this.ordinal));
      return;
    }
    this.repeated++;
    const best = this.best.get(found.id)!;
    if (best < 0) return;
    if (before !== facts) {
      this.best.replace(found.id, -1);
      this.reject('subnet', found.id, place, CONTRADICTION);
    } else if (tagsIn(best) < found.tags.length) this.best.replace(found.id, rank(found, this.ordinal));
  }

  isToTake({ id, tags }: Resource, ordinal: number): boolean {
    return this.best.get(id) === rank({ tags }, ordinal);
  }

  private noteRegion(vpc: string, region: string): void {
    if (!this.regions.has(vpc)) this.regions.set(vpc, region);
    const known = this.vpcs.get(vpc);
    if (known) known.region ??= region;
  }
}

const ORDINALS = 2 ** 40;

function rank({ tags }: Pick<Resource, 'tags'>, ordinal: number): number {
  return Math.min(tags.length, 1000) * ORDINALS + ordinal;
}

function tagsIn(rank: number): number {
  return Math.floor(rank / ORDINALS);
}

/** What copies of one resource must agree on. */
function factsOf({ account, vpc, cidrs }: Resource): string {
  return [account, vpc, ...cidrs.map(String).sort()].join(' ');
}
