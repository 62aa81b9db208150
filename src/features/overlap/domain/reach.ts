/** How two routing domains reach each other. */
export const WAYS = ['PEERING', 'TRANSIT_GATEWAY', 'VPN', 'DIRECT_CONNECT', 'DECLARED'] as const;
export type Way = (typeof WAYS)[number];

export interface Via {
  readonly how: Way;
  /** The peering, transit gateway, VPN connection, Direct Connect gateway or declared link. */
  readonly resource: string;
}

/**
 * A step that packets can take between two nodes. A node is a routing domain, by its number, or a hub, by its id: a route
 * table of a transit gateway. From domain to hub: its packets are looked up there. From hub to domain: a route there
 * leads to it. Between domains without a direction, `from` the smaller one. So n attachments to one table are 2n steps
 * where pairs of domains would be n².
 */
export interface ReachEdge extends Via {
  readonly from: number | string;
  readonly to: number | string;
}

type Steps = Map<number, ReachEdge[]>;

/** Which routing domains reach which, at one instant. Built in O(steps + hubs²), small in memory as its steps. */
export class Reach {
  private readonly direct = new Map<number, Map<number, Via[]>>();
  private readonly sends: Steps = new Map();
  private readonly receives: Steps = new Map();
  private readonly receivers = new Map<string, Set<number>>();
  private readonly senders = new Map<string, Set<number>>();
  private readonly next = new Map<string, Set<string>>();
  private readonly closures = new Map<string, ReadonlySet<string>>();

  private constructor(edges: readonly ReachEdge[]) {
    for (const edge of edges) {
      const { from, to } = edge;
      if (typeof from === 'number') {
        if (typeof to === 'number') {
          this.join(from, to, edge);
          this.join(to, from, edge);
        } else {
          listIn(this.sends, from).push(edge);
          setIn(this.senders, to).add(from);
        }
      } else if (typeof to === 'number') {
        listIn(this.receives, to).push(edge);
        setIn(this.receivers, from).add(to);
      } else setIn(this.next, from).add(to);
    }
  }

  static of(edges: readonly ReachEdge[]): Reach {
    return new Reach(edges);
  }

  /** Every way in which packets of one of the two come to the other; empty: neither reaches the other. */
  between(a: number, b: number): Via[] {
    const found = [...(this.direct.get(a)?.get(b) ?? []), ...this.overHubs(a, b), ...this.overHubs(b, a)];
    return distinct(found);
  }

  /** Whether one of the two comes to the other. */
  connects(a: number, b: number): boolean {
    return this.direct.get(a)?.has(b) || this.overHubs(a, b).length > 0 || this.overHubs(b, a).length > 0;
  }

  /** Whether any domain of one set comes to a different one of the other, or is come to. O(their sizes × hubs of each). */
  connectsAny(some: ReadonlySet<number>, others: ReadonlySet<number>): boolean {
    return this.leads(some, others, true) || this.leads(others, some, false);
  }

  /** All domains that `domain` comes to or that come to it, ascending. */
  neighbours(domain: number): number[] {
    const found = new Set<number>(this.direct.get(domain)?.keys());
    for (const hub of this.hubsFrom(domain))
      for (const other of this.receivers.get(hub) ?? []) found.add(other);
    const back = new Set((this.receives.get(domain) ?? []).map(({ from }) => from as string));
    if (back.size > 0) {
      for (const [hub, senders] of this.senders)
        if (intersects(this.closureOf(hub), back)) for (const other of senders) found.add(other);
    }
    found.delete(domain);
    return [...found].sort((a, b) => a - b);
  }

  /** Domains that packets come to which are looked up in one of these hubs, ascending. */
  behind(hubs: Iterable<string>): number[] {
    const found = new Set<number>();
    for (const start of hubs)
      for (const hub of this.closureOf(start))
        for (const domain of this.receivers.get(hub) ?? []) found.add(domain);
    return [...found].sort((a, b) => a - b);
  }

  /** Hubs in which packets of a domain are looked up first, and the way there. */
  sentInto(domain: number): readonly ReachEdge[] {
    return this.sends.get(domain) ?? [];
  }

  /** Hubs with a route to a domain, and the way from there. */
  receivedFrom(domain: number): readonly ReachEdge[] {
    return this.receives.get(domain) ?? [];
  }

  private leads(some: ReadonlySet<number>, others: ReadonlySet<number>, withDirect: boolean): boolean {
    const open = new Map<string, number[]>();
    for (const other of others)
      for (const { from } of this.receives.get(other) ?? []) {
        const known = listIn(open, from as string);
        // two are enough to have one that is not the asking domain itself
        if (known.length < 2 && !known.includes(other)) known.push(other);
      }
    for (const one of some) {
      if (withDirect)
        for (const other of this.direct.get(one)?.keys() ?? []) if (others.has(other)) return true;
      for (const hub of this.hubsFrom(one)) if (open.get(hub)?.some((other) => other !== one)) return true;
    }
    return false;
  }

  private overHubs(a: number, b: number): Via[] {
    if (a === b) return [];
    const found: Via[] = [];
    for (const send of this.sends.get(a) ?? [])
      for (const receive of this.receives.get(b) ?? [])
        if (this.closureOf(send.to as string).has(receive.from as string)) {
          // a VPN or Direct Connect says more than the transit gateway that it ends at
          const special = [send, receive].filter(({ how }) => how !== 'TRANSIT_GATEWAY');
          found.push(...(special.length > 0 ? special : [send]));
        }
    return found.map(({ how, resource }) => ({ how, resource }));
  }

  private *hubsFrom(domain: number): Iterable<string> {
    for (const { to } of this.sends.get(domain) ?? []) yield* this.closureOf(to as string);
  }

  /** A hub and all that it passes packets on to. */
  private closureOf(start: string): ReadonlySet<string> {
    let closure = this.closures.get(start);
    if (closure) return closure;
    const found = new Set([start]);
    // a set gives what is added while it is read
    for (const hub of found) for (const next of this.next.get(hub) ?? []) found.add(next);
    this.closures.set(start, (closure = found));
    return closure;
  }

  private join(a: number, b: number, { how, resource }: Via): void {
    let others = this.direct.get(a);
    if (!others) this.direct.set(a, (others = new Map<number, Via[]>()));
    listIn(others, b).push({ how, resource });
  }
}

/** By way, then resource. */
function distinct(ways: readonly Via[]): Via[] {
  const byText = new Map(ways.map((via) => [`${WAYS.indexOf(via.how)} ${via.resource}`, via]));
  return [...byText].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, via]) => via);
}

function listIn<Key, Value>(map: Map<Key, Value[]>, key: Key): Value[] {
  let list = map.get(key);
  if (!list) map.set(key, (list = []));
  return list;
}

function setIn<Key, Value>(map: Map<Key, Set<Value>>, key: Key): Set<Value> {
  let set = map.get(key);
  if (!set) map.set(key, (set = new Set()));
  return set;
}

function intersects<Value>(a: ReadonlySet<Value>, b: ReadonlySet<Value>): boolean {
  for (const value of b) if (a.has(value)) return true;
  return false;
}
