import type { Prefix } from '../../../../address/index.js';
import { type CidrProblem, type CidrReading, readCidr, readHost } from '../cidr-text.js';
import { type Holder, HOLDER_FIELDS, type Tag } from '../entry.js';
import type { Columns } from './header.js';

export const FORMATS = ['cadastre', 'netbox', 'phpipam'] as const;
export type Format = (typeof FORMATS)[number];

export type RowStatus = 'ALLOCATED' | 'RESERVED' | 'QUARANTINED';

/** What a row says. */
export interface CsvRow {
  /** Id or name; empty where the row names none. */
  readonly pool: string;
  readonly cidr: Prefix;
  readonly status: RowStatus;
  readonly key?: string;
  readonly holder: Holder;
  readonly tags: readonly Tag[];
  readonly description: string;
}

export type CsvReading = CsvRow | { readonly problem: CidrProblem } | { readonly skip: string };

/** How the rows of one header are read. */
export interface RowReader {
  read(fields: readonly string[]): CsvReading;
  /** What the row's CIDR was given as. */
  cidrText(fields: readonly string[]): string;
}

/** Reader of a format's header; a sentence where the header is not of that format. */
export type FormatReader = (columns: Columns) => RowReader | string;

const HOLDER_COLUMNS: Readonly<Record<(typeof HOLDER_FIELDS)[number], string>> = {
  provider: 'provider',
  account: 'account',
  region: 'region',
  resourceType: 'resource_type',
  resourceId: 'resource_id',
  routingDomain: 'routing_domain',
  contact: 'contact',
};
const OWN_COLUMNS = [
  'pool',
  'cidr',
  'key',
  'status',
  'description',
  'tags',
  ...Object.values(HOLDER_COLUMNS),
];

/** The columns of docs/import.md. */
export const cadastre: FormatReader = (columns) => {
  if (!columns.has('cidr')) return `the header has no column "cidr"; it has ${listed(columns)}`;
  const unknown = [...columns.keys()].filter(
    (name) => !OWN_COLUMNS.includes(name) && !name.startsWith('tag:'),
  );
  if (unknown.length > 0)
    return `nothing is known of the column ${unknown.map((name) => JSON.stringify(name)).join(', ')}: take it out, or call it tag:${unknown[0]}. Known: ${OWN_COLUMNS.join(', ')}, tag:NAME`;
  const cell = cellsOf(columns);
  const tagColumns = [...columns].filter(([name]) => name.startsWith('tag:'));
  const holderColumns = HOLDER_FIELDS.map(
    (field) => [field, columns.get(HOLDER_COLUMNS[field])] as const,
  ).filter((column): column is readonly [(typeof HOLDER_FIELDS)[number], number] => column[1] !== undefined);
  const [pool, cidr, key, status, description, tags] = [
    'pool',
    'cidr',
    'key',
    'status',
    'description',
    'tags',
  ].map(cell);
  return {
    cidrText: cidr!,
    read(fields) {
      if (fields.length !== columns.size && fields.slice(columns.size).some(Boolean))
        return tooMany(fields.length, columns.size);
      const read = readCidr(cidr!(fields));
      if ('problem' in read) return read;
      const state = statusOf(status!(fields));
      if (typeof state === 'object') return { problem: state };
      const holder: Record<string, string> = {};
      for (const [field, index] of holderColumns) if (fields[index]) holder[field] = fields[index];
      const tagged = tagsOf(tags!(fields));
      if ('problem' in tagged) return tagged;
      for (const [name, index] of tagColumns)
        if (fields[index]) tagged.tags.push({ key: name.slice(4), value: fields[index] });
      return {
        pool: pool!(fields),
        cidr: read.cidr,
        status: state,
        key: key!(fields) || undefined,
        holder,
        tags: tagged.tags,
        description: description!(fields),
      };
    },
  };
};

/** What NetBox exports of prefixes and of IP addresses, in either of its two ways. */
export const netbox: FormatReader = (columns) => {
  const prefix = columns.has('prefix') ? 'prefix' : null;
  const address = ['address', 'ip_address'].find((name) => columns.has(name));
  if (!prefix && !address) return `the header has neither "prefix" nor "address"; it has ${listed(columns)}`;
  const cell = cellsOf(columns);
  const text = cell(prefix ?? address!);
  const read: (text: string) => CidrReading = prefix ? readCidr : readHost;
  const status = cell('status');
  return mapped(text, read, cell, {
    resourceType: prefix ? 'netbox-prefix' : 'netbox-ip-address',
    id: 'id',
    domain: 'vrf',
    descriptions: prefix ? ['description'] : ['description', 'dns_name'],
    tags: ['status', 'role', 'tenant', 'site', 'scope', 'vlan', 'dns_name'],
    contact: 'tenant',
    skip: (fields) =>
      status(fields).toLowerCase() === 'container'
        ? 'a container: what lies in it is imported; make a pool of it with `cadastre pool create`'
        : null,
  });
};

/** What phpIPAM exports of subnets, saved as CSV. `masters`: subnets that others name as theirs. */
export const phpipam =
  (masters: ReadonlySet<string>): FormatReader =>
  (columns) => {
    if (!columns.has('subnet')) return `the header has no column "Subnet"; it has ${listed(columns)}`;
    const cell = cellsOf(columns);
    const [subnet, mask, section, vrf] = ['subnet', 'mask', 'section', 'vrf'].map(cell) as Cell[];
    const text: Cell = (fields) => {
      const given = subnet!(fields);
      const length = mask!(fields);
      return given.includes('/') || length === '' ? given : `${given}/${length}`;
    };
    return mapped(text, readCidr, cell, {
      resourceType: 'phpipam-subnet',
      id: null,
      domain: 'vrf',
      descriptions: ['description'],
      tags: ['section', 'vlan', 'vlan_domain', 'customer'],
      contact: 'customer',
      skip: (fields) => {
        if (/\((?:folder)\)$/.test(text(fields))) return 'a folder: what lies in it is imported';
        return masters.has(masterKey(section!(fields), vrf!(fields), text(fields)))
          ? 'other subnets lie in it: they are imported; make a pool of it with `cadastre pool create`'
          : null;
      },
    });
  };

/** What a subnet of phpIPAM is called where another one names it as its master. */
export function masterKey(section: string, vrf: string, subnet: string): string {
  return `${section}\n${vrf}\n${subnet}`;
}

interface Mapping {
  readonly resourceType: string;
  readonly id: string | null;
  readonly domain: string;
  /** The first that is not empty. */
  readonly descriptions: readonly string[];
  readonly tags: readonly string[];
  readonly contact: string;
  skip(fields: readonly string[]): string | null;
}

type Cell = (fields: readonly string[]) => string;

/** NetBox and phpIPAM print these for nothing. */
const NOTHING = new Set(['', '-', '—', '&mdash;', '/', 'NA', 'None']);

function mapped(
  text: Cell,
  read: (text: string) => CidrReading,
  cell: (name: string) => Cell,
  to: Mapping,
): RowReader {
  const [id, domain, contact] = [to.id ?? '', to.domain, to.contact].map(cell) as [Cell, Cell, Cell];
  const descriptions = to.descriptions.map(cell);
  const tagCells = to.tags.map((name) => [name.replaceAll('_', '-'), cell(name)] as const);
  const something = (value: string): string => (NOTHING.has(value) ? '' : value);
  return {
    cidrText: text,
    read(fields) {
      const skip = to.skip(fields);
      if (skip !== null) return { skip };
      const found = read(text(fields));
      if ('problem' in found) return found;
      const resourceId = something(id(fields));
      const values = { routingDomain: something(domain(fields)), contact: something(contact(fields)) };
      const holder = {
        ...(resourceId && { resourceType: to.resourceType, resourceId }),
        ...(values.routingDomain && { routingDomain: values.routingDomain }),
        ...(values.contact && { contact: values.contact }),
      };
      const tags = tagCells
        .map(([key, each]) => ({ key, value: something(each(fields)) }))
        .filter(({ value }) => value);
      const description = descriptions.map((each) => something(each(fields))).find(Boolean) ?? '';
      return { pool: '', cidr: found.cidr, status: 'ALLOCATED', holder, tags, description };
    },
  };
}

function cellsOf(columns: Columns): (name: string) => Cell {
  return (name) => {
    const index = columns.get(name);
    return index === undefined ? () => '' : (fields) => fields[index] ?? '';
  };
}

function statusOf(text: string): RowStatus | CidrProblem {
  const status = text.toUpperCase() || 'ALLOCATED';
  if (status === 'ALLOCATED' || status === 'RESERVED' || status === 'QUARANTINED') return status;
  return {
    reason: `${JSON.stringify(text.slice(0, 60))} is no status`,
    todo: 'Write ALLOCATED, RESERVED or QUARANTINED.',
  };
}

/** `team=net;cost-centre=7` */
function tagsOf(text: string): { tags: Tag[] } | { problem: CidrProblem } {
  const tags: Tag[] = [];
  for (const part of text === '' ? [] : text.split(';')) {
    if (part.trim() === '') continue;
    const [, key, value = ''] = /^\s*([^=]+?)\s*(?:=([^]*))?$/.exec(part) ?? [];
    if (!key)
      return {
        problem: {
          reason: `${JSON.stringify(part.slice(0, 60))} is no tag`,
          todo: 'Write tags as team=net;cost-centre=7.',
        },
      };
    tags.push({ key, value: value.trim() });
  }
  return { tags };
}

function tooMany(found: number, columns: number): { problem: CidrProblem } {
  return {
    problem: {
      reason: `the row has ${found} fields and the header ${columns}`,
      todo: 'Put a field that has the delimiter in it between quotes.',
    },
  };
}

function listed(columns: Columns): string {
  const names = [...columns.keys()].slice(0, 20).map((name) => JSON.stringify(name.slice(0, 40)));
  return names.join(', ') || 'nothing';
}

/** The format that a header is of. */
export function detectFormat(columns: Columns): Format {
  if (columns.has('cidr')) return 'cadastre';
  if (columns.has('prefix') || columns.has('address') || columns.has('ip_address')) return 'netbox';
  if (
    columns.has('subnet') &&
    (columns.has('section') || columns.has('mask') || columns.has('master_subnet'))
  )
    return 'phpipam';
  return 'cadastre';
}
