import { Check, Column, Entity, PrimaryColumn, Unique } from 'typeorm';
import type { Role } from '../context/request-context.js';

/** Table `token`: bearer tokens of the API; only the SHA-256 of the secret is kept. */
@Entity('token')
@Unique('token_name_taken', ['name'])
@Unique('token_hash', ['hash'])
@Check('token_role', `role IN ('reader', 'operator', 'admin')`)
export class TokenEntity {
  @PrimaryColumn({
    type: 'int',
    generated: 'identity',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'token_pkey',
  })
  id!: number;

  @Column('text')
  name!: string;

  @Column('text')
  role!: Role;

  @Column('bytea')
  hash!: Buffer;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: string;

  @Column('text', { name: 'created_by' })
  createdBy!: string;

  @Column('timestamptz', { name: 'expires_at', nullable: true })
  expiresAt!: string | null;

  @Column('timestamptz', { name: 'revoked_at', nullable: true })
  revokedAt!: string | null;
}
