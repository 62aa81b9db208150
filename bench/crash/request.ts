import type { AllocationStatus } from '../../src/features/allocation/domain/allocation.js';
import { numberOfId, publicId } from '../../src/platform/graphql/public-id.js';
import type { GraphqlRequest } from '../http/graphql.js';

/** What the drill asks for. */
export type Asked =
  | {
      readonly kind: 'allocate' | 'reserve';
      readonly prefixLength: number;
      readonly key?: string;
      readonly holder: { readonly account: string };
      readonly ttlSeconds?: number;
    }
  | { readonly kind: 'confirm'; readonly id: number; readonly nonce: string }
  | { readonly kind: 'release'; readonly id: number };

export interface Acknowledged {
  readonly id: number;
  readonly cidr: string;
  readonly status: AllocationStatus;
}

export interface Answer {
  readonly answer: { readonly id?: string; readonly cidr?: string; readonly status?: AllocationStatus };
}

const INPUTS = {
  allocate: 'AllocateInput',
  reserve: 'ReserveInput',
  confirm: 'ConfirmInput',
  release: 'ReleaseInput',
} as const;

export function requestOf({ kind, ...asked }: Asked, poolId: string): GraphqlRequest {
  const query = `mutation ($input: ${INPUTS[kind]}!) {
    answer: ${kind}(input: $input) { ... on Allocation { id cidr status } ... on Failure { code } }
  }`;
  const input =
    'id' in asked ? { ...asked, id: publicId('allocation', asked.id) } : { ...asked, pool: poolId };
  return { query, variables: { input } };
}

/** Null where it was refused. */
export function acknowledgedIn({ answer: { id, cidr, status } }: Answer): Acknowledged | null {
  return id === undefined ? null : { id: numberOfId('allocation', id)!, cidr: cidr!, status: status! };
}
