import type { LinkFieldsFragment, RoutingDomainFieldsFragment } from '../../graphql/operations.js';
import type { Printer } from '../output/printer.js';
import { instantText, tagsText } from '../output/words.js';

/** All that is known of a routing domain, a line each. */
export function domainText(out: Printer, domain: RoutingDomainFieldsFragment): string {
  const { id, name, description, tags, links, version, createdAt, createdBy } = domain;
  return out.record([
    ['routing domain', name],
    ['id', id],
    ['description', description],
    ['tags', tagsText(tags)],
    ...links.map((link) => ['reaches', `${farEnd(link, id)} via ${link.via} (${link.id})`] as const),
    ['version', String(version)],
    ['since', `${instantText(createdAt)} by ${createdBy}`],
  ]);
}

/** `a and b via peering pcx-1 (link_3)` */
export function linkText({ id, a, b, via }: LinkFieldsFragment): string {
  return `${a.name} and ${b.name} via ${via} (${id})`;
}

/** The other end than `id`, by name. */
export function farEnd({ a, b }: LinkFieldsFragment, id: string): string {
  return a.id === id ? b.name : a.name;
}
