import 'reflect-metadata';
import type { Server } from 'node:http';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app.module.js';
import { announceFirstToken, FirstTokenMaker } from './platform/auth/first-token.js';
import type { Settings } from './platform/config/settings.js';
import { Database } from './platform/database/database.js';
import { openDatabase } from './platform/database/open-database.js';
import { createHttpAdapter, observeRequests } from './platform/ops/http-adapter.js';
import { createLog, NestLog } from './platform/ops/log.js';
import { Metrics } from './platform/ops/metrics.js';
import { ReadinessChecks } from './platform/ops/readiness.js';

/** For what is left to do when the patience with requests has come to its end. */
const LAST_SECONDS = 2;

export interface Service {
  /** `http://127.0.0.1:4000` */
  readonly url: string;
  readonly app: NestFastifyApplication;
  /** Rejects when the embedded PostgreSQL ends by itself; never resolves. */
  readonly failed: Promise<never>;
  /** Finishes what is under way, for at most `CADASTRE_SHUTDOWN_SECONDS`, then stops the database. Repeatable. */
  stop(): Promise<void>;
}

/** Boots the whole service; what has started is stopped again when a later step fails. */
export async function startService(
  settings: Settings,
  stdout: Pick<NodeJS.WriteStream, 'isTTY' | 'write'>,
  replacements: Parameters<typeof AppModule.of>[2] = {},
): Promise<Service> {
  const log = createLog(settings.log);
  const database = await openDatabase(settings);
  let started: NestFastifyApplication | undefined;
  try {
    const adapter = createHttpAdapter(settings);
    const app = await NestFactory.create<NestFastifyApplication>(
      AppModule.of(settings, database.dataSource, replacements),
      adapter,
      {
        logger: new NestLog(log),
        abortOnError: false,
      },
    );
    started = app;
    observeRequests(adapter, app.get(Metrics), log);
    const first = await app.get(FirstTokenMaker).make();
    if (first) announceFirstToken(first, stdout);
    const readiness = app.get(ReadinessChecks);
    readiness.add({ name: 'database', check: async () => void (await app.get(Database).query('SELECT 1')) });
    await app.listen(settings.server.port, settings.server.host);

    let stopping: Promise<void> | null = null;
    const stop = async (): Promise<void> => {
      readiness.stop();
      const closed = app.close();
      if (!(await withinSeconds(settings.server.shutdownSeconds, closed))) {
        (app.getHttpServer() as Server).closeAllConnections();
        await withinSeconds(LAST_SECONDS, closed);
      }
      await database.close();
      log.flush();
    };
    return {
      url: await app.getUrl(),
      app,
      failed: new Promise<never>((_, reject) => {
        void database.embedded?.exited.then(({ code, signal }) => {
          if (!stopping)
            reject(
              new Error(
                `The embedded PostgreSQL ended by itself (${signal ?? `code ${code}`}): see postgres.log in the data folder.`,
              ),
            );
        });
      }),
      stop: () => (stopping ??= stop()),
    };
  } catch (error) {
    await started?.close();
    await database.close();
    throw error;
  }
}

/** True where the work was done by then. */
async function withinSeconds(seconds: number, work: Promise<void>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<boolean>((resolve) => (timer = setTimeout(() => resolve(false), seconds * 1000)));
  const done = await Promise.race([work.then(() => true), limit]);
  clearTimeout(timer);
  return done;
}
