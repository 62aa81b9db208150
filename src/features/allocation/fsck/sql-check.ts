import type { FsckCheck } from '../../../platform/ops/fsck.js';
import { inSnapshot, pagesOf } from './snapshot.js';

interface Fault extends Record<string, unknown> {
  readonly subject: string;
  readonly message: string;
}

/** A check whose query gives what is wrong, as `subject` and `message`; PostgreSQL sorts on disk what is large. */
export function sqlCheck(name: string, describe: string, query: string): FsckCheck {
  return {
    name,
    describe,
    run: (database) =>
      inSnapshot(database, async function* (reader) {
        for await (const page of pagesOf<Fault>(reader, query)) {
          for (const { subject, message } of page) yield { subject, message, repairable: false };
        }
      }),
  };
}
