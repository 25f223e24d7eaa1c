/**
 * How the rows of a table are spread over days, as far as the engine knows without reading them. Held in
 * memory and read again in the background: an estimate that is a little old is as good.
 */
import { z } from 'zod';
import { NS_PER_DAY, NS_PER_MS, type TimeRange } from '@tendril/model/time-range';
import { sql, string, type Sql } from '@tendril/sql/sql';
import { DATABASE, type Engine } from '../engine/engine.ts';
import type { Order } from './cursor.ts';
import type { RecordSource } from './record-source.ts';
import { rowsWithin, widthForRows, type DayRows } from './day-rows.ts';

const STALE_MS = 30_000;
const TIMEOUT_MS = 2_000;

const rowSchema = z.object({ day: z.string(), rows: z.coerce.number() });

export class TableDensity {
  private readonly engine: Engine;
  private readonly table: RecordSource['table'];
  private readonly nowMs: () => number;
  private days: DayRows = new Map();
  private readAtMs = Number.NEGATIVE_INFINITY;
  private reading: Promise<void> | undefined;

  constructor(engine: Engine, table: RecordSource['table'], nowMs: () => number) {
    this.engine = engine;
    this.table = table;
    this.nowMs = nowMs;
  }

  /** Waits for the first look only. */
  async ready(signal: AbortSignal): Promise<void> {
    const isFirst = this.readAtMs === Number.NEGATIVE_INFINITY;
    if (isFirst) await this.read(signal);
    else if (this.nowMs() - this.readAtMs > STALE_MS) this.reading ??= this.read();
  }

  /** How wide a window at the range's starting end holds about so many rows; all of it when unknown. */
  widthNs(range: TimeRange, order: Order, rows: number): bigint {
    return widthForRows(this.days, { range, order, rows, nowNs: this.nowNs() });
  }

  /** How many rows lie in the range, and in all the days it touches; 0 where unknown. */
  rowsWithin(range: TimeRange): { readonly inRange: number; readonly inDays: number } {
    return rowsWithin(this.days, { range, nowNs: this.nowNs() });
  }

  private nowNs(): bigint {
    return BigInt(Math.floor(this.nowMs())) * NS_PER_MS;
  }

  private async read(signal?: AbortSignal): Promise<void> {
    try {
      const { rows } = await this.engine.query(dayRowsQuery(this.table), {
        limits: { timeoutMs: TIMEOUT_MS },
        ...(signal && { signal }),
      });
      const days = new Map<bigint, number>();
      for await (const row of rows) {
        const { day, rows: count } = rowSchema.parse(row);
        days.set(BigInt(Date.parse(day)) / (NS_PER_DAY / NS_PER_MS), count);
      }
      this.days = days;
    } catch {
      // Without an estimate a search reads its range in one window, which is right, only less lively.
    } finally {
      this.readAtMs = this.nowMs();
      this.reading = undefined;
    }
  }
}

export function dayRowsQuery(table: RecordSource['table']): Sql {
  // Its partitions are days; `min_date` is kept for columns of dates alone, and is 1970 here.
  return sql`SELECT partition AS day, sum(rows) AS rows
FROM system.parts
WHERE active AND database = ${string(DATABASE)} AND table = ${string(table)}
GROUP BY day`;
}
