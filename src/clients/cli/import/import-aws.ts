import { PrefixSet } from '../../../address/index.js';
import { Adopter, ADOPTION, type Registration } from './adopter.js';
import type { Api } from './api.js';
import { elementsOf } from './aws/documents.js';
import { planSubnet, type SubnetEntry, type VpcEntry, vpcEntry } from './aws/plan.js';
import { readResource, type Resource } from './aws/resources.js';
import { type Survey, survey, type Vpc } from './aws/survey.js';
import { foreseeVpcPools, makeVpcPools } from './aws/vpc-pools.js';
import type { Entry, Place } from './entry.js';
import type { Loader, Settled } from './loader.js';
import { adoptManyWithIds } from './operations.js';
import { Pools } from './pools.js';
import type { Progress } from './progress.js';
import { Rehearsal } from './rehearsal.js';
import type { Report } from './report.js';
import { inspectFile, type SourceFile } from './source-file.js';

export interface AwsOptions {
  /** Of VPCs whose region no file tells. */
  readonly region: string | null;
  /** Pools of this routing domain count as well as GLOBAL ones. */
  readonly routingDomain: string | null;
  readonly dryRun: boolean;
}

/** What an import of AWS files has to say beside its report. */
export interface AwsFindings {
  readonly vpcs: number;
  readonly subnets: number;
  /** VPCs whose region nobody told. */
  readonly regionUnknown: number;
  /** Blocks that the VPCs' CIDRs would need, where there is no pool at all; else null. */
  readonly poolsNeeded: readonly string[] | null;
}

/**
 * Registers the VPCs and subnets in what `aws ec2 describe-vpcs` and `describe-subnets` printed. Reads the files twice:
 * VPCs come first, wherever they stand. Throws UsageError before anything is registered.
 */
export async function importAws(
  api: Api,
  paths: readonly string[],
  options: AwsOptions,
  report: Report,
  progress: Progress,
): Promise<AwsFindings> {
  const files: SourceFile[] = [];
  for (const path of new Set(paths)) files.push(await inspectFile(path));
  return new AwsImport(api, files, options, report, progress).run();
}

class AwsImport {
  constructor(
    private readonly api: Api,
    private readonly files: readonly SourceFile[],
    private readonly options: AwsOptions,
    private readonly report: Report,
    private readonly progress: Progress,
  ) {}

  async run(): Promise<AwsFindings> {
    const bytes = this.files.reduce((sum, { size }) => sum + size, 0);
    this.progress.start('Reading', bytes);
    const found = await survey(
      this.files,
      ({ place, what, problem }) => this.report.add({ fate: 'invalid', place, what, cidr: null, ...problem }),
      (size) => this.progress.advance(size),
    );
    const pools = await Pools.read(this.api, this.options.routingDomain);
    const vpcs = [...found.vpcs.values()];
    await this.registerVpcs(vpcs, pools);
    if (this.options.dryRun) foreseeVpcPools(vpcs, pools);
    else {
      this.progress.start('Pools of VPCs', vpcs.length);
      await makeVpcPools(this.api, vpcs, pools, () => this.progress.advance(1));
    }
    for (const vpc of vpcs) this.tellOf(vpc);
    this.progress.start('Subnets', bytes);
    await this.registerSubnets(found, pools);
    for (let i = 0; i < found.repeated; i++) this.report.repeat();
    return {
      vpcs: found.vpcs.size,
      subnets: found.subnets,
      regionUnknown: this.options.region === null ? vpcs.filter(({ region }) => region === null).length : 0,
      poolsNeeded: pools.isEmpty ? blocksOf(vpcs) : null,
    };
  }

  private loader<E extends Entry>(
    pools: Pools,
    settled: Settled<E>,
    registration: Registration<Entry> = ADOPTION,
  ): Loader<E> {
    return this.options.dryRun
      ? new Rehearsal(this.api, settled, pools, true)
      : new Adopter(this.api, settled, registration);
  }

  private async registerVpcs(vpcs: readonly Vpc[], pools: Pools): Promise<void> {
    this.progress.start('VPCs', vpcs.length);
    const loader = this.loader<VpcEntry>(pools, ({ of }, outcome) => (of.outcome = outcome), {
      ...ADOPTION,
      operation: adoptManyWithIds,
    });
    for (const vpc of vpcs) {
      for (const of of vpc.cidrs) {
        const entry = vpcEntry(vpc, of, pools, this.options.region, (cut) => this.warnOfCuts(vpc.id, cut));
        if (entry) await loader.add(entry);
        else
          of.outcome = {
            fate: 'outside',
            reason: 'no pool contains it',
            todo: 'Make a pool for it, or leave it out.',
          };
      }
      this.progress.advance(1);
    }
    await loader.flush();
  }

  private tellOf(vpc: Vpc): void {
    const { place, id, cidrs, gone } = vpc;
    for (const { prefix, outcome } of cidrs) {
      const row = { place, what: id, cidr: prefix };
      if (outcome!.fate === 'outside') this.report.settleOutside(row, outcome!);
      else this.report.settle(row, outcome!);
    }
    this.tellOfGone(place, id, gone);
  }

  private tellOfGone(place: Place, what: string, gone: Resource['gone']): void {
    for (const { cidr, state } of gone)
      this.report.add({
        fate: 'skipped',
        place,
        what,
        cidr,
        reason: `its state is ${JSON.stringify(state)}`,
      });
  }

  private async registerSubnets(found: Survey, pools: Pools): Promise<void> {
    const loader = this.loader<SubnetEntry>(pools, (entry, outcome) =>
      this.report.settle({ place: entry.place, what: entry.id, cidr: entry.cidr }, outcome),
    );
    let ordinal = -1;
    for (const file of this.files) {
      for await (const { kind, value, at } of elementsOf(file, (size) => this.progress.advance(size))) {
        if (kind !== 'subnet') continue;
        ordinal++;
        const subnet = readResource(kind, value);
        if ('problem' in subnet || !found.isToTake(subnet, ordinal)) continue;
        await this.registerSubnet(subnet, { file: file.path, at }, found, loader);
      }
    }
    await loader.flush();
  }

  private async registerSubnet(
    subnet: Resource,
    place: Place,
    found: Survey,
    loader: Loader<SubnetEntry>,
  ): Promise<void> {
    for (const cidr of subnet.cidrs) {
      const said = (cut: readonly string[]): void => this.warnOfCuts(subnet.id, cut);
      const plan = planSubnet(subnet, cidr, place, found, this.options.region, said);
      if ('entry' in plan) await loader.add(plan.entry);
      else this.report.settle({ place, what: subnet.id, cidr }, plan.outcome);
    }
    this.tellOfGone(place, subnet.id, subnet.gone);
  }

  private warnOfCuts(id: string, cut: readonly string[]): void {
    for (const what of cut) this.report.warn(`${id}: ${what} was cut to what is allowed`);
  }
}

const MOST_BLOCKS = 20;

function blocksOf(vpcs: readonly Vpc[]): string[] {
  const cidrs = vpcs.flatMap((vpc) => vpc.cidrs.map(({ prefix }) => prefix));
  return PrefixSet.of(cidrs).prefixes().slice(0, MOST_BLOCKS).map(String);
}
