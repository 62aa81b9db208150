/**
 * The import table as data: who may import whom. imports.spec.ts holds the code to it, docs/architecture.md shows what is
 * printed from it. A folder that stands nowhere here fails the test: say where it stands before you fill it.
 */

/** In the order of dependence: each may use those before it. */
export const PLATFORM = [
  'config',
  'context',
  'database',
  'events',
  'audit',
  'auth',
  'jobs',
  'graphql',
  'ops',
];
export const FEATURES = [
  'access',
  'routing-domains',
  'findings',
  'allocation',
  'inventory',
  'overlap',
  'history',
  'utilization',
  'planning',
  'flow-logs',
  'alerts',
];

/** Where files live; the first that matches is a file's place. `X` is one folder, `*` a part of a name, `**` whatever. */
export const PLACES = {
  address: 'src/address/**',
  platform: 'src/platform/X/**',
  domain: 'src/features/X/domain/**',
  data: 'src/features/X/data/**',
  ports: 'src/features/X/ports/**',
  fsck: 'src/features/X/fsck/**',
  api: 'src/features/X/api/**',
  index: 'src/features/X/index.ts',
  module: 'src/features/X/*.module.ts',
  service: 'src/features/X/*.ts',
  boot: 'src/(main|app.module|fsck).ts',
  bin: 'src/bin.ts',
  cli: 'src/clients/cli/**',
  installer: 'src/clients/terraform/install*',
  clients: 'src/clients/X/**',
  migrations: 'migrations/*.ts',
  tests: '(test|bench|demo)/**',
} as const;

export type Place = keyof typeof PLACES;

export interface Target {
  readonly place: Place;
  /** Which `X`: the importing file's own, those before it in PLATFORM or FEATURES, any, or the named ones. */
  readonly which: 'own' | 'earlier' | 'any' | readonly string[];
}

export interface Row {
  readonly from: Place;
  /** Beside its own place in its own `X`, which every file may import. */
  readonly may: readonly Target[];
  /** Packages and Node modules it may import; without it, any. Tests may import any. */
  readonly packages?: readonly string[];
}

const own = (...places: Place[]): Target[] => places.map((place) => ({ place, which: 'own' }));
const earlier = (place: Place): Target => ({ place, which: 'earlier' });
const any = (...places: Place[]): Target[] => places.map((place) => ({ place, which: 'any' }));
const platform = (...which: string[]): Target => ({ place: 'platform', which });
const client = (...which: string[]): Target => ({ place: 'clients', which });

export const ROWS: readonly Row[] = [
  // it runs in a browser, hence no Node module either
  { from: 'address', may: [], packages: ['ip-cidr'] },
  { from: 'platform', may: [earlier('platform'), ...any('address')] },

  // context: Instant, the argument of time. node:util compares deeply and has no effect
  {
    from: 'domain',
    may: [...any('address'), platform('context'), earlier('index')],
    packages: ['node:util'],
  },
  // events: a change is recorded in the statement that makes it
  { from: 'data', may: [...own('domain'), ...any('address'), platform('context', 'database', 'events')] },
  { from: 'ports', may: [...own('domain'), ...any('address'), platform('config', 'context')] },
  {
    from: 'fsck',
    may: [...own('domain', 'data'), ...any('address'), platform('context', 'database', 'ops')],
  },
  {
    from: 'service',
    may: [...own('domain', 'data', 'ports'), ...any('address', 'platform'), earlier('index')],
  },
  {
    from: 'api',
    may: [
      ...own('domain', 'service'),
      ...any('address'),
      // events: the shape of a change
      platform('context', 'events', 'auth', 'graphql'),
      earlier('index'),
    ],
  },
  {
    from: 'module',
    may: [...own('domain', 'data', 'ports', 'fsck', 'service', 'api'), ...any('platform'), earlier('index')],
  },
  { from: 'index', may: own('domain', 'service', 'api', 'module', 'fsck'), packages: [] },

  { from: 'boot', may: any('index', 'platform') },
  { from: 'bin', may: any('index', 'platform', 'boot', 'cli') },
  { from: 'clients', may: [client('graphql'), ...any('address')] },
  { from: 'installer', may: [client('graphql', 'terraform'), ...any('address')] },
  { from: 'cli', may: [client('graphql'), ...any('address', 'installer')] },

  { from: 'migrations', may: [], packages: ['typeorm'] },
  { from: 'tests', may: any(...(Object.keys(PLACES) as Place[])) },
];
