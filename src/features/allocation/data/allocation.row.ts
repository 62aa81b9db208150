import { Prefix } from '../../../address/index.js';
import { formatInstant, type Instant, parseInstant } from '../../../platform/context/instant.js';
import {
  type Allocation,
  type AllocationStatus,
  type ClaimState,
  type Holder,
  isLive,
  type Tags,
} from '../domain/allocation.js';

/** A row of `allocation` as PostgreSQL gives it, as JSON or as text. */
export interface AllocationRow {
  id: number;
  pool_id: number;
  pool_cidr_id: number;
  pool_cidr: string;
  cidr: string;
  status: AllocationStatus;
  allocated: boolean;
  live_in: number | null;
  expires_at: string | null;
  available_at: string | null;
  released_at: string | null;
  held_until: string | null;
  key: string | null;
  request: string | null;
  claim: ClaimState | null;
  replaces: number | null;
  nonce: string | null;
  holder: Holder;
  tags: Tags;
  description: string;
  noncompliant: string[];
  version: number;
  created_at: string;
  created_by: string;
  updated_at: string;
  updated_by: string;
  settled_at: string | null;
}

const instantOf = (text: string | null): Instant | null => (text === null ? null : parseInstant(text));
const textOf = (instant: Instant | null): string | null => (instant === null ? null : formatInstant(instant));

export function allocationOf(row: AllocationRow): Allocation {
  return {
    id: row.id,
    poolId: row.pool_id,
    poolCidrId: row.pool_cidr_id,
    poolCidr: Prefix.must(row.pool_cidr),
    cidr: Prefix.must(row.cidr),
    status: row.status,
    expiresAt: instantOf(row.expires_at),
    availableAt: instantOf(row.available_at),
    releasedAt: instantOf(row.released_at),
    heldUntil: instantOf(row.held_until),
    key: row.key,
    request: row.request,
    claim: row.claim,
    replaces: row.replaces,
    nonce: row.nonce,
    holder: row.holder,
    tags: row.tags,
    description: row.description,
    noncompliant: row.noncompliant,
    version: row.version,
    createdAt: parseInstant(row.created_at),
    createdBy: row.created_by,
    updatedAt: parseInstant(row.updated_at),
    updatedBy: row.updated_by,
    settledAt: instantOf(row.settled_at),
  };
}

export function rowOf(allocation: Allocation): AllocationRow {
  return {
    id: allocation.id,
    pool_id: allocation.poolId,
    pool_cidr_id: allocation.poolCidrId,
    pool_cidr: allocation.poolCidr.toString(),
    cidr: allocation.cidr.toString(),
    status: allocation.status,
    allocated: allocation.status === 'ALLOCATED',
    live_in: isLive(allocation.status) ? allocation.poolCidrId : null,
    expires_at: textOf(allocation.expiresAt),
    available_at: textOf(allocation.availableAt),
    released_at: textOf(allocation.releasedAt),
    held_until: textOf(allocation.heldUntil),
    key: allocation.key,
    request: allocation.request,
    claim: allocation.claim,
    replaces: allocation.replaces,
    nonce: allocation.nonce,
    holder: allocation.holder,
    tags: allocation.tags,
    description: allocation.description,
    noncompliant: [...allocation.noncompliant],
    version: allocation.version,
    created_at: formatInstant(allocation.createdAt),
    created_by: allocation.createdBy,
    updated_at: formatInstant(allocation.updatedAt),
    updated_by: allocation.updatedBy,
    settled_at: textOf(allocation.settledAt),
  };
}
