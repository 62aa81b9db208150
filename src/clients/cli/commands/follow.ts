import { WebSocket } from 'ws';
import { createClient, type FormattedExecutionResult } from 'graphql-ws';
import { AnswerError, errorOf } from '../../graphql/answer-error.js';
import {
  followChanges,
  type FollowChangesSubscription,
  type FollowChangesSubscriptionVariables,
} from '../../graphql/operations.js';
import type { Session } from '../session.js';
import { changeText } from './change-text.js';

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;
/** The close codes of the protocol that no later attempt mends. */
const FORBIDDEN = 4403;
const UNAUTHORIZED = 4401;

export interface FollowOptions {
  readonly pool?: string;
  readonly sincePosition?: string;
  readonly sinceSequence?: string;
}

/**
 * Prints changes as they are published, for ever. A lost connection is made anew and goes on after the last change seen.
 * Throws AnswerError where the service refuses, and where there is none at the start.
 */
export async function follow({ client, out }: Session, options: FollowOptions): Promise<never> {
  const { pool } = options;
  let { sincePosition, sinceSequence } = options;
  let wait = FIRST_WAIT_MS;
  for (let connected = false; ;) {
    const variables: FollowChangesSubscriptionVariables = { pool, sincePosition, sinceSequence };
    try {
      await subscribe(client, variables, {
        connected: () => {
          if (connected) out.note('connected again');
          connected = true;
          wait = FIRST_WAIT_MS;
        },
        change: (change) => {
          if (pool === undefined) sincePosition = change.position ?? sincePosition;
          else sinceSequence = change.sequence ?? sinceSequence;
          out.item(change, () => changeText(change));
        },
      });
    } catch (error) {
      if (!connected || !(error instanceof AnswerError) || error.code !== 'UNAVAILABLE') throw error;
    }
    const place = sincePosition ?? sinceSequence;
    out.note(
      place === undefined
        ? 'The connection is lost; no change was seen yet, so what happens until it is back may be missing.'
        : `The connection is lost; going on after ${place}.`,
    );
    await new Promise((resolve) => setTimeout(resolve, wait * (0.5 + Math.random() / 2)));
    wait = Math.min(wait * 2, LONGEST_WAIT_MS);
  }
}

interface Listener {
  connected(): void;
  change(change: FollowChangesSubscription['changes']): void;
}

/** Resolves when the service ends the subscription, rejects with AnswerError. */
function subscribe(
  { url, token }: Session['client'],
  variables: FollowChangesSubscriptionVariables,
  listener: Listener,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const connection = createClient({
      url: `${url.replace(/^http/, 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: token ? { authorization: `Bearer ${token}` } : {},
      retryAttempts: 0,
      // a connection that says nothing is told from one that is broken
      keepAlive: 20_000,
      on: { connected: listener.connected },
    });
    connection.subscribe<FollowChangesSubscription>(
      { query: followChanges.text, variables: { ...variables } },
      {
        next: (answer: FormattedExecutionResult<FollowChangesSubscription>) => {
          const [error] = answer.errors ?? [];
          if (error) reject(errorOf(error));
          else if (answer.data) listener.change(answer.data.changes);
        },
        error: (error) => reject(answerErrorOf(url, error)),
        complete: () => resolve(),
      },
    );
  });
}

interface Closed {
  readonly code?: unknown;
  readonly reason?: string;
  readonly error?: { readonly code?: string };
}

/** From what graphql-ws rejects with: errors of the service, a close event, or an error event of the connection. */
function answerErrorOf(url: string, given: unknown): AnswerError {
  if (Array.isArray(given)) return errorOf(given[0] as Parameters<typeof errorOf>[0]);
  const { code, reason, error } = given as Closed;
  if (code === FORBIDDEN || code === UNAUTHORIZED)
    return new AnswerError('UNAUTHENTICATED', 'This token is missing, unknown, expired or revoked.', { url });
  const why = error?.code ?? (reason || code);
  return error?.code === 'ECONNREFUSED'
    ? new AnswerError('UNAVAILABLE', `Nobody listens at ${url} (${why}).`, { url, reason: why })
    : new AnswerError('UNAVAILABLE', `The connection to ${url} broke (${String(why)}).`, {
        url,
        reason: why,
      });
}
