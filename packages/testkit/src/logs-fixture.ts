/** A real engine with our tables, and rows in them that a test can count on. */
import { readdirSync, readFileSync } from 'node:fs';
import type { Engine } from '@tendril/server/engine/engine';
import { int64, joinSql, sql, string, uint64, type Sql } from '@tendril/sql/sql';
import { startEngineFixture, type EngineFixture } from './engine-fixture.ts';

const MIGRATIONS = new URL('../../server/src/engine/migrations/', import.meta.url);

export async function startLogsFixture(): Promise<EngineFixture> {
  const fixture = await startEngineFixture();
  for (const statement of migrationStatements()) await fixture.engine.command(statement);
  // The rows of tests are of a fixed day, whatever today is.
  await fixture.engine.command(sql`ALTER TABLE logs REMOVE TTL`);
  await fixture.engine.command(sql`ALTER TABLE log_fields REMOVE TTL`);
  await fixture.engine.command(sql`ALTER TABLE traces REMOVE TTL`);
  return fixture;
}

function migrationStatements(): Sql[] {
  const files = readdirSync(MIGRATIONS).filter((name) => name.endsWith('.sql'));
  return files.sort().flatMap((name) => {
    const text = readFileSync(new URL(name, MIGRATIONS), 'utf8').replaceAll(/^\s*--.*$/gm, '');
    const statements = text.split(/;\s*(?:\n|$)/).filter((statement) => statement.trim() !== '');
    return statements.map((statement): Sql => ({ kind: 'sql', parts: [statement] }));
  });
}

/** A row of `logs`; what is left out is empty. */
export interface LogRow {
  readonly timestampNs: bigint;
  readonly recordId: bigint;
  readonly body?: string;
  readonly severityNumber?: number;
  readonly serviceName?: string;
  readonly operationId?: string;
  readonly resourceId?: bigint;
  /** JSON text of an object. */
  readonly attributes?: string;
}

const COLUMNS = sql`Timestamp, ObservedTimestamp, RecordId, Body, SeverityNumber, ServiceName, OperationId, ResourceId, Attributes`;

export async function insertLogRows(engine: Engine, rows: readonly LogRow[]): Promise<void> {
  const values = rows.map((row) => {
    const time = sql`fromUnixTimestamp64Nano(${int64(row.timestampNs)})`;
    return sql`(${time}, ${time}, ${uint64(row.recordId)}, ${string(row.body ?? '')}, ${int64(BigInt(row.severityNumber ?? 0))}, ${string(row.serviceName ?? '')}, ${string(row.operationId ?? '')}, ${uint64(row.resourceId ?? 0n)}, ${string(row.attributes ?? '{}')})`;
  });
  await engine.command(sql`INSERT INTO logs (${COLUMNS}) VALUES ${joinSql(values, ', ')}`);
}

/** A row of `log_fields` that says a field exists. */
export interface FieldRow {
  readonly hourNs: bigint;
  readonly source: 'column' | 'attribute' | 'overflow' | 'resource' | 'scope';
  readonly name: string;
  readonly type?: string;
  readonly count?: number;
}

export async function insertFieldRows(engine: Engine, rows: readonly FieldRow[]): Promise<void> {
  const values = rows.map((row) => {
    const hour = sql`toStartOfHour(toDateTime(${int64(row.hourNs / 1_000_000_000n)}, 'UTC'))`;
    return sql`(${hour}, ${string(row.source)}, ${string(row.name)}, ${string(row.type ?? 'string')}, '', ${int64(BigInt(row.count ?? 1))}, ${hour})`;
  });
  await engine.command(
    sql`INSERT INTO log_fields (Hour, Source, Name, Type, Value, Count, ObservedHour) VALUES ${joinSql(values, ', ')}`,
  );
}

/** Resources are maps of text. */
export async function insertResource(
  engine: Engine,
  resourceId: bigint,
  attributes: Readonly<Record<string, string>>,
): Promise<void> {
  const entries = Object.entries(attributes).map(
    ([key, value]) => sql`${string(key)}, ${string(value)}`,
  );
  await engine.command(
    sql`INSERT INTO resources (ResourceId, Attributes) VALUES (${uint64(resourceId)}, map(${joinSql(entries, ', ')}))`,
  );
}
