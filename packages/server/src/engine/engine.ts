/**
 * What Tendril asks of ClickHouse, the same for the embedded engine and for one reached by URL.
 * Statements go in as `Sql` (values bound by the server, never part of the text), rows come out as
 * a stream. What fails is a `Failure` with one of the codes below; retries across restarts of the
 * engine are done here for reads, and left to the caller for writes.
 */
import type { TraceContext } from '@tendril/model/trace-context';
import type { Sql } from '@tendril/sql/sql';

/** `away`: not answering; it may be restarting, frozen or unreachable. It is tried without end. */
export type EngineState = 'starting' | 'ready' | 'away';

/**
 * Codes of the `Failure`s thrown here.
 *
 * - `engine_away`: it does not answer; try again later.
 * - `engine_busy`: it answers, but has no room now (memory, parts, connections); try again later.
 * - `engine_unauthorized`: it refuses the user or its rights; somebody must change the configuration.
 * - `query_timeout`, `query_too_large`, `query_cancelled`, `bad_query`: of reads and commands.
 * - `insert_refused`: the data itself is refused and will be refused again.
 * - `insert_failed`: the insert failed for another reason, which may pass.
 */
export type EngineFailureCode =
  | 'engine_away'
  | 'engine_busy'
  | 'engine_unauthorized'
  | 'query_timeout'
  | 'query_too_large'
  | 'query_cancelled'
  | 'bad_query'
  | 'insert_refused'
  | 'insert_failed';

export interface InsertNative {
  /** In the database `tendril` unless it names another. */
  readonly table: string;
  /** In the order of the blocks' columns; the blocks' own names decide when absent. */
  readonly columns?: readonly string[];
  /** Blocks in Native layout, sent one after the other. Read until the promise settles. */
  readonly blocks: readonly Uint8Array[];
  /** The same token within the table's deduplication window stores the rows once. */
  readonly token: string;
  /** Accounts that the rows are counted in; for what is told of the insert. */
  readonly sources?: readonly string[];
  readonly signal?: AbortSignal;
  readonly trace?: TraceContext;
}

export interface QueryLimits {
  readonly timeoutMs: number;
  /** Rows of the answer. */
  readonly rowsMax?: number;
  readonly resultBytesMax?: number;
  readonly memoryBytesMax?: number;
  /** Rows the engine may read from its tables. */
  readonly rowsReadMax?: number;
  /**
   * What happens at a limit of time, rows or result bytes: `throw` (the default), or `break`: the
   * answer ends there (to the row; bytes are those of its JSON) and its cost says `cut`. Memory
   * always throws.
   */
  readonly overflow?: 'throw' | 'break';
}

export interface QueryProgress {
  readonly rowsRead: number;
  readonly bytesRead: number;
  /** The engine's estimate of rows to read; 0 when it has none. */
  readonly rowsToRead: number;
  readonly elapsedMs: number;
}

export interface QueryOptions {
  /** Aborting ends the query inside the engine. */
  readonly signal?: AbortSignal;
  readonly limits: QueryLimits;
  /** Only those of `QUERY_SETTINGS`; another is a `bad_query`. */
  readonly settings?: Readonly<Record<string, string | number>>;
  readonly onProgress?: (progress: QueryProgress) => void;
  /** Sent along: the engine's own spans belong to it. */
  readonly trace?: TraceContext;
}

export interface QueryCost {
  readonly rowsRead: number;
  readonly bytesRead: number;
  readonly elapsedMs: number;
  /** Cut short at a limit with `overflow: 'break'`: the rows are not all there are. */
  readonly cut: boolean;
}

export interface QueryResult {
  /** Once. 64-bit integers are strings. Leaving the loop early ends the query in the engine. */
  readonly rows: AsyncIterable<Record<string, unknown>>;
  /** Complete after the rows are read; before that, what is known so far. */
  cost(): QueryCost;
}

export interface CommandOptions {
  readonly signal?: AbortSignal;
  /** Default 60,000. */
  readonly timeoutMs?: number;
  readonly settings?: Readonly<Record<string, string | number>>;
  readonly trace?: TraceContext;
}

export interface Engine {
  readonly kind: 'embedded' | 'remote';
  state(): EngineState;
  /** Returns the function that ends the listening. */
  onStateChange(listener: (state: EngineState) => void): () => void;
  /** True as soon as the engine is ready, false when it is not so after `timeoutMs`. */
  whenReady(timeoutMs: number): Promise<boolean>;
  /** As the writing user: schema changes and small writes. Not retried. */
  command(statement: Sql, options?: CommandOptions): Promise<void>;
  /** As the writing user, synchronous, one part per partition. Not retried: the token makes that safe for the caller. */
  insertNative(insert: InsertNative): Promise<void>;
  /** As the read-only user. Tried once more when the engine went away before the first row. */
  query(statement: Sql, options: QueryOptions): Promise<QueryResult>;
  close(): Promise<void>;
}

/** Every table lives here. */
export const DATABASE = 'tendril';
