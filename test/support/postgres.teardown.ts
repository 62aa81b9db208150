import type {} from './postgres.setup.js';

/** Runs in the process of the setup, which left it the way to undo everything. */
export default async function teardown(): Promise<void> {
  await globalThis.stopTestPostgres?.();
}
