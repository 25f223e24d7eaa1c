/** Saved views in the database, where several servers share them. */
import { z } from 'zod';
import type { ViewContent } from '@tendril/api/views';
import { int64, sql, string, strings, uint64, uint8, type Sql } from '@tendril/sql/sql';
import type { Engine } from '../engine/engine.ts';

export interface StoredView extends ViewContent {
  readonly id: string;
  readonly version: number;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  readonly updatedBy: string;
}

export interface ViewTable {
  /** All that are not deleted, by name. */
  list(): Promise<readonly StoredView[]>;
  find(id: string): Promise<StoredView | undefined>;
  write(view: StoredView): Promise<void>;
  /** Its name and query go with it. */
  remove(view: Pick<StoredView, 'id' | 'version'>): Promise<void>;
}

const TIMEOUT_MS = 5_000;

const rowSchema = z
  .object({
    Id: z.string(),
    Version: z.coerce.number(),
    Name: z.string(),
    Description: z.string(),
    Query: z.string(),
    Columns: z.array(z.string()),
    RangeFrom: z.string(),
    RangeTo: z.string(),
    Tags: z.array(z.string()),
    CreatedAtMs: z.coerce.number(),
    UpdatedAtMs: z.coerce.number(),
    UpdatedBy: z.string(),
  })
  .transform((row): StoredView => ({
    id: row.Id,
    version: row.Version,
    name: row.Name,
    description: row.Description,
    query: row.Query,
    columns: row.Columns,
    range: row.RangeFrom === '' ? null : { from: row.RangeFrom, to: row.RangeTo },
    tags: row.Tags,
    createdAtMs: row.CreatedAtMs,
    updatedAtMs: row.UpdatedAtMs,
    updatedBy: row.UpdatedBy,
  }));

export function viewTable(engine: Engine): ViewTable {
  const read = async (statement: Sql): Promise<StoredView[]> => {
    const { rows } = await engine.query(statement, { limits: { timeoutMs: TIMEOUT_MS } });
    const views: StoredView[] = [];
    for await (const row of rows) views.push(rowSchema.parse(row));
    return views;
  };
  return {
    list: async () => await read(readViewsQuery()),
    find: async (id) => (await read(readViewQuery(id)))[0],
    write: async (view) => {
      await engine.command(writeViewStatement(view), { timeoutMs: TIMEOUT_MS });
    },
    remove: async ({ id, version }) => {
      await engine.command(removeViewStatement(id, version), { timeoutMs: TIMEOUT_MS });
    },
  };
}

const COLUMNS: Sql = sql`Id, Version, Name, Description, Query, Columns, RangeFrom, RangeTo, Tags, CreatedAtMs, UpdatedAtMs, UpdatedBy`;

export function readViewsQuery(): Sql {
  return sql`SELECT ${COLUMNS}
FROM saved_views FINAL
WHERE NOT IsDeleted
ORDER BY lowerUTF8(Name), Id`;
}

export function readViewQuery(id: string): Sql {
  return sql`SELECT ${COLUMNS}
FROM saved_views FINAL
WHERE Id = ${string(id)} AND NOT IsDeleted`;
}

export function writeViewStatement(view: StoredView): Sql {
  const { from = '', to = '' } = view.range ?? {};
  const text = sql`${string(view.name)}, ${string(view.description)}, ${string(view.query)}`;
  const lists = sql`${strings(view.columns)}, ${string(from)}, ${string(to)}, ${strings(view.tags)}`;
  const changed = sql`${int64(BigInt(view.createdAtMs))}, ${int64(BigInt(view.updatedAtMs))}, ${string(view.updatedBy)}`;
  return sql`INSERT INTO saved_views (${COLUMNS}) VALUES (${string(view.id)}, ${uint64(BigInt(view.version))}, ${text}, ${lists}, ${changed})`;
}

export function removeViewStatement(id: string, version: number): Sql {
  return sql`INSERT INTO saved_views (Id, Version, IsDeleted) VALUES (${string(id)}, ${uint64(BigInt(version))}, ${uint8(1)})`;
}
