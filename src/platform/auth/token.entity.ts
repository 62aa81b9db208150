import { Check, Column, Entity, PrimaryGeneratedColumn, Unique } from 'typeorm';
import type { Role } from '../context/request-context.js';

// Schema only: rows are read and written by SQL, since timestamps keep microseconds (see docs/decisions).

@Entity({ name: 'token', comment: 'Bearer tokens of the API; only the SHA-256 of the secret is kept' })
@Unique('token_name_taken', ['name'])
@Unique('token_hash', ['hash'])
@Check('token_role', `role IN ('reader', 'operator', 'admin')`)
export class TokenEntity {
  @PrimaryGeneratedColumn('identity', {
    type: 'int',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'token_pkey',
  })
  id!: number;
  @Column({ type: 'text' }) name!: string;
  @Column({ type: 'text' }) role!: Role;
  @Column({ type: 'bytea' }) hash!: Buffer;
  @Column({ type: 'timestamptz' }) created_at!: string;
  @Column({ type: 'text' }) created_by!: string;
  @Column({ type: 'timestamptz', nullable: true }) expires_at!: string | null;
  @Column({ type: 'timestamptz', nullable: true }) revoked_at!: string | null;
}
