import type { Command } from 'commander';
import { Client } from '../graphql/client.js';
import { type ConnectionOptions, connectionOf } from './contexts/connection.js';
import { type Io } from './io.js';
import { Printer } from './output/printer.js';

export interface GlobalOptions extends ConnectionOptions {
  readonly json?: boolean;
  readonly timeout?: number;
}

/** What a command works with. */
export class Session {
  readonly out: Printer;
  private opened: Client | undefined;

  constructor(
    readonly io: Io,
    readonly options: GlobalOptions,
  ) {
    this.out = new Printer(io, options.json ?? false);
  }

  /** Throws UsageError where no connection can be made of options, environment and contexts. */
  get client(): Client {
    const { timeout } = this.options;
    return (this.opened ??= new Client({
      ...connectionOf(this.options, this.io.env),
      ...(timeout !== undefined && { timeoutMs: timeout * 1000 }),
    }));
  }
}

/**
 * For `command.action(act(io, async (session, ...args, options) => …))`. What `work` returns is the exit code; nothing
 * is 0.
 */
export function act<Given extends unknown[]>(
  io: Io,
  work: (session: Session, ...given: Given) => Promise<number | void>,
): (...given: unknown[]) => Promise<void> {
  return async (...given) => {
    const command = given.at(-1) as Command;
    const session = new Session(io, command.optsWithGlobals<GlobalOptions>());
    const exit = await work(session, ...(given.slice(0, -1) as Given));
    if (exit) io.exitWith(exit);
  };
}
