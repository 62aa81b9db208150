import { Injectable } from '@nestjs/common';
import { formatInstant, type Instant, parseInstant } from '../context/instant.js';
import type { Role } from '../context/request-context.js';
import { Database } from '../database/database.js';
import type { Reader, Tx } from '../database/statement.js';

export interface Token {
  readonly id: number;
  readonly name: string;
  readonly role: Role;
  readonly createdAt: Instant;
  readonly createdBy: string;
  readonly expiresAt: Instant | null;
  readonly revokedAt: Instant | null;
}

export interface NewToken {
  readonly name: string;
  readonly role: Role;
  readonly hash: Buffer;
  readonly createdBy: string;
  readonly expiresAt: Instant | null;
}

interface TokenRow {
  id: number;
  name: string;
  role: Role;
  created_at: string;
  created_by: string;
  expires_at: string | null;
  revoked_at: string | null;
}

const COLUMNS = 'id, name, role, created_at, created_by, expires_at, revoked_at';

const FIND_LIVE = {
  name: 'token-find-live',
  text: `SELECT name, role, extract(epoch FROM expires_at - cadastre_now())::float8 AS seconds_left
           FROM token
          WHERE hash = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > cadastre_now())`,
};

/** The token table. */
@Injectable()
export class TokenStore {
  constructor(private readonly database: Database) {}

  /** The token with this hash if it is good now; `secondsLeft` is null where it never expires. One indexed read. */
  async findLive(hash: Buffer): Promise<{ name: string; role: Role; secondsLeft: number | null } | null> {
    const [row] = await this.database.query<{ name: string; role: Role; seconds_left: number | null }>(
      FIND_LIVE,
      [hash],
    );
    return row ? { name: row.name, role: row.role, secondsLeft: row.seconds_left } : null;
  }

  /** Tokens by name, also expired and revoked ones: at most `limit` of those after `after`. */
  async list(limit: number, after: string | null): Promise<Token[]> {
    const rows = await this.database.query<TokenRow>(
      `SELECT ${COLUMNS} FROM token WHERE $2::text IS NULL OR name > $2 ORDER BY name LIMIT $1`,
      [limit, after],
    );
    return rows.map(toToken);
  }

  async count(): Promise<number> {
    const [row] = await this.database.query<{ count: number }>('SELECT count(*)::int AS count FROM token');
    return row!.count;
  }

  /** By the database's clock. */
  async isPast(tx: Tx, instant: Instant): Promise<boolean> {
    const [row] = await tx.query<{ past: boolean }>('SELECT $1::timestamptz <= cadastre_now() AS past', [
      formatInstant(instant),
    ]);
    return row!.past;
  }

  async isEmpty(reader: Reader): Promise<boolean> {
    const [row] = await reader.query<{ none: boolean }>('SELECT NOT EXISTS (SELECT FROM token) AS none');
    return row!.none;
  }

  /** Null where the name is taken, also by a token that is no longer good. */
  async insert(tx: Tx, token: NewToken): Promise<Token | null> {
    const [row] = await tx.query<TokenRow>(
      `INSERT INTO token (name, role, hash, created_at, created_by, expires_at)
       VALUES ($1, $2, $3, cadastre_now(), $4, $5)
       ON CONFLICT ON CONSTRAINT token_name_taken DO NOTHING RETURNING ${COLUMNS}`,
      [
        token.name,
        token.role,
        token.hash,
        token.createdBy,
        token.expiresAt === null ? null : formatInstant(token.expiresAt),
      ],
    );
    return row ? toToken(row) : null;
  }

  /** The token as it then is and whether this call revoked it; null where there is none. Revoking twice changes nothing. */
  async revoke(tx: Tx, id: number): Promise<{ token: Token; changed: boolean } | null> {
    const [before] = await tx.query<TokenRow>(`SELECT ${COLUMNS} FROM token WHERE id = $1 FOR UPDATE`, [id]);
    if (!before) return null;
    if (before.revoked_at !== null) return { token: toToken(before), changed: false };
    const [after] = await tx.query<TokenRow>(
      `UPDATE token SET revoked_at = cadastre_now() WHERE id = $1 RETURNING ${COLUMNS}`,
      [id],
    );
    return { token: toToken(after!), changed: true };
  }
}

function toToken(row: TokenRow): Token {
  return {
    id: row.id,
    name: row.name,
    role: row.role,
    createdAt: parseInstant(row.created_at),
    createdBy: row.created_by,
    expiresAt: row.expires_at === null ? null : parseInstant(row.expires_at),
    revokedAt: row.revoked_at === null ? null : parseInstant(row.revoked_at),
  };
}
