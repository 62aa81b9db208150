import { choice, integer, onOff, optional, text } from './variable.js';

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

const DAY = 24 * 3600;

/** Every setting of the service, in groups. The only list: types, checks, documentation and help come from it. */
export const VARIABLES = {
  server: {
    host: text('CADASTRE_HOST', {
      description:
        'Address to listen on. Anything but loopback makes the service reachable from other machines.',
      fallback: '127.0.0.1',
    }),
    port: integer('CADASTRE_PORT', 0, 65_535, {
      description: 'TCP port to listen on; 0 takes a free one.',
      fallback: '4000',
    }),
    bodyBytes: integer('CADASTRE_BODY_BYTES', 1024, 64 * 1024 * 1024, {
      description: 'Largest request body, and largest WebSocket message, in bytes.',
      fallback: String(4 * 1024 * 1024),
    }),
    shutdownSeconds: integer('CADASTRE_SHUTDOWN_SECONDS', 0, 600, {
      description: 'How long a stopping service waits for requests that are under way.',
      fallback: '10',
    }),
    dataFolder: text('CADASTRE_DATA', {
      description: 'Folder of the embedded database and of the first admin token.',
      fallback: './.cadastre',
    }),
  },
  database: {
    url: optional(
      'DATABASE_URL',
      'a URL that begins with postgres:// or postgresql://',
      /^postgres(ql)?:\/\/\S+$/,
      {
        description: 'PostgreSQL 15 or later to use. Unset: an embedded PostgreSQL in CADASTRE_DATA.',
        secret: true,
      },
    ),
    poolSize: integer('CADASTRE_DATABASE_POOL_SIZE', 2, 500, {
      description: 'Most connections to PostgreSQL that one process opens for requests.',
      fallback: '10',
    }),
  },
  auth: {
    adminToken: optional(
      'CADASTRE_ADMIN_TOKEN',
      'at least 32 letters, digits or the characters - . _ ~ + / =',
      /^[A-Za-z0-9\-._~+/]{32,512}=*$/,
      {
        description: 'A bearer token with the role admin that needs no row in the database.',
        secret: true,
      },
    ),
    cacheSeconds: integer('CADASTRE_TOKEN_CACHE_SECONDS', 0, 300, {
      description:
        'How long a verified token is trusted without asking the database; a revocation takes effect within it.',
      fallback: '5',
    }),
  },
  graphql: {
    explorer: onOff('CADASTRE_EXPLORER', {
      description: 'Serves the GraphQL explorer at /explorer, and the schema to callers without a token.',
      fallback: (env) => (env.NODE_ENV === 'production' ? 'off' : 'on'),
      fallbackNote: 'on, but off when NODE_ENV is production',
    }),
    maxTokens: integer('CADASTRE_GRAPHQL_TOKENS', 100, 100_000, {
      description: 'Most tokens (names, punctuators, values) in one GraphQL document.',
      fallback: '5000',
    }),
    maxDepth: integer('CADASTRE_GRAPHQL_DEPTH', 3, 100, {
      description: 'Most levels of fields below each other in one operation.',
      fallback: '12',
    }),
    maxAliases: integer('CADASTRE_GRAPHQL_ALIASES', 1, 1000, {
      description: 'Most aliases in one operation.',
      fallback: '30',
    }),
    maxComplexity: integer('CADASTRE_GRAPHQL_COMPLEXITY', 100, 10_000_000, {
      description: 'Most objects that one operation may ask for, every list counted at its full page size.',
      fallback: '10000',
    }),
  },
  events: {
    feedRetentionDays: integer('CADASTRE_FEED_RETENTION_DAYS', 1, 3650, {
      description:
        'How far back the change feed can be resumed. The changes themselves stay in the audit trail.',
      fallback: '30',
    }),
  },
  allocation: {
    sweepSeconds: integer('CADASTRE_SWEEP_SECONDS', 1, DAY, {
      description:
        'How often expired reservations and ended quarantines are written down. Space is free at its due time anyway.',
      fallback: '30',
    }),
  },
  discovery: {
    minutes: integer('CADASTRE_DISCOVERY_MINUTES', 0, DAY / 60, {
      description:
        'How often everything that is discovered is swept, from beginning to beginning; 0: only when somebody asks.',
      fallback: '10',
    }),
    scopesAtOnce: integer('CADASTRE_DISCOVERY_SCOPES_AT_ONCE', 0, 1000, {
      description:
        'How many accounts and regions this process sweeps at a time; 0: it leaves sweeping to other processes.',
      fallback: '16',
    }),
    staleMinutes: integer('CADASTRE_DISCOVERY_STALE_MINUTES', 1, 7 * 24 * 60, {
      description: 'How long an account and region may be unreadable before that is a finding.',
      fallback: '60',
    }),
    reconcileSeconds: integer('CADASTRE_RECONCILE_SECONDS', 1, DAY, {
      description:
        'How often it is looked whether anything that was observed has not been compared with what is allocated.',
      fallback: '60',
    }),
    misses: integer('CADASTRE_DISCOVERY_MISSES', 1, 100, {
      description:
        'After how many good lists in a row without it an object has ended; before that it is missing.',
      fallback: '3',
    }),
    awsEndpoint: optional(
      'CADASTRE_AWS_ENDPOINT',
      'a URL that begins with http:// or https://',
      /^https?:\/\/\S+$/,
      {
        description: "Asked instead of AWS's own endpoints, for EC2, STS and Organizations; for tests.",
      },
    ),
    awsRole: optional(
      'CADASTRE_DISCOVERY_ROLE',
      'the name of a role: letters, digits or the characters + = , . @ - _ /',
      /^[\w+=,.@/-]{1,512}$/,
      {
        description:
          "Role to assume in every account that names none of its own. Unset: the service's own credentials.",
      },
    ),
    callsInFlight: integer('CADASTRE_DISCOVERY_CALLS_IN_FLIGHT', 1, 1000, {
      description: 'Most calls to the cloud at once, over all accounts and regions.',
      fallback: '50',
    }),
    callsPerRegion: integer('CADASTRE_DISCOVERY_CALLS_PER_REGION', 1, 50, {
      description: 'Most calls to the cloud at once in one account and region.',
      fallback: '3',
    }),
    callsPerSecond: integer('CADASTRE_DISCOVERY_CALLS_PER_SECOND', 1, 100, {
      description:
        'Most calls of one action a second in one account and region; AWS throttles most at 20, for everybody in the account together.',
      fallback: '10',
    }),
    timeoutSeconds: integer('CADASTRE_DISCOVERY_TIMEOUT_SECONDS', 1, 600, {
      description: 'How long one call to the cloud may be silent before it counts as failed.',
      fallback: '30',
    }),
    tagKeys: optional(
      'CADASTRE_DISCOVERY_TAG_KEYS',
      'tag keys separated by commas, 200 at most',
      /^[^,]{1,128}(,[^,]{1,128}){0,199}$/,
      {
        description: 'Tags of instances that are read, to name them and their owner.',
        fallback: 'Name,Owner,owner,Team,team',
      },
    ),
    reservationHours: integer('CADASTRE_DISCOVERY_RESERVATION_HOURS', 0, 8760, {
      description:
        'How often the CIDR reservations of a subnet are read, which costs a call per subnet; 0: never.',
      fallback: '24',
    }),
  },
  log: {
    level: choice('CADASTRE_LOG_LEVEL', LOG_LEVELS, {
      description: 'Least severity that is logged, as JSON lines on stderr; debug adds a line per request.',
      fallback: 'info',
    }),
  },
} as const;
