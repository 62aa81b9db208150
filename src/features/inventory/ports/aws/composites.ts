import type { ObservedPage } from '../../domain/cloud.js';
import type { ObservedObject, SubnetBody } from '../../domain/observed.js';
import type { Calls, Reading } from './calls.js';
import { sealed } from './decode-page.js';
import { nameTag } from './reader.js';
import type { PrefixListHead, TransitRouteTableHead } from './readers-gateways.js';
import type { SubnetHead } from './readers-network.js';
import type { KnownReservations } from './reservations.js';
import { allTransitRoutes } from './transit-routes.js';

/*
 * Objects that no single action gives whole. Their parts are asked for one after another, so that a scope has at most one
 * such call under way; an object goes out when all its parts are there, and not at all when it went away in between.
 */

/** Subnets with their reservations, and their free addresses. */
export async function* subnets(
  calls: Calls,
  reading: Reading,
  known: KnownReservations,
): AsyncGenerator<ObservedPage> {
  const ids = new Set<string>();
  for await (const page of calls.pages(reading, 'subnet')) {
    const objects: ObservedObject[] = [];
    const available: { subnetId: string; addresses: number }[] = [];
    for (const head of page.rows) {
      const reservations = await reservationsOf(calls, reading, known, head);
      if (reservations === null) continue;
      ids.add(head.id);
      objects.push(
        sealed('subnet', {
          id: head.id,
          vpcId: head.body.vpcId,
          name: nameTag(head.body.tags),
          body: { ...head.body, reservations },
        }),
      );
      if (head.available !== null) available.push({ subnetId: head.id, addresses: head.available });
    }
    yield { objects, available };
  }
  known.keep(reading.scope, ids);
}

async function reservationsOf(
  calls: Calls,
  reading: Reading,
  known: KnownReservations,
  { id }: SubnetHead,
): Promise<SubnetBody['reservations'] | null> {
  if (!known.wanted) return [];
  const before = known.of(reading.scope, id);
  if (before) return before;
  const read = await calls.all(reading, 'subnetReservation', { SubnetId: id });
  if (read) known.read(reading.scope, id, read);
  return read;
}

/** Prefix lists with their entries; those of the provider without, because they are many and change by themselves. */
export async function* prefixLists(calls: Calls, reading: Reading): AsyncGenerator<ObservedPage> {
  for await (const page of calls.pages(reading, 'prefixList')) {
    const objects: ObservedObject[] = [];
    for (const { id, name, body } of page.rows) {
      const entries = isProviders(body)
        ? []
        : await calls.all(reading, 'prefixListEntry', { PrefixListId: id });
      if (entries) objects.push(sealed('prefix_list', { id, vpcId: null, name, body: { ...body, entries } }));
    }
    yield { objects, available: [] };
  }
}

function isProviders({ ownerId }: PrefixListHead['body']): boolean {
  return !/^\d{12}$/.test(ownerId);
}

/** Route tables of transit gateways with associations, propagations and routes. */
export async function* transitRouteTables(calls: Calls, reading: Reading): AsyncGenerator<ObservedPage> {
  for await (const page of calls.pages(reading, 'transitGatewayRouteTable')) {
    const objects: ObservedObject[] = [];
    for (const head of page.rows) {
      const object = await transitRouteTable(calls, reading, head);
      if (object) objects.push(object);
    }
    yield { objects, available: [] };
  }
}

async function transitRouteTable(
  calls: Calls,
  reading: Reading,
  { id, body }: TransitRouteTableHead,
): Promise<ObservedObject | null> {
  const table = { TransitGatewayRouteTableId: id };
  const associations = await calls.all(reading, 'transitAssociation', table);
  if (!associations) return null;
  const propagations = await calls.all(reading, 'transitPropagation', table);
  if (!propagations) return null;
  const routes = await allTransitRoutes(async (filters) => {
    const found = [];
    let more = false;
    const pages = calls.pages(reading, 'transitRoute', { ...table, Filters: filters }, true);
    for (;;) {
      const step = await pages.next();
      if (step.done) return step.value.present ? { routes: found, more } : null;
      found.push(...step.value.rows);
      // with a token to go on with, there being more is no matter
      more = step.value.more && step.value.next === null;
    }
  });
  if (!routes) return null;
  return sealed('transit_gateway_route_table', {
    id,
    vpcId: null,
    name: nameTag(body.tags),
    body: { ...body, associations, propagations, routes },
  });
}

const INSTANCES_A_PAGE = 1000;

/**
 * Instances by their tags: one small row per tag instead of all that an instance is. The tags of one instance may stand
 * on two pages, so they are held until the list is at its end: some 200 bytes per instance of one scope.
 */
export async function* instances(
  calls: Calls,
  reading: Reading,
  tagKeys: readonly string[],
): AsyncGenerator<ObservedPage> {
  const found = new Map<string, [string, string][]>();
  const filters = [
    { Name: 'resource-type', Values: ['instance'] },
    { Name: 'key', Values: tagKeys },
  ];
  for await (const page of calls.pages(reading, 'instanceTag', { Filters: filters })) {
    for (const { id, key, value } of page.rows) {
      const tags = found.get(id);
      if (tags) tags.push([key, value]);
      else found.set(id, [[key, value]]);
    }
  }
  let objects: ObservedObject[] = [];
  for (const [id, entries] of found) {
    const tags = Object.fromEntries(entries);
    objects.push(sealed('instance', { id, vpcId: null, name: nameTag(tags), body: { tags } }));
    if (objects.length < INSTANCES_A_PAGE) continue;
    yield { objects, available: [] };
    objects = [];
  }
  yield { objects, available: [] };
}
