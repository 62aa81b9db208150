import type { ConfigurationChangeFieldsFragment } from '../../graphql/operations.js';

type Change = Pick<
  ConfigurationChangeFieldsFragment,
  'action' | 'kind' | 'resourceId' | 'name' | 'path' | 'old' | 'new'
>;
type Facts = Readonly<Record<string, unknown>>;

/**
 * One configuration change in one sentence: `route to 10.0.0.0/8 via vgw-1 added (propagated) in rtb-1`. Empty for what
 * changed nothing: the provider says more of it than before.
 */
export function describeChange(change: Change): string {
  const { action, resourceId } = change;
  const [old, now] = [change.old as unknown, change.new as unknown];
  if (action === 'inventory.baseline')
    return `first list of ${kindText(change.kind)}s: ${text(now)}, from now on compared`;
  const subject = nameOf(change);
  if (change.path === '') return whole(change, subject);
  const [noun = '', verb = ''] = action.split('.');
  const word = verb.replaceAll('_', ' ');
  if (noun === 'route') return `${route(verb, old, now)} in ${resourceId}`;
  if (action === 'tags.changed') return `tags of ${subject}: ${tags(facts(old), facts(now))}`;
  if (action.includes('.cidr_') || action.startsWith('prefix_list.entry_'))
    return `${text(itemOf(now ?? old))} ${word.replace(/^(cidr|entry) /, '')}, ${subject}`;
  if (isListed(action))
    return `${text(itemOf(now ?? old))} ${word.replace(/^(subnet|gateway|reservation) /, '')}, ${subject}`;
  if (verb === 'renamed')
    return `${kindText(change.kind)} ${resourceId} renamed: ${text(old)} → ${text(now)}`;
  if (action === 'peering.changed') return peeringEnd(change.path, subject, facts(old), facts(now));
  if (noun === 'peering') return `${subject} ${word}, was ${text(old)}`;
  return `${change.path} of ${subject}: ${text(old)} → ${text(now)}`;
}

const LISTED = [
  'route_table.subnet_',
  'route_table.gateway_',
  'subnet.reservation_',
  'gateway.',
  'attachment.',
  'external_network.gateway_',
];

function isListed(action: string): boolean {
  return LISTED.some((start) => action.startsWith(start)) && !action.endsWith('.changed');
}

const WHOLE: Record<string, string> = {
  missing: 'is not listed any more',
  returned: 'is listed again',
  deleted: 'is gone',
};

function whole(change: Change, subject: string): string {
  const [, verb = ''] = change.action.split('.');
  const told = WHOLE[verb] ?? verb.replaceAll('_', ' ');
  const facts = bodyFacts(change.kind, change.new ?? change.old);
  return `${subject} ${told}${facts && `: ${facts}`}`;
}

/** The provider says the CIDRs of an end only once the peering is accepted. */
function peeringEnd(path: string, subject: string, old: Facts, now: Facts): string {
  const end = `${path} of ${subject}`;
  if (fieldsOf({ ...old, cidrs: null }, { ...now, cidrs: null }) !== '')
    return `${end}: ${fieldsOf(old, now)}`;
  const isFilledIn = text(old.cidrs) === 'none';
  return isFilledIn ? '' : `${end}: ${text(old.cidrs)} → ${text(now.cidrs)}`;
}

/** What tells a new or gone thing from others of its kind. */
function bodyFacts(kind: Change['kind'], body: unknown): string {
  if (body === null || body === undefined) return '';
  const { cidrs, cidr, requester, accepter, resourceId, routes, service } = facts(body);
  if (Array.isArray(cidrs)) return cidrs.map((item) => text(itemOf(item))).join(', ');
  if (kind === 'SUBNET' && cidr) return text(cidr);
  if (kind === 'VPC_PEERING') return `${text(facts(requester).vpcId)} and ${text(facts(accepter).vpcId)}`;
  if (kind === 'TRANSIT_GATEWAY_ATTACHMENT')
    return `of ${text(resourceId)} to ${text(facts(body).transitGatewayId)}`;
  if (Array.isArray(routes)) return `${routes.length} routes`;
  return service ? text(service) : '';
}

function route(verb: string, old: unknown, now: unknown): string {
  const { destination } = facts(now ?? old);
  const to = `route to ${text(destination)}`;
  const via = (item: unknown): string => {
    const { target, attachments } = facts(item);
    const targets = Array.isArray(attachments) ? attachments.map(text).join(', ') : text(target);
    return targets || 'nowhere';
  };
  const origin = (item: unknown): string => text(facts(item).origin ?? facts(item).type);
  switch (verb) {
    case 'added':
      return `${to} via ${via(now)} added (${origin(now)})`;
    case 'removed':
      return `${to} via ${via(old)} removed (${origin(old)})`;
    case 'replaced':
      return `${to} now via ${via(now)} (${origin(now)}), was via ${via(old)} (${origin(old)})`;
    case 'blackholed':
      return `${to} via ${via(old)} turned into a blackhole`;
    case 'restored':
      return `${to} via ${via(now)} works again, was a blackhole`;
    default:
      return `${to} via ${via(now)}: ${fieldsOf(facts(old), facts(now))}`;
  }
}

function tags(old: Facts, now: Facts): string {
  const keys = [...new Set([...Object.keys(old), ...Object.keys(now)])].sort();
  return keys
    .filter((key) => old[key] !== now[key])
    .map((key) => {
      if (!Object.hasOwn(old, key)) return `+${key}=${text(now[key])}`;
      return Object.hasOwn(now, key)
        ? `${key}=${text(old[key])} → ${text(now[key])}`
        : `-${key}=${text(old[key])}`;
    })
    .join(', ');
}

function fieldsOf(old: Facts, now: Facts): string {
  const names = [...new Set([...Object.keys(old), ...Object.keys(now)])].sort();
  return names
    .filter((name) => JSON.stringify(old[name]) !== JSON.stringify(now[name]))
    .map((name) => `${name} ${text(old[name])} → ${text(now[name])}`)
    .join(', ');
}

/** An item of a list by what names it. */
function itemOf(item: unknown): unknown {
  const { cidr, vpcId, id } = facts(item);
  return cidr ?? vpcId ?? id ?? item;
}

export function kindText(kind: string): string {
  return kind.toLowerCase().replaceAll('_', ' ');
}

/** `subnet subnet-1 "web-a"` */
function nameOf({ kind, resourceId, name }: Change): string {
  const named = name && name !== resourceId ? ` "${name}"` : '';
  return `${kindText(kind)} ${resourceId}${named}`;
}

function facts(value: unknown): Facts {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Facts) : {};
}

function text(value: unknown): string {
  if (value === null || value === undefined || value === '') return 'none';
  if (Array.isArray(value) && value.every((item) => typeof item === 'string'))
    return value.join(', ') || 'none';
  return typeof value === 'object' ? JSON.stringify(value) : String(value as string | number | boolean);
}
