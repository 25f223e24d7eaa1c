/** The tokens in the database, where several servers share them. */
import { z } from 'zod';
import { SCOPES } from '@tendril/api/scope';
import { joinSql, sql, string, strings, int64, uint8, type Sql } from '@tendril/sql/sql';
import type { Engine } from '../engine/engine.ts';
import type { StoredToken } from './stored-token.ts';

export interface TokenTable {
  read(): Promise<readonly StoredToken[]>;
  write(tokens: readonly StoredToken[]): Promise<void>;
}

const TIMEOUT_MS = 5_000;
/** Beyond the registry's own limit, since revoked ones stay. */
const ROWS_MAX = 100_000;

const timeMs = z.coerce.number().transform((value) => (value === 0 ? undefined : value));

const rowSchema = z
  .object({
    Id: z.string(),
    Name: z.string(),
    Scopes: z.array(z.enum(SCOPES)),
    Hash: z.string(),
    CreatedAtMs: z.coerce.number(),
    ExpiresAtMs: timeMs,
    RevokedAtMs: timeMs,
  })
  .transform((row): StoredToken => ({
    id: row.Id,
    name: row.Name,
    scopes: row.Scopes,
    hash: row.Hash,
    createdAtMs: row.CreatedAtMs,
    expiresAtMs: row.ExpiresAtMs,
    revokedAtMs: row.RevokedAtMs,
  }));

export function tokenTable(engine: Engine): TokenTable {
  return {
    read: async () => {
      const limits = { timeoutMs: TIMEOUT_MS, rowsMax: ROWS_MAX };
      const { rows } = await engine.query(readTokensQuery(), { limits });
      const tokens: StoredToken[] = [];
      for await (const row of rows) tokens.push(rowSchema.parse(row));
      return tokens;
    },
    write: async (tokens) => {
      await engine.command(writeTokensStatement(tokens), { timeoutMs: TIMEOUT_MS });
    },
  };
}

export function readTokensQuery(): Sql {
  return sql`SELECT Id, Name, Scopes, Hash, CreatedAtMs, ExpiresAtMs, RevokedAtMs
FROM access_tokens FINAL
ORDER BY Id`;
}

export function writeTokensStatement(tokens: readonly StoredToken[]): Sql {
  const rows = tokens.map(
    (token) =>
      sql`(${string(token.id)}, ${string(token.name)}, ${strings(token.scopes)}, ${string(token.hash)}, ${int64(BigInt(token.createdAtMs))}, ${int64(BigInt(token.expiresAtMs ?? 0))}, ${int64(BigInt(token.revokedAtMs ?? 0))}, ${uint8(token.revokedAtMs === undefined ? 1 : 2)})`,
  );
  return sql`INSERT INTO access_tokens (Id, Name, Scopes, Hash, CreatedAtMs, ExpiresAtMs, RevokedAtMs, Version) VALUES ${joinSql(rows, ', ')}`;
}
