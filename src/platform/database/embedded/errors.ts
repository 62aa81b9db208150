/** No PostgreSQL binaries can run here: unsupported platform, package left out at installation, or no place to run them from. */
export class EmbeddedPostgresUnavailableError extends Error {
  override readonly name = 'EmbeddedPostgresUnavailableError';

  constructor(reason: string) {
    super(`${reason} Set DATABASE_URL to a PostgreSQL 18 server instead of the embedded one.`);
  }
}

/** The data folder belongs to a PostgreSQL that is running; nothing was touched. */
export class DataFolderInUseError extends Error {
  override readonly name = 'DataFolderInUseError';

  constructor(
    readonly dataFolder: string,
    readonly pid: number,
  ) {
    super(
      `The data folder ${dataFolder} is in use by the PostgreSQL with process id ${pid}. ` +
        'Stop the service that started it, or choose another data folder.',
    );
  }
}

/** The data folder was written by another major version of PostgreSQL; nothing was touched. */
export class DataFolderVersionError extends Error {
  override readonly name = 'DataFolderVersionError';

  constructor(
    readonly dataFolder: string,
    readonly found: string,
    readonly supported: string,
  ) {
    super(
      `The data folder ${dataFolder} was written by PostgreSQL ${found}, this release embeds ${supported}. ` +
        `Start it with the release that wrote it, dump it (pg_dump ${found}), move the folder away and restore the dump ` +
        `here; or set DATABASE_URL to a PostgreSQL ${found} server that runs on a copy of ${dataFolder}/data.`,
    );
  }
}

/** The data folder cannot be used as it is: foreign content, wrong owner or permissions. */
export class DataFolderUnusableError extends Error {
  override readonly name = 'DataFolderUnusableError';
}

/** initdb or the server ended before it was ready; the message ends with its last log lines. */
export class EmbeddedPostgresStartError extends Error {
  override readonly name = 'EmbeddedPostgresStartError';

  constructor(
    what: string,
    readonly lastLogLines: string,
  ) {
    super(`${what} Its last words:\n${lastLogLines || '(none)'}`);
  }
}
