/**
 * Which attributes the stored records have, from the table that the writers keep. Held in memory, since
 * checking a query asks for single names and for all of them; read again when a name is missing.
 */
import { z } from 'zod';
import { Failure } from '@tendril/model/failure';
import {
  fieldCatalogue,
  type AttributeField,
  type AttributeType,
  type FieldCatalogue,
} from '@tendril/query/catalogue';
import { identifier, sql, uint32, type Sql } from '@tendril/sql/sql';
import type { Engine } from '../engine/engine.ts';
import type { RecordSource } from './record-source.ts';
import { allRows, type StatementOptions } from './statement.ts';

/** Keys beyond are found by none but those who know them: a sender that makes up keys reaches this. */
const NAMES_MAX = 50_000;
/** Types are read again after this long: a key may have got another one. */
const STALE_MS = 30_000;

const rowSchema = z.object({
  source: z.string(),
  name: z.string(),
  types: z.array(z.string()),
});
type Row = z.infer<typeof rowSchema>;

type FieldsTable = RecordSource['fieldsTable'];

const EMPTY = fieldCatalogue([]);

export class StoredCatalogue {
  private readonly engine: Engine;
  private readonly table: FieldsTable;
  private readonly nowMs: () => number;
  private current: FieldCatalogue = EMPTY;
  private readAtMs = Number.NEGATIVE_INFINITY;

  constructor(engine: Engine, table: FieldsTable, nowMs: () => number) {
    this.engine = engine;
    this.table = table;
    this.nowMs = nowMs;
  }

  /** Runs `check` with the fields known; once more with fresh ones when it misses a field. */
  async checked<T>(check: (catalogue: FieldCatalogue) => T, options: StatementOptions): Promise<T> {
    const askedAtMs = this.nowMs();
    if (askedAtMs - this.readAtMs > STALE_MS) await this.read(options);
    try {
      return check(this.current);
    } catch (error) {
      // What was read since was read after everything that the asker may expect to find.
      if (!isUnknownField(error) || this.readAtMs >= askedAtMs) throw error;
      await this.read(options);
      return check(this.current);
    }
  }

  private async read(options: StatementOptions): Promise<void> {
    const readAtMs = this.nowMs();
    const rows = await allRows(this.engine, catalogueQuery(this.table), options);
    this.current = fieldCatalogue(fieldsOf(rows.map((row) => rowSchema.parse(row))));
    this.readAtMs = readAtMs;
  }
}

function isUnknownField(error: unknown): boolean {
  return error instanceof Failure && error.code === 'query_unknown_field';
}

/** Rows without a value count the records that have the field; the others are its values. */
export function catalogueQuery(table: FieldsTable): Sql {
  return sql`SELECT Source AS source, Name AS name, groupUniqArray(Type) AS types
FROM ${identifier(table)}
WHERE Source IN ('attribute', 'overflow', 'resource') AND Value = ''
GROUP BY Source, Name
ORDER BY sum(Count) DESC, Name
LIMIT ${uint32(NAMES_MAX)}`;
}

function fieldsOf(rows: readonly Row[]): AttributeField[] {
  const named = (wanted: string): ReadonlyMap<string, Row> =>
    new Map(rows.filter(({ source }) => source === wanted).map((row) => [row.name, row]));
  const paths = named('attribute');
  const overflow = named('overflow');
  const resources = named('resource');
  return [
    ...[...paths.values()].map((row): AttributeField => ({
      key: row.name,
      scope: 'attribute',
      types: row.types.flatMap(typeOf),
      storage: overflow.has(row.name) ? 'both' : 'path',
    })),
    ...[...overflow.values()]
      .filter(({ name }) => !paths.has(name))
      .map(({ name }): AttributeField => ({
        key: name,
        scope: 'attribute',
        types: ['string'],
        storage: 'overflow',
      })),
    ...[...resources.values()].map(({ name }): AttributeField => ({
      key: name,
      scope: 'resource',
      types: ['string'],
      storage: 'path',
    })),
  ];
}

const TYPES: ReadonlyMap<string, AttributeType> = new Map([
  ['string', 'string'],
  ['integer', 'int'],
  ['float', 'float'],
  ['boolean', 'bool'],
  ['array', 'array'],
]);

function typeOf(name: string): readonly AttributeType[] {
  const type = TYPES.get(name);
  return type === undefined ? [] : [type];
}
