import type { Body, Json } from './change.js';
import type { StoredKind } from './observed.js';

const ATTACHABLE: readonly StoredKind[] = [
  'vpc_peering',
  'transit_gateway_attachment',
  'vpn_gateway',
  'internet_gateway',
];

/** Whether objects of this kind connect or serve VPCs that they do not belong to; the body of the others need not be read. */
export function isAttachable(kind: StoredKind): boolean {
  return ATTACHABLE.includes(kind);
}

/** The VPCs that a peering connects or that a gateway or attachment serves, ascending. */
export function attachedTo(kind: StoredKind, body: Body): string[] {
  return [
    ...new Set(namesOf(kind, body).filter((id) => typeof id === 'string' && id !== '')),
  ].sort() as string[];
}

function namesOf(kind: StoredKind, body: Body): Json[] {
  switch (kind) {
    case 'vpc_peering':
      return [fieldOf(body.requester, 'vpcId'), fieldOf(body.accepter, 'vpcId')];
    case 'transit_gateway_attachment':
      return body.resourceType === 'vpc' ? [body.resourceId ?? null] : [];
    case 'vpn_gateway':
    case 'internet_gateway':
      return Array.isArray(body.attachments)
        ? (body.attachments as readonly Json[]).map((attachment) => fieldOf(attachment, 'vpcId'))
        : [];
    default:
      return [];
  }
}

function fieldOf(value: Json | undefined, field: string): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  return (value as Readonly<Record<string, Json>>)[field] ?? null;
}
