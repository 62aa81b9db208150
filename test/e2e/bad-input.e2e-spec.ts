import fc from 'fast-check';
import type { GraphQLField } from 'graphql';
import { concurrently } from '../support/concurrently.js';
import { rootFields, type RootKind } from '../support/document.js';
import type { Answer } from '../support/http.js';
import { ERROR_CODES } from '../../src/platform/graphql/errors.js';
import { FakeCloud } from '../support/fake-cloud.js';
import { suspiciousList, sweepable } from '../support/sweeping.js';
import { bootService, type Data, type TestService } from '../support/service.js';
import { badValueFor, type Json, placesIn, replaced } from './bad-values.js';
import { badRequest, type BadRequest } from './bad-requests.js';

const SEED = 20_261_120;
const ARGUMENTS = 8_400;
const REQUESTS = 1_600;
const SUBSCRIPTIONS = 150;
const ODD_TEXTS = 600;
const AT_ONCE = 16;

let service: TestService;
let samples: Record<string, Json[]>;
/** Nothing that the service does by itself is taken for what a request did. */
const NO_DISCOVERY = {
  CADASTRE_DISCOVERY_MINUTES: '0',
  CADASTRE_DISCOVERY_SCOPES_AT_ONCE: '0',
  CADASTRE_RECONCILE_SECONDS: '3600',
};

beforeAll(async () => {
  service = await bootService({ cloud: new FakeCloud(), env: NO_DISCOVERY });
  samples = await goodVariables();
});
afterAll(() => service.stop());

/** Every sentence that only a program, a stack or PostgreSQL says. */
const LEAKS =
  /node_modules|\.(ts|js):\d+|\n\s+at |\bSELECT |INSERT INTO|UPDATE \w+ SET|relation "|column "|near "|violates|invalid input syntax|out of range for type|22P02|pg_|ECONN|TypeError|ReferenceError|RangeError/;
const TYPED: ReadonlySet<string> = new Set(
  ERROR_CODES.filter((code) => code !== 'INTERNAL' && code !== 'UNAVAILABLE'),
);

/** What is wrong with an answer to something that cannot succeed; null for what is as it should be. */
function objection({ status, body }: Answer, mutation: string | null): string | null {
  const text = JSON.stringify(body);
  if (status >= 500) return `status ${status}`;
  const codes: string[] = (body.errors ?? []).map((error: Data) => String(error.extensions?.code));
  const strange = codes.filter((code) => !TYPED.has(code));
  if (strange.length > 0) return `code ${strange.join()}`;
  if (LEAKS.test(messagesOf(body))) return 'a leak';
  if (codes.length > 0) return null;
  if (typeof body !== 'object') return 'no JSON';
  if (mutation === null) return null;
  return typeof body.data?.[mutation]?.code === 'string' ? null : `an effect: ${text.slice(0, 300)}`;
}

/** Messages without what they quote of the request. */
function messagesOf(body: Data): string {
  const failures = Object.values(body.data ?? {}).map((value) => (value as Data)?.message ?? '');
  const errors = (body.errors ?? []).map(
    ({ message, extensions }: Data) => `${message} ${JSON.stringify({ ...extensions, input: '' })}`,
  );
  return [...failures, ...errors].join('\n');
}

describe('a request with one thing wrong', () => {
  it(`${ARGUMENTS} times in an argument, at every place of every root field`, async () => {
    const before = await fingerprint();
    const requests = fc.sample(badArgument(['query', 'mutation']), { seed: SEED, numRuns: ARGUMENTS });
    expect(new Set(requests.map(({ field }) => field))).toEqual(
      new Set(Object.keys(samples).filter((name) => name !== 'changes')),
    );
    const objections = await concurrently(AT_ONCE, requests, async ({ kind, field, variables, place }) => {
      const answer = await service.raw(JSON.stringify({ query: service.document(field, 1), variables }));
      const found = objection(answer, kind === 'mutation' ? field : null);
      return found && `${field} ${place}: ${found}\n  ${JSON.stringify(variables).slice(0, 400)}`;
    });
    expect(distinct(objections)).toEqual([]);
    expect(await fingerprint()).toEqual(before);
  }, 120_000);

  it(`${REQUESTS} times in the document, the body or the headers`, async () => {
    const before = await fingerprint();
    const good = Object.entries(samples).flatMap(([field, all]) =>
      all.map((variables) => ({ query: service.document(field, 2), variables })),
    );
    const requests: BadRequest[] = fc.sample(badRequest(service.schema, good), {
      seed: SEED,
      numRuns: REQUESTS,
    });
    const objections = await concurrently(AT_ONCE, requests, async ({ what, body, headers }) => {
      const answer = await service.raw(body, headers);
      const found =
        objection(answer, null) ??
        (answer.body.errors ? null : `no error: ${JSON.stringify(answer.body).slice(0, 300)}`);
      return found && `${what}: ${found}\n  ${String(body).slice(0, 300)}`;
    });
    expect(distinct(objections)).toEqual([]);
    expect(await fingerprint()).toEqual(before);
  }, 120_000);

  it(`${SUBSCRIPTIONS} times in the arguments of a subscription`, async () => {
    const requests = fc.sample(badArgument(['subscription']), { seed: SEED, numRuns: SUBSCRIPTIONS });
    const objections = await concurrently(AT_ONCE, requests, async ({ field, variables, place }) => {
      const feed = service.subscribe(service.document(field, 1), variables as never);
      const body = await feed.next().then(
        ({ value }) => value as Data,
        (errors: unknown) => ({ errors }),
      );
      await feed.return!();
      const found = Array.isArray(body?.errors)
        ? objection({ status: 400, headers: new Headers(), body }, null)
        : 'no error';
      return found && `${field} ${place}: ${found}\n  ${JSON.stringify(variables).slice(0, 300)}`;
    });
    expect(distinct(objections)).toEqual([]);
  }, 60_000);
});

describe('odd text that is good', () => {
  const ODD = [
    "'; DROP TABLE allocation; --",
    '" OR 1=1 --',
    '\\',
    '%_\\%',
    '$1',
    '${x}{{x}}',
    '\u0001\u001f\u007f\u0085\u2028',
    '\t\r\n',
    '__proto__',
    'constructor',
    '\u202egnp.exe',
    '👩‍👩‍👧‍👦',
    'ﷺ'.repeat(10),
    '{"a":[1]}',
    'null',
    'NaN',
  ];

  it('is kept as it is, in every field that keeps text', async () => {
    const { id: pool } = await service.pool();
    for (const text of ODD) {
      const holder = {
        provider: text,
        account: text,
        region: text,
        resourceType: text,
        resourceId: text,
        routingDomain: text,
        contact: text,
      };
      const given = { key: text, description: text, holder, tags: [{ key: text, value: text }] };
      const made = await service.allocation({ pool, prefixLength: 30, ...given });
      const read = await service.call('allocation', { pool, key: text });
      expect(read).toMatchObject({
        id: made.id,
        key: text,
        description: text,
        holder,
        tags: [{ key: text, value: text }],
      });
      const found = await service.call('allocations', {
        filter: { pool, text, key: text, holder: { contact: text }, tag: { key: text, value: text } },
      });
      expect(found.nodes.map(({ id }: Data) => id)).toEqual([made.id]);
    }
    expect(await service.call('allocations', { filter: { pool } })).toMatchObject({ totalCount: ODD.length });
  });

  it(`never makes a fault, ${ODD_TEXTS} times anywhere`, async () => {
    const text = fc.oneof(fc.constantFrom(...ODD), fc.string({ unit: 'binary', maxLength: 60 }));
    const requests = fc.sample(
      argument(['query', 'mutation'], () => text, 'String', 'ID'),
      { seed: SEED, numRuns: ODD_TEXTS },
    );
    const objections = await concurrently(AT_ONCE, requests, async ({ field, variables, place }) => {
      const found = objection(
        await service.raw(JSON.stringify({ query: service.document(field, 1), variables })),
        null,
      );
      return found && `${field} ${place}: ${found}\n  ${JSON.stringify(variables).slice(0, 300)}`;
    });
    expect(distinct(objections)).toEqual([]);
  }, 60_000);
});

interface BadArgument {
  readonly kind: RootKind;
  readonly field: string;
  readonly place: string;
  readonly variables: Json;
}

const badArgument = (kinds: readonly RootKind[]): fc.Arbitrary<BadArgument> => argument(kinds, badValueFor);

/** Good variables of a root field, with another value at one place: any, or one of a type named. */
function argument(
  kinds: readonly RootKind[],
  valueFor: typeof badValueFor,
  ...types: readonly string[]
): fc.Arbitrary<BadArgument> {
  const places = rootFields(service.schema)
    .filter(({ kind, field }) => kinds.includes(kind) && field.args.length > 0)
    .flatMap(({ kind, field }) =>
      samples[field.name]!.flatMap((variables) => placesOf(kind, field, variables)),
    )
    .filter(({ place }) => types.length === 0 || types.includes(String(place.type).replace('!', '')))
    // an allocation to replace that is not there is as if not named
    .filter(({ place }) => place.path.at(-1) !== 'replaces');
  return fc.constantFrom(...places).chain(({ kind, field, variables, place }) =>
    valueFor(place).map((bad) => ({
      kind,
      field,
      place: place.path.join('.'),
      variables: replaced(variables, place.path, bad),
    })),
  );
}

function placesOf(kind: RootKind, field: GraphQLField<unknown, unknown>, variables: Json) {
  const given = variables as Record<string, Json>;
  return field.args
    .flatMap((arg) => placesIn(arg.type, given[arg.name], [arg.name]))
    .map((place) => ({ kind, field: field.name, variables, place }));
}

/** Of every root field at least one call that would succeed, with all that can be given. */
async function goodVariables(): Promise<Record<string, Json[]>> {
  const pool: string = (await service.pool()).id;
  const made = await service.allocation({ pool, key: 'k' });
  const reserved = await service.reservation({ pool, ttlSeconds: 7_776_000 });
  const gone = await service.allocation({ pool });
  await service.call('release', { input: { id: gone.id } });
  const token = await service.call('createToken', { input: { name: 'stays', role: 'READER' } });
  const { id: routingDomain, name: domainName } = await service.routingDomain();
  const { id: spare } = await service.routingDomain();
  const link = { a: domainName, b: (await service.routingDomain()).id, via: 'peering' };
  await service.call('connectRoutingDomains', { input: link });
  const finding = await service.finding({ detail: { account: '1' } });
  const discovered = {
    account: '111122223333',
    roleArn: 'arn:aws:iam::111122223333:role/discovery',
    externalId: 'x1',
    regions: ['eu-west-1'],
  };
  await service.call('addDiscoveryAccounts', { input: { accounts: [discovered] } });
  const started = await service.call('startSweep', { input: {} });
  const { sweep } = await sweepable(service, '000000000001');
  await sweep([{ id: 'vpc-good', cidrs: ['10.80.0.0/16'] }]);
  const dropped = await suspiciousList(service, '000000000002');
  const page = { first: 10, after: null };
  const tags = [
    { key: 'team', value: 'net' },
    { key: 'env', value: 'prod' },
  ];
  const holder = {
    provider: 'aws',
    account: '1',
    region: 'r',
    resourceType: 'vpc',
    resourceId: 'v',
    routingDomain: 'd',
    contact: 'c',
  };
  const described = { holder, tags, description: 'd' };
  const rules = {
    minPrefixLength: 16,
    maxPrefixLength: 28,
    defaultPrefixLength: 24,
    requiredTags: ['team'],
    placement: 'SPARSE',
    quarantineSeconds: 60,
    excluded: ['10.255.0.0/16', '10.254.0.0/16'],
    autoAdopt: false,
  };
  const space = { pool, key: 'new', placement: 'NEAR', near: '10.0.0.0/24', ...described };
  const take = [
    { input: { ...space, prefixLength: 24 } },
    { input: { ...space, cidr: '10.77.0.0/24', request: '/24' } },
  ];
  const adopted = { input: { pool, cidr: '10.78.0.0/24', key: 'adopted', request: '/24', ...described } };
  const filter = {
    pool,
    status: ['ALLOCATED'],
    cidrWithin: '10.0.0.0/8',
    cidrContaining: '10.0.0.0/32',
    holder,
    tag: tags[0]!,
    key: 'k',
    text: 'x',
  };
  return {
    pool: [{ id: pool }, { name: 'pool 1' }],
    pools: [
      {
        ...page,
        orderBy: 'NAME',
        filter: {
          parent: null,
          family: 'IPV4',
          routingDomain,
          tag: tags[0]!,
          cidrContaining: '10.0.0.0/32',
          cidrWithin: '10.0.0.0/8',
          text: 'x',
        },
      },
    ],
    allocation: [{ id: made.id }, { pool, key: 'k' }],
    allocations: [{ ...page, orderBy: 'CIDR', filter }],
    checkCidrs: [{ cidrs: ['10.0.0.0/8', 'x'], routingDomain }],
    previewAllocation: take,
    changesOf: [{ ...page, id: pool }],
    routingDomain: [{ id: routingDomain }, { name: domainName }],
    routingDomains: [page],
    tokens: [page],
    networks: [
      {
        ...page,
        filter: { kind: 'VPC', account: '1', region: 'r', routingDomain, text: 'x' },
      },
    ],
    placeNetwork: [{ input: { network: 'vpc-good', routingDomain } }],
    adoptObserved: [{ input: { resource: 'vpc-good', pool, key: 'observed', contact: 'c', tags } }],
    finding: [{ id: finding }],
    findings: [
      {
        ...page,
        filter: {
          kinds: ['ROGUE'],
          severities: ['WARNING'],
          subject: 's',
          text: 'x',
          account: '1',
          region: 'r',
          waived: false,
          open: true,
        },
      },
    ],
    waiveFinding: [{ input: { id: finding, reason: 'r', contact: 'c', until: '2200-01-01T00:00:00Z' } }],
    unwaiveFinding: [{ input: { id: finding } }],
    changes: [{ pool, sinceSequence: '0' }, { sincePosition: '0' }],
    allocate: take,
    reserve: take.map(({ input }) => ({ input: { ...input, ttlSeconds: 60 } })),
    adopt: [adopted],
    allocateMany: [{ input: { items: take.map(({ input }, n) => ({ ...input, key: `many ${n}` })) } }],
    reserveMany: [{ input: { items: [{ ...take[0]!.input, ttlSeconds: 60 }] } }],
    adoptMany: [{ input: { items: [adopted.input, { ...adopted.input, cidr: '10.79.0.0/24', key: 'l' }] } }],
    releaseMany: [{ input: { items: [{ id: made.id, force: false }, { id: reserved.id }] } }],
    confirm: [{ input: { id: reserved.id, nonce: 'n', holder } }],
    renew: [{ input: { id: reserved.id, ttlSeconds: 60 } }],
    release: [{ input: { id: made.id, force: false } }],
    restoreAllocation: [{ input: { id: gone.id } }],
    updateAllocation: [{ input: { id: made.id, version: 1, ...described } }],
    createPool: [
      {
        input: {
          name: 'new',
          family: 'IPV4',
          cidrs: ['10.0.0.0/8'],
          uniqueness: 'ROUTING_DOMAIN',
          routingDomain,
          rules,
          tags,
          description: 'd',
        },
      },
    ],
    provisionCidr: [{ input: { pool, cidr: '11.0.0.0/8' } }, { input: { pool, allocation: made.id } }],
    deprovisionCidr: [{ input: { pool, cidr: '10.0.0.0/8' } }],
    deletePool: [{ input: { pool, version: 1 } }],
    updatePool: [{ input: { pool, version: 1, name: 'renamed', description: 'd', rules, tags } }],
    createRoutingDomain: [{ input: { name: 'new domain', description: 'd', tags } }],
    updateRoutingDomain: [
      { input: { routingDomain, version: 1, name: 'renamed domain', description: 'd', tags } },
    ],
    deleteRoutingDomain: [{ input: { routingDomain: spare } }],
    connectRoutingDomains: [{ input: { ...link, via: 'another' } }],
    disconnectRoutingDomains: [{ input: link }],
    overlaps: [
      {
        ...page,
        filter: {
          class: ['CONFLICT'],
          routingDomain,
          network: 'vpc-1',
          account: '1',
          region: 'r',
          cidr: '10.0.0.0/8',
          waived: false,
        },
      },
    ],
    wouldOverlap: [{ connect: { a: ['10.0.0.0/8'], b: [routingDomain], via: 'VPN' } }],
    reach: [{ routingDomain, at: '2026-01-01T00:00:00Z' }],
    search: [{ text: 'x', first: 10 }],
    observedObjects: [
      {
        ...page,
        filter: {
          account: '1',
          region: 'r',
          kinds: ['VPC', 'SUBNET'],
          vpc: 'vpc-1',
          ids: ['vpc-1'],
          missing: false,
          text: 'x',
          holding: '10.0.0.0/32',
        },
      },
    ],
    observedVersions: [{ id: 'vpc-1', first: 10 }],
    observedLists: [{ account: '1', region: 'r', stale: true }],
    acceptDrop: [{ input: { account: dropped.account, region: dropped.region, kind: 'VPC' } }],
    discoveryAccounts: [page],
    addDiscoveryAccounts: [{ input: { accounts: [{ ...discovered, name: 'n', enabled: true }] } }],
    updateDiscoveryAccount: [{ input: { ...discovered, name: 'renamed', enabled: false } }],
    removeDiscoveryAccounts: [{ input: { accounts: [discovered.account] } }],
    importOrganization: [
      {
        input: {
          regions: ['eu-west-1'],
          roleName: 'discovery',
          externalId: 'x1',
          include: [discovered.account],
          exclude: [discovered.account],
        },
      },
    ],
    sweep: [{ id: started.id }],
    sweeps: [page],
    startSweep: [{ input: { accounts: [discovered.account], regions: ['eu-west-1'], kinds: ['VPC'] } }],
    cancelSweep: [{ input: { id: started.id } }],
    resumeSweep: [{ input: { id: started.id } }],
    snapshotAt: [{ vpc: 'vpc-1', at: '2026-01-01T00:00:00Z' }],
    configurationChanges: [
      {
        ...page,
        filter: {
          account: '1',
          region: 'r',
          vpc: 'vpc-1',
          kind: 'VPC',
          since: '2026-01-01T00:00:00Z',
          until: '2027-01-01T00:00:00Z',
        },
      },
    ],
    externalNetworks: [page],
    declareExternalNetwork: [
      {
        input: {
          name: 'site',
          cidrs: ['192.168.0.0/16', '192.0.2.0/24'],
          gateways: ['cgw-1'],
          routingDomain,
          description: 'd',
          contact: 'c',
          tags,
          version: 0,
        },
      },
    ],
    removeExternalNetwork: [{ input: { name: 'site', version: 1 } }],
    createToken: [{ input: { name: 'new', role: 'READER', expiresAt: '2200-01-01T00:00:00Z' } }],
    revokeToken: [{ input: { id: `token_${token.token.id.slice('token_'.length)}` } }],
  };
}

/** Rows and contents of every table, save for the lease of the publisher. */
async function fingerprint(): Promise<Record<string, string>> {
  const waiting = 'SELECT count(*) AS waiting FROM outbox';
  while ((await service.database.query<{ waiting: number }>(waiting))[0]!.waiting > 0);
  const tables = await service.database.query<{ name: string }>(
    `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename`,
  );
  const entries = tables.map(async ({ name }) => {
    const row = name === 'publisher' ? 'position::text' : 't::text';
    const [found] = await service.database.query<{ sum: string }>(
      `SELECT count(*) || ' rows, ' || md5(coalesce(string_agg(${row}, chr(10) ORDER BY ${row}), '')) AS sum FROM "${name}" t`,
    );
    return [name, found!.sum] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

/** A few of each kind, so that a failure can be read. */
function distinct(objections: readonly (string | null)[]): string[] {
  const found = objections.filter((text) => text !== null);
  const kinds = new Map(found.map((text) => [text.split('\n')[0], text]));
  return [...kinds.values()].slice(0, 20);
}
