import type { Prefix } from '../../../address/index.js';
import type { Allocation, Holder, Placement, Tags } from './allocation.js';
import type { Failure } from './failure.js';

/** What describes an allocation beside its space; never part of the request under a key. */
export interface Description {
  readonly holder: Holder;
  readonly tags: Tags;
  readonly description: string;
}

/** Which space: `cidr`, or `prefixLength`, or neither for the pool's default length. Never both. */
export interface SpaceRequest {
  readonly prefixLength?: number;
  readonly cidr?: Prefix;
  readonly key?: string;
  /** With `cidr` and `key`: what the key is to answer to in place of the CIDR, `/<length of cidr>` or `default`. */
  readonly request?: string;
  /** Id of the allocation that the caller gives up under this key. */
  readonly replaces?: number;
  /** Overrides the pool's placement. NEAR needs `near`. */
  readonly placement?: Placement;
  readonly near?: Prefix;
}

export interface AllocateCommand extends SpaceRequest, Description {
  readonly kind: 'allocate';
}
export interface ReserveCommand extends SpaceRequest, Description {
  readonly kind: 'reserve';
  readonly ttlSeconds: number;
}
export interface AdoptCommand extends Description {
  readonly kind: 'adopt';
  readonly cidr: Prefix;
  readonly key?: string;
  /** As in SpaceRequest. */
  readonly request?: string;
}
export interface ConfirmCommand {
  readonly kind: 'confirm';
  readonly id: number;
  readonly nonce?: string;
  /** Fields given here replace those of the reservation, the others stay. */
  readonly holder?: Holder;
}
export interface RenewCommand {
  readonly kind: 'renew';
  readonly id: number;
  readonly ttlSeconds: number;
}
export interface ReleaseCommand {
  readonly kind: 'release';
  readonly id: number;
  readonly force: boolean;
}
/** Discovery saw the resource of a reservation. */
export interface SettleCommand {
  readonly kind: 'settle';
  readonly id: number;
  /** Completes the holder; what it says already stays. */
  readonly resource: Holder;
}
export interface RestoreCommand {
  readonly kind: 'restore';
  readonly id: number;
}
export interface UpdateCommand {
  readonly kind: 'update';
  readonly id: number;
  /** The version the caller saw. */
  readonly version: number;
  readonly holder?: Holder;
  readonly tags?: Tags;
  readonly description?: string;
}

export type Command =
  | AllocateCommand
  | ReserveCommand
  | AdoptCommand
  | ConfirmCommand
  | RenewCommand
  | ReleaseCommand
  | SettleCommand
  | RestoreCommand
  | UpdateCommand;

export type CommandById = Extract<Command, { id: number }>;

/** What the caller is told: the allocation as it now is, or why nothing changed. */
export type Outcome =
  | {
      readonly ok: true;
      readonly allocation: Allocation;
      /** The key had this allocation already, for the same request. */
      readonly replayed?: boolean;
    }
  | { readonly ok: false; readonly failure: Failure };
