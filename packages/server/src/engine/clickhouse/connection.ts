/**
 * One ClickHouse over HTTP: statements out, rows in, failures classified. Knows nothing of where
 * the server runs or whether it is up; a new one is made for each start of the embedded engine.
 */
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import {
  ClickHouseLogLevel,
  createClient,
  ResultSet,
  type ClickHouseClient,
  type Row,
  type StreamReadable,
} from '@clickhouse/client';
import { Failure } from '@tendril/model/failure';
import { traceHeaders, type TraceContext } from '@tendril/model/trace-context';
import { identifier, joinSql, render, sql, type Sql } from '@tendril/sql/sql';
import {
  DATABASE,
  type CommandOptions,
  type InsertNative,
  type QueryOptions,
  type QueryResult,
} from '../engine.ts';
import { refuseClosedFunctions } from './closed-functions.ts';
import { Deadline } from './deadline.ts';
import { gather } from './gather.ts';
import { cancelledFailure, failureOf, silentFailure, type Operation } from './failures.ts';
import { ReadClient } from './read-client.ts';
import { requestOf } from './request.ts';
import { CostTally, rowOf, ROWS_FORMAT } from './rows.ts';
import {
  commandSettings,
  insertSettings,
  QUERY_SETTINGS,
  querySettings,
  type Settings,
} from './settings.ts';

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

export interface ConnectionOptions {
  readonly url: URL;
  readonly writer: Credentials;
  readonly reader: Credentials;
  /**
   * Sent with each query: where the reader is the writer too, ClickHouse's `readonly=2` refuses
   * writes and schema changes. It does not refuse table functions such as `url()`; only a user
   * without those grants does.
   */
  readonly readerSettings?: Settings;
  readonly headers?: Readonly<Record<string, string>>;
}

type LineStream = StreamReadable<Row[]>;

/** An engine that does not keep its own time limit is taken for dead after this much more. */
const GRACE_MS = 10_000;
/** A batch of 200,000 rows takes a quarter of a second; this is for a disk that hardly moves. */
const INSERT_TIMEOUT_MS = 120_000;
const COMMAND_TIMEOUT_MS = 60_000;
/** The feeder keeps two inserts under way; the rest are small writes. */
const WRITE_SOCKETS_MAX = 8;
const READ_SOCKETS_MAX = 32;
/** Below ClickHouse's own 10 s (3 s in old versions), so that no request meets a socket just closed. */
const IDLE_SOCKET_MS = 2_000;

export class ClickHouseConnection {
  private readonly writer: ClickHouseClient;
  private readonly reader: ReadClient;
  /** Apart from the others, so that long queries cannot make the engine look dead. */
  private readonly pinger: ClickHouseClient;
  private readonly readerSettings: Settings;

  constructor(options: ConnectionOptions) {
    this.writer = client(options, options.writer, WRITE_SOCKETS_MAX);
    this.reader = new ReadClient({
      url: options.url,
      ...options.reader,
      headers: options.headers ?? {},
      socketsMax: READ_SOCKETS_MAX,
      idleSocketMs: IDLE_SOCKET_MS,
    });
    this.pinger = client(options, options.reader, 1);
    this.readerSettings = options.readerSettings ?? {};
  }

  /** Throws unless the engine answers a query in time. */
  async ping(timeoutMs: number): Promise<void> {
    await run('query', { signal: undefined, waitMs: timeoutMs }, async (signal) => {
      const answer = await this.pinger.query({
        query: 'SELECT 1',
        format: 'TabSeparated',
        abort_signal: signal,
        clickhouse_settings: { ...this.readerSettings },
      });
      await answer.text();
    });
  }

  /** Not in any database, so that it works before ours is there. */
  async createDatabase(): Promise<void> {
    await this.command(sql`CREATE DATABASE IF NOT EXISTS ${identifier(DATABASE)}`, {}, '');
  }

  async command(
    statement: Sql,
    options: CommandOptions = {},
    database: string = DATABASE,
  ): Promise<void> {
    const timeoutMs = options.timeoutMs ?? COMMAND_TIMEOUT_MS;
    const waitMs = timeoutMs + GRACE_MS;
    await run('command', { signal: options.signal, waitMs }, async (signal) => {
      const { stream } = await this.writer.exec({
        ...requestOf(statement),
        abort_signal: signal,
        clickhouse_settings: {
          ...commandSettings(options.settings ?? {}, timeoutMs),
          ...inside(database),
        },
        ...tracedBy(options.trace),
      });
      await drain(stream);
    });
  }

  async insertNative(insert: InsertNative): Promise<void> {
    const { table, columns, blocks, token, signal, trace } = insert;
    const { text } = render(insertStatement(table, columns));
    await run('insert', { signal, waitMs: INSERT_TIMEOUT_MS }, async (abort) => {
      const { stream } = await this.writer.exec({
        query: text,
        values: Readable.from(gather(blocks), { objectMode: true, highWaterMark: 1 }),
        abort_signal: abort,
        clickhouse_settings: { ...insertSettings(token), ...inside(DATABASE) },
        ...tracedBy(trace),
      });
      await drain(stream);
    });
  }

  async query(statement: Sql, options: QueryOptions): Promise<QueryResult> {
    checkSettings(options.settings ?? {});
    refuseClosedFunctions(render(statement).text);
    const waitMs = options.limits.timeoutMs + GRACE_MS;
    const deadline = new Deadline(options.signal);
    deadline.expectWithin(waitMs);
    try {
      deadline.signal.throwIfAborted();
      const tally = new CostTally(options);
      const answer = await this.reader.ask({
        ...requestOf(statement, ROWS_FORMAT),
        settings: {
          ...querySettings(options.limits, options.settings ?? {}),
          ...this.readerSettings,
          ...inside(DATABASE),
        },
        headers: options.trace ? traceHeaders(options.trace) : {},
        signal: deadline.signal,
      });
      const lines = linesOf(answer);
      // A reader that waits for the next line is to hear of it too.
      deadline.signal.addEventListener('abort', () => void lines.destroy());
      return {
        rows: readRows(lines, { deadline, waitMs, tally }),
        cost: () => tally.cost(),
      };
    } catch (error) {
      throw failureBy('query', deadline, waitMs, error);
    }
  }

  async close(): Promise<void> {
    this.reader.close();
    await Promise.all([this.writer.close(), this.pinger.close()]);
  }
}

function client(
  { url, headers }: ConnectionOptions,
  { username, password }: Credentials,
  socketsMax: number,
): ClickHouseClient {
  const { origin, pathname } = url;
  return createClient({
    url: origin,
    // Of a proxy: the client would take it for a database.
    ...(pathname === '/' ? {} : { pathname }),
    username,
    password,
    application: 'tendril',
    http_headers: { ...headers },
    max_open_connections: socketsMax,
    // Each request has its own deadline here; the client's is one for all and must not come first.
    request_timeout: 2 ** 31 - 1,
    keep_alive: {
      enabled: true,
      idle_socket_ttl: IDLE_SOCKET_MS,
      eagerly_destroy_stale_sockets: true,
    },
    log: { level: ClickHouseLogLevel.OFF },
  });
}

function linesOf(answer: IncomingMessage): LineStream {
  const ignore = (): void => undefined;
  return new ResultSet(answer, ROWS_FORMAT, '', ignore, answer.headers).stream();
}

/** Nothing in it is of interest, but only a request read to its end was carried out, and frees its socket. */
async function drain(stream: Readable): Promise<void> {
  for await (const _ of stream) continue;
}

function inside(database: string): Settings {
  return database === '' ? {} : { database };
}

function tracedBy(trace: TraceContext | undefined): {
  readonly http_headers?: Record<string, string>;
} {
  return trace === undefined ? {} : { http_headers: { ...traceHeaders(trace) } };
}

function insertStatement(table: string, columns: readonly string[] | undefined): Sql {
  const into = sql`INSERT INTO ${identifier(table)}`;
  if (columns === undefined) return sql`${into} FORMAT Native`;
  const names = joinSql(
    columns.map((column) => sql`${identifier(column)}`),
    ', ',
  );
  return sql`${into} (${names}) FORMAT Native`;
}

/** The embedded reader could not change another setting, so no engine may. */
function checkSettings(settings: Settings): void {
  const unknown = Object.keys(settings).find((name) => !QUERY_SETTINGS.has(name));
  if (unknown === undefined) return;
  throw new Failure({
    code: 'bad_query',
    detail: `the setting ${unknown} cannot be set for a query`,
    params: { setting: unknown },
  });
}

/** Runs one exchange under the caller's signal and a time limit. */
async function run<T>(
  operation: Operation,
  { signal, waitMs }: { readonly signal: AbortSignal | undefined; readonly waitMs: number },
  exchange: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const deadline = new Deadline(signal);
  deadline.expectWithin(waitMs);
  try {
    deadline.signal.throwIfAborted();
    return await exchange(deadline.signal);
  } catch (error) {
    throw failureBy(operation, deadline, waitMs, error);
  } finally {
    deadline.dispose();
  }
}

interface Reading {
  readonly deadline: Deadline;
  /** How long the engine may be silent; the time that the consumer takes does not count. */
  readonly waitMs: number;
  readonly tally: CostTally;
}

async function* readRows(
  lines: LineStream,
  { deadline, waitMs, tally }: Reading,
): AsyncGenerator<Record<string, unknown>> {
  try {
    for await (const batch of lines) {
      deadline.pause();
      for (const line of batch) {
        const row = rowOf(line.text, tally);
        if (row === undefined) continue;
        if (!tally.takes(line.text.length)) return;
        yield row;
      }
      deadline.expectWithin(waitMs);
    }
    // A stream that is destroyed between two chunks just ends.
    deadline.signal.throwIfAborted();
    tally.ended();
  } catch (error) {
    throw failureBy('query', deadline, waitMs, error);
  } finally {
    deadline.dispose();
    // Also when the consumer stops early: the closed socket ends the query in the engine.
    lines.destroy();
  }
}

/** What ended the exchange: the caller, the clock, or what was thrown. Ends the deadline. */
function failureBy(
  operation: Operation,
  deadline: Deadline,
  waitMs: number,
  thrown: unknown,
): Failure {
  deadline.dispose();
  const cause = deadline.cause();
  if (cause === 'cancelled') return cancelledFailure(operation);
  if (cause === 'silent') return silentFailure(operation, waitMs);
  return failureOf(operation, thrown);
}
