import { NodeHttpHandler } from '@smithy/node-http-handler';
import { setMaxListeners } from 'node:events';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Settings } from '../../../../platform/config/settings.js';
import type { Cloud, ObservedPage, ReadingCost, Scope } from '../../domain/cloud.js';
import type { ObservedKind } from '../../domain/observed.js';
import { Attempts } from './attempts.js';
import { type CallLimits, Calls, type Reading } from './calls.js';
import { instances, prefixLists, subnets, transitRouteTables } from './composites.js';
import { Credentials, type Identity } from './credentials.js';
import { Decoder } from './decoder.js';
import type { ReaderName } from './decode-page.js';
import { Ec2Clients } from './ec2-clients.js';
import { Gate, REAL_TIMING, type Timing } from './limits.js';
import { activeAccounts } from './organization.js';
import './node-version.js';
import { KnownReservations } from './reservations.js';

export interface AwsOptions extends CallLimits {
  /** Instead of AWS's own endpoints, of all services; null in production. */
  readonly endpoint: string | null;
  /** No answer, or no further byte of it, for so long ends an attempt. */
  readonly timeoutMilliseconds: number;
  /** Tags of instances that are read. */
  readonly tagKeys: readonly string[];
  /** How often the reservations of a subnet are read; 0: never. */
  readonly reservationHours: number;
  readonly sessionSeconds: number;
  /** Instead of what the SDK finds in the environment. */
  readonly identity: Identity | null;
  readonly timing: Timing;
  readonly decoder: Decoder;
}

export const AWS_DEFAULTS = {
  endpoint: null,
  callsInFlight: 50,
  callsPerRegion: 3,
  callsPerSecond: 10,
  timeoutMilliseconds: 30_000,
  tagKeys: ['Name', 'Owner', 'owner', 'Team', 'team'],
  reservationHours: 24,
  sessionSeconds: 3600,
  identity: null,
  timing: REAL_TIMING,
  attempts: 5,
  pauseMilliseconds: 500,
} as const satisfies Omit<AwsOptions, 'decoder'>;

/** The options that the settings of a process make. */
export function awsOptions(settings: Settings['discovery']): Partial<AwsOptions> {
  const { awsEndpoint, timeoutSeconds, tagKeys, callsInFlight, callsPerRegion, callsPerSecond } = settings;
  return {
    endpoint: awsEndpoint ?? null,
    callsInFlight,
    callsPerRegion,
    callsPerSecond,
    timeoutMilliseconds: timeoutSeconds * 1000,
    reservationHours: settings.reservationHours,
    ...(tagKeys === undefined ? {} : { tagKeys: tagKeys.split(',') }),
  };
}

const LONGEST_CONNECT = 10_000;
const ROLES_AT_ONCE = 8;

/**
 * Says nothing. Without `info`: the SDK spends a tenth of its time on what it would log there, even where nobody listens.
 * With `debug`: the SDK's chain of credentials calls it unasked.
 */
const SILENT = { debug: () => {}, warn: () => {}, error: () => {} } as unknown as Console;

type Composite = 'subnet' | 'prefix_list' | 'transit_gateway_route_table' | 'instance';

/** Kinds whose objects one action gives whole. */
const WHOLE: Readonly<Record<Exclude<ObservedKind, Composite>, ReaderName>> = {
  vpc: 'vpc',
  route_table: 'routeTable',
  vpc_peering: 'vpcPeering',
  transit_gateway: 'transitGateway',
  transit_gateway_attachment: 'transitGatewayAttachment',
  vpn_gateway: 'vpnGateway',
  vpn_connection: 'vpnConnection',
  customer_gateway: 'customerGateway',
  nat_gateway: 'natGateway',
  vpc_endpoint: 'vpcEndpoint',
  internet_gateway: 'internetGateway',
  network_interface: 'networkInterface',
};

/**
 * AWS as discovery sees it, over the real SDK. Read-only: Describe, Get, Search and List actions, and AssumeRole. Memory
 * is that of the pages under way. Close it when it is needed no longer.
 */
export class AwsCloud implements Cloud {
  private readonly handler: NodeHttpHandler;
  private readonly decoder: Decoder;
  private readonly attempts: Attempts;
  private readonly credentials: Credentials;
  private readonly calls: Calls;
  private readonly reservations: KnownReservations;
  private readonly options: AwsOptions;
  private readonly config: ConstructorParameters<typeof Ec2Clients>[0];

  constructor(options: Partial<AwsOptions> = {}) {
    this.options = { ...AWS_DEFAULTS, decoder: options.decoder ?? new Decoder(), ...options };
    const { endpoint, timeoutMilliseconds, timing, callsInFlight, sessionSeconds, identity } = this.options;
    const sockets = { keepAlive: true, maxSockets: callsInFlight };
    this.handler = new NodeHttpHandler({
      httpAgent: new HttpAgent(sockets),
      httpsAgent: new HttpsAgent(sockets),
      connectionTimeout: Math.min(timeoutMilliseconds, LONGEST_CONNECT),
      requestTimeout: timeoutMilliseconds,
      // without it a hang is a line in the log and lasts for ever
      throwOnRequestTimeout: true,
      socketTimeout: timeoutMilliseconds,
    });
    const config = {
      requestHandler: this.handler,
      // what is tried again, and when, is decided in attempts.ts, for faults that the SDK does not know too
      maxAttempts: 1,
      logger: SILENT,
      ...(endpoint === null ? {} : { endpoint }),
      ...(identity === null ? {} : { credentials: identity }),
    };
    this.config = config;
    this.decoder = this.options.decoder;
    this.attempts = new Attempts(new Gate(callsInFlight), timing, this.options);
    // not among the other calls, whose places may all be taken by calls that wait for credentials
    const assuming = new Attempts(new Gate(ROLES_AT_ONCE), timing, this.options);
    this.credentials = new Credentials(config, assuming, sessionSeconds);
    const clients = new Ec2Clients(config, timeoutMilliseconds);
    this.calls = new Calls(clients, this.credentials, this.decoder, this.attempts, this.options, timing);
    this.reservations = new KnownReservations(this.options.reservationHours * 3_600_000);
  }

  async *list(
    scope: Scope,
    kind: ObservedKind,
    signal: AbortSignal,
    cost: (delta: ReadingCost) => void,
  ): AsyncGenerator<ObservedPage> {
    // every call under way listens, and one signal may be that of a whole sweep
    setMaxListeners(0, signal);
    const reading: Reading = { scope, signal, count: cost };
    const pages = this.pagesOf(reading, kind);
    for await (const page of pages) {
      yield page;
      signal.throwIfAborted();
    }
  }

  accounts(signal: AbortSignal): AsyncIterable<{ readonly account: string; readonly name: string }> {
    return activeAccounts(this.config as object, this.attempts, signal);
  }

  async close(): Promise<void> {
    this.credentials.close();
    this.handler.destroy();
    await this.decoder.close();
  }

  private pagesOf(reading: Reading, kind: ObservedKind): AsyncIterable<ObservedPage> {
    switch (kind) {
      case 'subnet':
        return subnets(this.calls, reading, this.reservations);
      case 'prefix_list':
        return prefixLists(this.calls, reading);
      case 'transit_gateway_route_table':
        return transitRouteTables(this.calls, reading);
      case 'instance':
        return instances(this.calls, reading, this.options.tagKeys);
      default:
        return this.whole(reading, WHOLE[kind]);
    }
  }

  private async *whole(reading: Reading, reader: ReaderName): AsyncGenerator<ObservedPage> {
    for await (const { rows } of this.calls.pages(reading, reader)) {
      yield { objects: rows as ObservedPage['objects'], available: [] };
    }
  }
}
