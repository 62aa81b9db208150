/** One request and its answer, with the instants between which it was decided. */
export interface Asked {
  readonly correlation: string;
  readonly operation: Operation;
  readonly input: Readonly<Record<string, unknown>>;
  /** Of a count that goes up with every request and every answer. */
  readonly sent: number;
  answered: number;
  /** What the clock showed at least. */
  readonly clock: number;
  clockAfter: number;
  result: Result | null;
  readonly errors: unknown[];
}

export interface Taken {
  readonly id: string;
  readonly cidr: string;
  readonly status: string;
  readonly key: string | null;
  readonly version: number;
}

export interface Result extends Partial<Taken> {
  readonly __typename: string;
  readonly code?: string;
  readonly message?: string;
  readonly name?: string;
  readonly cidrs?: readonly string[];
  readonly allocations?: readonly Taken[];
  readonly failures?: readonly { readonly index: number; readonly failure: { readonly code: string } }[];
}

const FACTS = 'id cidr status key version';
const TAKEN = `{ __typename ... on Failure { code message } ... on Allocation { ${FACTS} } }`;
const POOL = `{ __typename ... on Failure { code message } ... on Pool { id name cidrs } }`;
const MANY = `{ __typename ... on Failure { code message } ... on Allocations { allocations { ${FACTS} } }
  ... on BatchRejected { failures { index failure { code message } } } }`;

const mutation = (field: string, input: string, answer: string): string =>
  `mutation M($input: ${input}!) { result: ${field}(input: $input) ${answer} }`;

export const MUTATIONS = {
  allocate: mutation('allocate', 'AllocateInput', TAKEN),
  reserve: mutation('reserve', 'ReserveInput', TAKEN),
  adopt: mutation('adopt', 'AdoptInput', TAKEN),
  confirm: mutation('confirm', 'ConfirmInput', TAKEN),
  renew: mutation('renew', 'RenewInput', TAKEN),
  release: mutation('release', 'ReleaseInput', TAKEN),
  restore: mutation('restoreAllocation', 'RestoreAllocationInput', TAKEN),
  update: mutation('updateAllocation', 'UpdateAllocationInput', TAKEN),
  allocateMany: mutation('allocateMany', 'AllocateManyInput', MANY),
  reserveMany: mutation('reserveMany', 'ReserveManyInput', MANY),
  adoptMany: mutation('adoptMany', 'AdoptManyInput', MANY),
  releaseMany: mutation('releaseMany', 'ReleaseManyInput', MANY),
  createPool: mutation('createPool', 'CreatePoolInput', POOL),
  provision: mutation('provisionCidr', 'ProvisionCidrInput', POOL),
  deprovision: mutation('deprovisionCidr', 'DeprovisionCidrInput', POOL),
  deletePool: mutation('deletePool', 'DeletePoolInput', POOL),
  updatePool: mutation('updatePool', 'UpdatePoolInput', POOL),
} as const;
export type Operation = keyof typeof MUTATIONS;

const FIGURES = 'total allocated delegated assigned reserved quarantined blocked free';
export const LOOK = `query Look($name: String!) { pool(name: $name) { cidrs depth parent { id } capacity { ${FIGURES} }
  tree: capacity(tree: true) { ${FIGURES} } blocks(first: 300) { nodes { cidr state allocation { id } reasons } } } }`;
export const HELD = `query Held($name: String!) { pool(name: $name) { cidrs
  allocations(filter: { status: [RESERVED, ALLOCATED] }, first: 300) { nodes { ${FACTS} } } } }`;

export const MIX = {
  allocate: 12,
  allocateKey: 8,
  reserve: 8,
  adopt: 4,
  replace: 4,
  confirm: 7,
  renew: 2,
  release: 10,
  restore: 4,
  update: 3,
  takeMany: 6,
  releaseMany: 3,
  plant: 12,
  provision: 6,
  deprovision: 6,
  deletePool: 3,
  fell: 3,
  rules: 3,
  root: 1,
  look: 4,
  tick: 2,
} as const;

/** Status in which an operation does something. */
export const FITTING = {
  confirm: ['RESERVED'],
  renew: ['RESERVED'],
  release: ['RESERVED', 'ALLOCATED'],
  restore: ['QUARANTINED'],
  update: ['RESERVED', 'ALLOCATED'],
};
