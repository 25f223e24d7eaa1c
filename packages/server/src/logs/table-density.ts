/**
 * How the rows of a table are spread over days, and those of the latest over minutes, as far as the engine knows without reading them. Held in
 * memory and read again in the background: an estimate that is a little old is as good.
 */
import { z } from 'zod';
import { NS_PER_DAY, NS_PER_MS, type TimeRange } from '@tendril/model/time-range';
import { sql, string, type Sql } from '@tendril/sql/sql';
import { DATABASE, type Engine } from '../engine/engine.ts';
import type { Order } from './cursor.ts';
import type { RecordSource } from './record-source.ts';
import { NO_ROWS, rowsWithin, widthForRows, type DayRows } from './day-rows.ts';
import type { TableSize } from './granule-sample.ts';
import { minuteRowsQuery } from './histogram-query.ts';

const STALE_MS = 30_000;
const TIMEOUT_MS = 2_000;

/** Whole days, today among them, of which minutes are looked at. */
const MINUTE_DAYS = 2n;

const daySchema = z.object({
  day: z.string(),
  rows: z.coerce.number(),
  largest: z.coerce.number(),
});
const minuteSchema = z.object({ minute: z.coerce.bigint(), rows: z.coerce.number() });

export class TableDensity {
  private readonly engine: Engine;
  private readonly table: RecordSource['table'];
  private readonly nowMs: () => number;
  private days: DayRows = NO_ROWS;
  private largestPartRows = 0;
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

  sizeOf(range: TimeRange): TableSize {
    const { largestPartRows } = this;
    return { rowsInRange: this.rowsWithin(range).inRange, largestPartRows };
  }

  private nowNs(): bigint {
    return BigInt(Math.floor(this.nowMs())) * NS_PER_MS;
  }

  private async read(signal?: AbortSignal): Promise<void> {
    try {
      const [days, minutes] = await Promise.all([this.dayRows(signal), this.minuteRows(signal)]);
      this.days = { days, minutes };
    } catch {
      // Without an estimate a search reads its range in one window, which is right, only less lively.
    } finally {
      this.readAtMs = this.nowMs();
      this.reading = undefined;
    }
  }

  private async dayRows(signal: AbortSignal | undefined): Promise<DayRows['days']> {
    const days = new Map<bigint, number>();
    let largestPartRows = 0;
    for await (const row of await this.rowsOf(dayRowsQuery(this.table), signal)) {
      const { day, rows, largest } = daySchema.parse(row);
      largestPartRows = Math.max(largestPartRows, largest);
      days.set(BigInt(Date.parse(day)) / (NS_PER_DAY / NS_PER_MS), rows);
    }
    this.largestPartRows = largestPartRows;
    return days;
  }

  /** From the roll-up, which spans have none of. */
  private async minuteRows(signal: AbortSignal | undefined): Promise<DayRows['minutes']> {
    const minutes = new Map<bigint, number>();
    if (this.table !== 'logs') return minutes;
    const today = this.nowNs() / NS_PER_DAY;
    const range = {
      fromNs: (today - MINUTE_DAYS + 1n) * NS_PER_DAY,
      toNs: (today + 1n) * NS_PER_DAY,
    };
    for await (const row of await this.rowsOf(minuteRowsQuery(range), signal)) {
      const { minute, rows } = minuteSchema.parse(row);
      minutes.set(minute, rows);
    }
    return minutes;
  }

  private async rowsOf(
    statement: Sql,
    signal: AbortSignal | undefined,
  ): Promise<AsyncIterable<Record<string, unknown>>> {
    const limits = { timeoutMs: TIMEOUT_MS };
    const { rows } = await this.engine.query(statement, { limits, ...(signal && { signal }) });
    return rows;
  }
}

export function dayRowsQuery(table: RecordSource['table']): Sql {
  // Its partitions are days; `min_date` is kept for columns of dates alone, and is 1970 here.
  return sql`SELECT partition AS day, sum(parts.rows) AS rows, max(parts.rows) AS largest
FROM system.parts AS parts
WHERE active AND database = ${string(DATABASE)} AND table = ${string(table)}
GROUP BY day`;
}
