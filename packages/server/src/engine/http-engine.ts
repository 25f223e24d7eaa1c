/**
 * The `Engine` over HTTP, whoever runs the server behind it. A driver keeps the server up (embedded)
 * or watches it (remote) and hands out the connection to it; this decides what to do while it is away.
 */
import { Failure } from '@tendril/model/failure';
import type { Sql } from '@tendril/sql/sql';
import type { Availability } from './availability.ts';
import type { ClickHouseConnection } from './clickhouse/connection.ts';
import type {
  CommandOptions,
  Engine,
  EngineState,
  InsertNative,
  QueryOptions,
  QueryResult,
} from './engine.ts';

export interface EngineDriver {
  readonly kind: Engine['kind'];
  readonly availability: Availability;
  /** To the server as it runs now; undefined before it was ever started. */
  connection(): ClickHouseConnection | undefined;
  /** Says that an exchange just failed, so that the driver need not wait for its next look. */
  suspect(): void;
  close(): Promise<void>;
}

/** A restart takes less than half a second; a person waits this long rather than see an error. */
const READY_WAIT_MS = 5_000;

export class HttpEngine implements Engine {
  readonly kind: Engine['kind'];
  private readonly driver: EngineDriver;

  constructor(driver: EngineDriver) {
    this.kind = driver.kind;
    this.driver = driver;
  }

  state(): EngineState {
    return this.driver.availability.state();
  }

  onStateChange(listener: (state: EngineState) => void): () => void {
    return this.driver.availability.onChange(listener);
  }

  whenReady(timeoutMs: number): Promise<boolean> {
    return this.driver.availability.whenReady(timeoutMs);
  }

  async command(statement: Sql, options?: CommandOptions): Promise<void> {
    await this.suspecting(this.readyConnection().command(statement, options));
  }

  async insertNative(insert: InsertNative): Promise<void> {
    await this.suspecting(this.readyConnection().insertNative(insert));
  }

  async query(statement: Sql, options: QueryOptions): Promise<QueryResult> {
    return askWithRetry({
      ask: () => this.queryOnce(statement, options),
      suspect: () => this.driver.suspect(),
    });
  }

  async close(): Promise<void> {
    await this.driver.close();
  }

  private async queryOnce(statement: Sql, options: QueryOptions): Promise<QueryResult> {
    const waitMs = Math.min(READY_WAIT_MS, options.limits.timeoutMs);
    await this.driver.availability.whenReady(waitMs, options.signal);
    return this.readyConnection().query(statement, options);
  }

  private readyConnection(): ClickHouseConnection {
    const connection = this.driver.connection();
    if (connection === undefined || this.state() !== 'ready') {
      throw new Failure({
        code: 'engine_away',
        detail: `the ${this.kind} engine is ${this.state()}${this.driver.availability.reason()}`,
        params: { state: this.state() },
      });
    }
    return connection;
  }

  private async suspecting<T>(exchange: Promise<T>): Promise<T> {
    try {
      return await exchange;
    } catch (error) {
      if (isAway(error)) this.driver.suspect();
      throw error;
    }
  }
}

interface Retry {
  readonly ask: () => Promise<QueryResult>;
  /** Called between the two tries, so that the second one waits for the engine to be back. */
  readonly suspect: () => void;
}

/**
 * A query that is asked once more when the engine went away under it before the first row: nobody
 * has seen anything of the first try.
 */
async function askWithRetry(retry: Retry): Promise<QueryResult> {
  let result: QueryResult;
  let retried = false;
  const again = async (error: unknown): Promise<QueryResult> => {
    if (retried || !isAway(error)) throw error;
    retried = true;
    retry.suspect();
    result = await retry.ask();
    return result;
  };
  try {
    result = await retry.ask();
  } catch (error) {
    result = await again(error);
  }
  return { rows: rowsWithRetry(result.rows, again), cost: () => result.cost() };
}

async function* rowsWithRetry(
  rows: AsyncIterable<Record<string, unknown>>,
  again: (error: unknown) => Promise<QueryResult>,
): AsyncGenerator<Record<string, unknown>> {
  let delivered = false;
  try {
    for await (const row of rows) {
      delivered = true;
      yield row;
    }
  } catch (error) {
    if (delivered) throw error;
    const second = await again(error);
    yield* second.rows;
  }
}

function isAway(error: unknown): boolean {
  return error instanceof Failure && error.code === 'engine_away';
}
