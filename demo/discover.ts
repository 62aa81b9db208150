import { setTimeout as delay } from 'node:timers/promises';
import type { Progress } from '../src/clients/cli/import/progress.js';
import { table } from '../src/clients/cli/output/table.js';
import type { Client } from '../src/clients/graphql/client.js';
import type { Operation } from '../src/clients/graphql/operation.js';
import { ROLE } from './cloud.js';
import type { HandedOut } from './hand-out.js';
import { REGIONS } from './pools.js';

/** What discovery found, and what became of it. */
export interface Discovered {
  readonly accounts: number;
  readonly scopes: number;
  readonly calls: number;
  readonly objects: number;
  readonly vpcs: number;
  /** Allocations whose holder is a VPC or a subnet. */
  readonly adopted: number;
  readonly findings: Readonly<Record<string, number>>;
  readonly overlaps: Readonly<Record<string, number>>;
  /** The overlap of most networks. */
  readonly widest: { readonly cidr: string; readonly networks: number } | null;
}

const NEW_LENGTH = 22;
const POLL_MS = 200;
const FINDINGS = ['ROGUE', 'DUPLICATE_GLOBAL', 'DRIFT', 'NONCOMPLIANT', 'ROUTE_SHADOW', 'STALE', 'UNMANAGED'];
const CLASSES = ['CONFLICT', 'DUPLICATE_GLOBAL', 'LATENT'];

type Answer = { answer: { id?: string; cidr?: string; code?: string; message?: string } };
interface SweepState {
  sweep: {
    state: string;
    accountsTotal: number;
    scopesDone: number;
    scopesTotal: number;
    scopesFailed: number;
    calls: string;
    objects: string;
    problem: string | null;
  };
}
type Count = { list: { totalCount: number } };

const IMPORT: Operation<Answer, { input: object }> = {
  kind: 'mutation',
  text: `mutation Import($input: ImportOrganizationInput!) {
  answer: importOrganization(input: $input) { ... on Failure { code message } }
}`,
};
const START: Operation<Answer, Record<string, never>> = {
  kind: 'mutation',
  text: 'mutation Start { answer: startSweep(input: {}) { ... on Sweep { id } ... on Failure { code message } } }',
};
const SWEEP: Operation<SweepState, { id: string }> = {
  kind: 'query',
  text: `query Sweep($id: ID!) {
  sweep(id: $id) { state accountsTotal scopesDone scopesTotal scopesFailed calls objects problem }
}`,
};
const NETWORKS: Operation<Count, Record<string, never>> = {
  kind: 'query',
  text: 'query Networks { list: networks(filter: { kind: VPC }, first: 1) { totalCount } }',
};
const ADOPTED: Operation<Count, { type: string }> = {
  kind: 'query',
  text: `query Adopted($type: String!) {
  list: allocations(filter: { status: [ALLOCATED], holder: { provider: "aws", resourceType: $type } }, first: 1) { totalCount }
}`,
};
const FOUND: Operation<Count, { kind: string }> = {
  kind: 'query',
  text: 'query Found($kind: FindingKind!) { list: findings(filter: { kinds: [$kind] }, first: 1) { totalCount } }',
};
const OVERLAPS: Operation<
  { list: { totalCount: number; nodes: { cidr: string; inner: string | null; networkCount: number }[] } },
  { class: string }
> = {
  kind: 'query',
  text: `query Overlaps($class: OverlapClass!) {
  list: overlaps(filter: { class: [$class] }, first: 100) { totalCount nodes { cidr inner networkCount } }
}`,
};
const ALLOCATE: Operation<Answer, { input: object }> = {
  kind: 'mutation',
  text: `mutation HandOut($input: AllocateInput!) {
  answer: allocate(input: $input) { ... on Allocation { id cidr } ... on Failure { code message } }
}`,
};

/** Names all accounts of the organization, sweeps them and waits until what was found is reconciled. */
export async function discover(
  client: Client,
  progress: Progress,
  signal?: AbortSignal,
): Promise<Discovered> {
  const input = { regions: Object.keys(REGIONS), roleName: ROLE };
  must(await client.ask(IMPORT, { input }));
  const { id = '' } = must(await client.ask(START, {}));
  const { sweep } = await swept(client, id, progress, signal);
  if (sweep.state !== 'DONE' || sweep.scopesFailed > 0 || sweep.problem !== null)
    throw new Error(`The sweep is ${sweep.state}: ${sweep.scopesFailed} failed; ${sweep.problem ?? ''}`);
  const count = async <V extends Record<string, unknown>>(operation: Operation<Count, V>, variables: V) =>
    (await client.ask(operation, variables)).list.totalCount;
  const overlaps = await Promise.all(CLASSES.map((name) => client.ask(OVERLAPS, { class: name })));
  const equal = overlaps.flatMap(({ list }) => list.nodes).filter(({ inner }) => inner === null);
  const [widest] = equal.sort((a, b) => b.networkCount - a.networkCount);
  const found = await Promise.all(FINDINGS.map((kind) => count(FOUND, { kind })));
  return {
    accounts: sweep.accountsTotal,
    scopes: sweep.scopesTotal,
    calls: Number(sweep.calls),
    objects: Number(sweep.objects),
    vpcs: await count(NETWORKS, {}),
    adopted: (await count(ADOPTED, { type: 'vpc' })) + (await count(ADOPTED, { type: 'subnet' })),
    findings: Object.fromEntries(FINDINGS.map((kind, index) => [kind, found[index]!])),
    overlaps: Object.fromEntries(CLASSES.map((name, index) => [name, overlaps[index]!.list.totalCount])),
    widest: widest ? { cidr: widest.cidr, networks: widest.networkCount } : null,
  };
}

async function swept(
  client: Client,
  id: string,
  progress: Progress,
  signal: AbortSignal | undefined,
): Promise<SweepState> {
  let done = 0;
  progress.start('discovering', 0);
  for (;;) {
    const state = await client.ask(SWEEP, { id });
    const { scopesDone, scopesTotal } = state.sweep;
    if (done === 0) progress.start('discovering', scopesTotal);
    progress.advance(scopesDone - done);
    done = scopesDone;
    if (state.sweep.state !== 'RUNNING') return state;
    await delay(POLL_MS, undefined, { signal });
  }
}

/** A new CIDR: what is observed is never handed out, so that nothing more has to be looked at. */
export async function handOutFree(client: Client, pool: string, avoided: number): Promise<HandedOut> {
  const key = `demo/${Date.now()}`;
  const input = {
    pool,
    prefixLength: NEW_LENGTH,
    key,
    tags: [{ key: 'Name', value: 'next-vpc' }],
    description: 'For your next VPC',
  };
  const { id = '', cidr = '' } = must(await client.ask(ALLOCATE, { input }));
  return { pool, cidr, allocation: id, avoided };
}

function must({ answer }: Answer): Answer['answer'] {
  if (answer.message === undefined) return answer;
  throw new Error(answer.message);
}

/** For people. */
export function describeDiscovered(found: Discovered): string {
  const { accounts, scopes, calls, objects, vpcs, adopted, findings, overlaps, widest } = found;
  const number = (value: number): string => value.toLocaleString('en');
  const rows = [
    ...Object.entries(findings).map(([kind, count]) => [number(count), `finding ${words(kind)}`]),
    ...Object.entries(overlaps).map(([name, count]) => [number(count), `overlap ${words(name)}`]),
  ].filter(([count]) => count !== '0');
  return [
    `Discovered ${number(vpcs)} VPCs in ${accounts} accounts (${scopes} accounts and regions): ${number(calls)} calls, ${number(objects)} objects. ${number(adopted)} CIDRs were adopted.`,
    table(['', ''], rows),
    ...(widest
      ? [
          `${widest.cidr} is the CIDR of ${widest.networks} networks: one row, not ${number((widest.networks * (widest.networks - 1)) / 2)} pairs.`,
        ]
      : []),
  ].join('\n');
}

function words(name: string): string {
  return name.toLowerCase().replaceAll('_', ' ');
}
