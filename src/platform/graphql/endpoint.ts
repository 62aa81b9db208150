/** Path of the API, for HTTP and for WebSocket. */
export const ENDPOINT = '/graphql';
