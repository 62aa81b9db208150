import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import {
  HttpException,
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { GraphQLSchemaHost } from '@nestjs/graphql';
import { type ExecutionArgs, GraphQLError, parse, specifiedRules, validate } from 'graphql';
import { type Context, type SubscribePayload } from 'graphql-ws';
import { type Extra, useServer } from 'graphql-ws/use/ws';
import { type WebSocket, WebSocketServer } from 'ws';
import { Authenticator } from '../auth/authenticator.js';
import { SETTINGS, type Settings } from '../config/settings.js';
import { Admission } from './admission.js';
import { reportFaults, toClientError } from './client-error.js';
import type { GraphqlContext } from './context.js';
import { correlationOf } from './correlation.js';
import { ENDPOINT } from './endpoint.js';

const FORBIDDEN = 4403;
/** Clients come back after it, other than after FORBIDDEN. */
const TRY_AGAIN_LATER = 1013;

interface Session {
  readonly correlation: string;
  /** Asks again whether the token is still good. */
  readonly watch: NodeJS.Timeout;
}

type Connection = Context<Record<string, unknown>, Extra & { session?: Session }>;

/**
 * GraphQL over WebSocket (graphql-ws) at the path of the HTTP endpoint. The client sends
 * `{ authorization: "Bearer <token>" }` as connectionParams; without a good token there is no connection, and one
 * whose token is revoked or expires is closed within seconds. All operations of a connection share a correlation id, from
 * the header `x-correlation-id` of its upgrade or a new one. They are admitted as over HTTP.
 */
@Injectable()
export class SubscriptionServer implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('graphql-ws');
  private readonly sockets: WebSocketServer;
  private stop: () => void | Promise<void> = () => undefined;

  constructor(
    private readonly http: HttpAdapterHost,
    private readonly schema: GraphQLSchemaHost,
    private readonly authenticator: Authenticator,
    private readonly admission: Admission,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {
    this.sockets = new WebSocketServer({ noServer: true, maxPayload: settings.server.bodyBytes });
  }

  onApplicationBootstrap(): void {
    // none where the application only runs a command
    const server = this.http.httpAdapter?.getHttpServer() as Server | undefined;
    if (!server) return;
    const protocol = useServer<Record<string, unknown>, { session?: Session }>(
      {
        onConnect: (connection) => this.open(connection),
        onClose: (connection) => clearInterval(connection.extra.session?.watch),
        onSubscribe: (connection, _id, payload) => this.subscribe(connection, payload),
        onNext: (_connection, _id, _payload, { contextValue }, result) =>
          result.errors && {
            ...result,
            errors: this.forClient(result.errors, (contextValue as GraphqlContext).correlation),
          },
        onError: (connection, _id, _payload, errors) =>
          this.forClient(errors, connection.extra.session!.correlation),
        isProd: true,
      },
      this.sockets,
    );
    const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void =>
      this.upgrade(request, socket, head);
    server.on('upgrade', upgrade);
    this.stop = () => {
      server.off('upgrade', upgrade);
      return protocol.dispose();
    };
  }

  /** Closes every connection with "going away". */
  async onModuleDestroy(): Promise<void> {
    await this.stop();
  }

  private upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (request.url?.split('?')[0] !== ENDPOINT) {
      socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n');
      return;
    }
    this.sockets.handleUpgrade(request, socket, head, (client: WebSocket) => {
      this.sockets.emit('connection', client, request);
      // graphql-ws writes what a client did wrong to the console; ws has closed the connection by then
      client.removeAllListeners('error');
      client.on('error', (error: Error) =>
        this.logger.debug({ msg: 'connection failed', reason: error.message }),
      );
    });
  }

  private async open(connection: Connection): Promise<boolean> {
    const correlation = correlationOf(connection.extra.request);
    const caller = await this.identify(connection, correlation).catch((error: unknown) => {
      this.logger.warn({ msg: 'a token cannot be verified now', correlation, reason: String(error) });
      connection.extra.socket.close(TRY_AGAIN_LATER, 'Try again later');
    });
    if (!caller) return false;
    const every = Math.max(1, this.settings.auth.cacheSeconds) * 1000;
    const watch = setInterval(() => void this.closeIfRefused(connection, correlation), every).unref();
    connection.extra.session = { correlation, watch };
    return true;
  }

  private async closeIfRefused(connection: Connection, correlation: string): Promise<void> {
    const caller = await this.identify(connection, correlation).catch(() => 'unknown');
    if (!caller) connection.extra.socket.close(FORBIDDEN, 'Forbidden');
  }

  /** Null for a token that is missing or no longer good; rejects where that cannot be told now. */
  private async identify(connection: Connection, correlation: string): Promise<GraphqlContext['caller']> {
    const given = connection.connectionParams?.authorization;
    try {
      return await this.authenticator.authenticate(
        typeof given === 'string' ? given : undefined,
        correlation,
      );
    } catch (error) {
      if (!(error instanceof HttpException)) throw error;
      this.logger.debug({ msg: 'connection refused', correlation, reason: error.message });
      return null;
    }
  }

  private async subscribe(
    connection: Connection,
    { query, operationName, variables }: SubscribePayload,
  ): Promise<ExecutionArgs | readonly GraphQLError[]> {
    const { correlation } = connection.extra.session!;
    const { schema } = this.schema;
    try {
      const document = parse(query, this.admission.parseOptions);
      const invalid = validate(schema, document, [...specifiedRules, ...this.admission.rules]);
      if (invalid.length > 0) return invalid;
      const caller = await this.identify(connection, correlation);
      this.admission.admit({ schema, document, operationName, variables, authenticated: caller !== null });
      const contextValue: GraphqlContext = { correlation, caller };
      return { schema, document, operationName, variableValues: variables, contextValue };
    } catch (error) {
      return [
        error instanceof GraphQLError
          ? error
          : new GraphQLError((error as Error).message, { originalError: error as Error }),
      ];
    }
  }

  private forClient(errors: readonly GraphQLError[], correlation: string) {
    reportFaults(errors, correlation);
    return errors.map((error) => toClientError(error.toJSON(), error)) as unknown as GraphQLError[];
  }
}
