import type { ObservedObject } from '../../src/features/inventory/index.js';
import { InventoryStore, Reconciler } from '../../src/features/inventory/index.js';
import { parseInstant } from '../../src/platform/context/instant.js';
import { systemContext } from '../../src/platform/context/request-context.js';
import { observed } from './inventory.js';
import type { TestService } from './service.js';

const ctx = systemContext('discovery');

export interface VpcGiven {
  readonly id: string;
  readonly cidrs: readonly string[];
  readonly subnets?: Readonly<Record<string, string>>;
  readonly name?: string;
  readonly owner?: string;
  readonly tags?: Readonly<Record<string, string>>;
  /** State of every association. */
  readonly state?: string;
}

/** How a list ends; `partial`: after its first object. */
export type Ending = 'good' | 'failed' | 'partial';

/** An account and region of a test, swept by hand: what the cloud has is what the test says. */
export async function sweepable(service: TestService, account: string, region = 'eu-west-1') {
  const store = service.app.get(InventoryStore);
  const reconciler = service.app.get(Reconciler);
  const [scope] = await store.ensureScopes(ctx, [{ account, region }]);
  const record = async (kind: 'vpc' | 'subnet', objects: readonly ObservedObject[], ending: Ending) => {
    const [row] = await service.database.query<{ now: string }>('SELECT cadastre_now() AS now');
    const list = await store.openList(ctx, scope!, kind, parseInstant(row!.now), () => Promise.resolve());
    await list.page({ objects: ending === 'partial' ? objects.slice(0, 1) : objects, available: [] });
    if (ending === 'good') return list.complete();
    await list.fail('UNAVAILABLE: gone');
    return null;
  };
  /** Reads both lists, without what follows. */
  const readLists = async (vpcs: readonly VpcGiven[], ending: Ending = 'good'): Promise<void> => {
    const vpcObjects = vpcs.map((vpc) => vpcOf(account, vpc));
    await record('vpc', vpcObjects, ending);
    await record(
      'subnet',
      vpcs.flatMap((vpc) => subnetsOf(account, vpc)),
      ending,
    );
  };
  const reconcile = () => reconciler.reconcile(ctx, [scope!]);
  const sweep = async (vpcs: readonly VpcGiven[], ending: Ending = 'good') => {
    await readLists(vpcs, ending);
    return reconcile();
  };
  return { scope: scope!, readLists, reconcile, sweep };
}

/** A list of VPCs that was ten and is none: suspicious. */
export async function suspiciousList(service: TestService, account: string, region = 'eu-west-1') {
  const { scope, sweep } = await sweepable(service, account, region);
  await sweep(Array.from({ length: 10 }, (_, n) => ({ id: `vpc-${account}-${n}`, cidrs: [] })));
  await sweep([]);
  return scope;
}

function vpcOf(
  account: string,
  { id, cidrs, name, owner = account, tags = {}, state }: VpcGiven,
): ObservedObject {
  const body = {
    state: 'available',
    ownerId: owner,
    isDefault: false,
    primary: cidrs[0] ?? null,
    cidrs: cidrs.map((cidr) => ({ cidr, state: state ?? 'associated' })),
    tags: { ...tags, ...(name !== undefined && { Name: name }) },
  };
  return observed('vpc', id, body, { vpcId: id, prefixes: cidrs, name: name ?? null });
}

function subnetsOf(
  account: string,
  { id: vpcId, subnets = {}, owner = account }: VpcGiven,
): ObservedObject[] {
  return Object.entries(subnets).map(([id, cidr]) => {
    const body = {
      vpcId,
      state: 'available',
      ownerId: owner,
      availabilityZone: 'a',
      availabilityZoneId: 'a',
      cidr,
      ipv6Cidrs: [],
      reservations: [],
      tags: {},
    };
    return observed('subnet', id, body, { vpcId, prefixes: [cidr] });
  });
}
