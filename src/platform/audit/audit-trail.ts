import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { type Change, CHANGE_COLUMNS, type ChangeRow, changeOf } from '../events/index.js';

/** Changes as they were recorded, read back by what they are about. */
@Injectable()
export class AuditTrail {
  constructor(private readonly database: Database) {}

  /** Changes of one subject, the latest first. */
  async of(subject: string, limit: number, before: number | null): Promise<Change[]> {
    const rows = await this.database.query<ChangeRow>(
      `SELECT ${CHANGE_COLUMNS} FROM change c WHERE subject = $1 AND ($3::bigint IS NULL OR id < $3) ORDER BY id DESC LIMIT $2`,
      [subject, limit, before],
    );
    return rows.map(changeOf);
  }

  async count(subject: string): Promise<number> {
    const [row] = await this.database.query<{ count: number }>(
      'SELECT count(*) AS count FROM change WHERE subject = $1',
      [subject],
    );
    return row!.count;
  }
}
