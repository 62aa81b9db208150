import type { LoggerService } from '@nestjs/common';
import { destination, type DestinationStream, type Logger, pino, stdSerializers } from 'pino';
import type { Settings } from '../config/settings.js';
import { redact } from './redact.js';

/**
 * The service's log: one JSON object per line on stderr. Secrets are struck out of every line as it is written,
 * wherever they came from.
 */
export function createLog(settings: Settings['log'], stream?: DestinationStream): Logger {
  const target = stream ?? destination({ dest: 2, sync: true });
  return pino(
    {
      level: settings.level,
      base: undefined,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: {
        paths: ['authorization', '*.authorization', '*.*.authorization', 'token', 'secret', 'password'],
        censor: '[secret]',
      },
      serializers: { err: stdSerializers.err },
      hooks: { streamWrite: redact },
    },
    target,
  );
}

/** The log behind Nest's Logger. A message may be an object: its fields become fields of the line. */
export class NestLog implements LoggerService {
  constructor(private readonly pino: Logger) {}

  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, rest);
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.write('error', message, rest);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }

  log(message: unknown, ...rest: unknown[]): void {
    this.write('info', message, rest);
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.write('trace', message, rest);
  }

  /** Nest puts the context last and, for errors, a stack before it. */
  private write(
    level: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace',
    message: unknown,
    rest: unknown[],
  ): void {
    if (!this.pino.isLevelEnabled(level)) return;
    const context = typeof rest.at(-1) === 'string' ? (rest.at(-1) as string) : undefined;
    const stack = rest.length > 1 && typeof rest[0] === 'string' ? rest[0] : undefined;
    const fields =
      message instanceof Error
        ? { err: message }
        : typeof message === 'object' && message !== null
          ? message
          : { msg: String(message) };
    this.pino[level]({ context, stack, ...fields });
  }
}
