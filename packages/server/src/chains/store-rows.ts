/** Rows of the statements about chains, and where what they tell of runs. */
import { instanceOf, versionOf } from '@tendril/chains/instance';
import type { Sighting } from '@tendril/chains/sighting';
import type { Sql } from '@tendril/sql/sql';
import type { z } from 'zod';
import type { LogReader } from '../logs/log-reader.ts';
import { allRows, type StatementOptions } from '../logs/statement.ts';

interface OfResource {
  readonly resourceId: string;
}

export class StoreRows {
  private readonly reader: LogReader;
  private readonly statement: StatementOptions;

  constructor(reader: LogReader, statement: StatementOptions) {
    this.reader = reader;
    this.statement = statement;
  }

  async read<T>(query: Sql, schema: z.ZodType<T>): Promise<readonly T[]> {
    const rows = await allRows(this.reader.engine, query, this.statement);
    return rows.map((row) => schema.parse(row));
  }

  /** Before `placeOf` is asked. */
  async loadResources(rows: readonly OfResource[]): Promise<void> {
    const ids = rows.map(({ resourceId }) => resourceId);
    await this.reader.resources.load(ids, this.statement);
  }

  placeOf({ resourceId }: OfResource): Pick<Sighting, 'instance' | 'version'> {
    const resource = this.reader.resources.get(resourceId);
    return { instance: instanceOf(resource), version: versionOf(resource) };
  }
}
