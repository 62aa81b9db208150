import type { ApolloServerPlugin, GraphQLRequestContext, GraphQLRequestListener } from '@apollo/server';
import type { Admission } from './admission.js';
import { reportFaults } from './client-error.js';
import type { GraphqlContext } from './context.js';

/** Admission and fault reports over HTTP. The listener is one object for all requests: it keeps nothing of its own. */
export function admissionPlugin(admission: Admission): ApolloServerPlugin<GraphqlContext> {
  const listener: GraphQLRequestListener<GraphqlContext> = {
    didResolveOperation(request): Promise<void> {
      note(request);
      try {
        admission.admit({
          schema: request.schema,
          document: request.document,
          operationName: request.request.operationName,
          variables: request.request.variables,
          authenticated: request.contextValue.caller !== null,
        });
      } catch (error) {
        // Apollo answers 500 to an error that names no status
        if (error instanceof Error && 'extensions' in error)
          Object.assign(error.extensions as object, { http: { status: 400 } });
        return Promise.reject(error as Error);
      }
      return DONE;
    },
    didEncounterErrors({ errors, contextValue }): Promise<void> {
      reportFaults(errors, contextValue.correlation);
      return DONE;
    },
  };
  const started = Promise.resolve(listener);
  return { requestDidStart: () => started };
}

const DONE = Promise.resolve();

function note({ contextValue, operation }: GraphQLRequestContext<GraphqlContext>): void {
  if (contextValue.req && operation) {
    contextValue.req.graphqlOperation = { name: operation.name?.value ?? null, kind: operation.operation };
  }
}
