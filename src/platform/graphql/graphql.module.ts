import { ApolloServerPluginCacheControlDisabled } from '@apollo/server/plugin/disabled';
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { Module } from '@nestjs/common';
import { GraphQLModule } from '@nestjs/graphql';
import type { FastifyRequest } from 'fastify';
import { Authenticator } from '../auth/authenticator.js';
import { SETTINGS, type Settings } from '../config/settings.js';
import { Admission } from './admission.js';
import { admissionPlugin } from './apollo-plugin.js';
import { toClientError } from './client-error.js';
import { httpContext } from './context.js';
import { ENDPOINT } from './endpoint.js';
import { ExplorerController } from './explorer.controller.js';
import { SCHEMA_OPTIONS } from './schema-options.js';
import { SubscriptionServer } from './subscription-server.js';

@Module({
  providers: [
    {
      provide: Admission,
      inject: [SETTINGS],
      useFactory: (settings: Settings) => new Admission(settings.graphql),
    },
  ],
  exports: [Admission],
})
class AdmissionModule {}

const apollo = GraphQLModule.forRootAsync<ApolloDriverConfig>({
  driver: ApolloDriver,
  imports: [AdmissionModule],
  inject: [Admission, Authenticator],
  useFactory: (admission: Admission, authenticator: Authenticator) => ({
    path: ENDPOINT,
    autoSchemaFile: true,
    ...SCHEMA_OPTIONS,
    // SubscriptionServer serves WebSockets: Nest's own sets no limit on messages and leaves foreign upgrades hanging
    context: (request: FastifyRequest) => httpContext(authenticator, request),
    parseOptions: admission.parseOptions,
    validationRules: [...admission.rules],
    // cache hints wrap every resolver and fill a header that nobody here reads
    plugins: [admissionPlugin(admission), ApolloServerPluginCacheControlDisabled()],
    // our execution errors carry no status, so that there is none to preserve
    preserveHttpStatusForExecutionErrors: false,
    formatError: toClientError,
    autoTransformHttpErrors: false,
    includeStacktraceInErrorResponses: false,
    // who may read the schema is decided per request, by Admission
    introspection: true,
    graphiql: false,
    csrfPrevention: true,
    persistedQueries: false,
    allowBatchedHttpRequests: false,
    apollo: { key: undefined, graphRef: undefined },
  }),
});

/** The API: Apollo at `/graphql`, the same over WebSocket, GraphiQL at `/explorer`. Resolvers are found wherever modules provide them. */
@Module({
  imports: [apollo, AdmissionModule],
  controllers: [ExplorerController],
  providers: [SubscriptionServer],
  exports: [apollo, AdmissionModule],
})
export class GraphqlApiModule {}
