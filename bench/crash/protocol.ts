import type { AllocationStatus } from '../../src/features/allocation/domain/allocation.js';
import type { Command } from '../../src/features/allocation/domain/command.js';

/** The first line of a register process. */
export interface Ready {
  readonly url: string;
  /** Process id of the database server. */
  readonly postgres: number;
}

export interface Question {
  readonly n: number;
  readonly command: Asked;
}

/** What the drill asks for; nothing in it that JSON cannot carry. */
export type Asked = Exclude<Command, { kind: 'adopt' | 'restore' | 'update' }>;

export interface Acknowledged {
  readonly id: number;
  readonly cidr: string;
  readonly status: AllocationStatus;
}

export type Answer =
  | { readonly n: number; readonly allocation: Acknowledged }
  | { readonly n: number; readonly refused: string }
  /** Nobody can say whether it happened. */
  | { readonly n: number; readonly failed: string };
