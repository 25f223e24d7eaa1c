/**
 * An engine whose exchanges are spans: queries and commands of what is under way, inserts as roots, since
 * one carries what many sent. Each passes its trace on.
 */
import { Failure } from '@tendril/model/failure';
import { render, type Sql } from '@tendril/sql/sql';
import { isOwn } from '../telemetry/own-records.ts';
import type { OpenSpan, SpanStart, Tracer } from '../telemetry/tracer.ts';
import {
  DATABASE,
  type CommandOptions,
  type Engine,
  type EngineState,
  type InsertNative,
  type QueryOptions,
  type QueryResult,
} from './engine.ts';

export class TracedEngine implements Engine {
  readonly kind: Engine['kind'];
  readonly #engine: Engine;
  readonly #tracer: Tracer;

  constructor(engine: Engine, tracer: Tracer) {
    this.kind = engine.kind;
    this.#engine = engine;
    this.#tracer = tracer;
  }

  state(): EngineState {
    return this.#engine.state();
  }

  onStateChange(listener: (state: EngineState) => void): () => void {
    return this.#engine.onStateChange(listener);
  }

  async whenReady(timeoutMs: number): Promise<boolean> {
    return this.#engine.whenReady(timeoutMs);
  }

  async command(statement: Sql, options: CommandOptions = {}): Promise<void> {
    const span = this.#tracer.child(spanOf(statement));
    await ending(
      span,
      async () => await this.#engine.command(statement, { ...options, ...traceOf(span) }),
    );
    span?.end();
  }

  async insertNative(insert: InsertNative): Promise<void> {
    // Else each insert of spans would be the reason for another.
    const isUntold = isOwn(insert.sources ?? []);
    const span = isUntold ? undefined : this.#tracer.start(undefined, insertSpan(insert));
    await ending(
      span,
      async () => await this.#engine.insertNative({ ...insert, ...traceOf(span) }),
    );
    span?.end();
  }

  async query(statement: Sql, options: QueryOptions): Promise<QueryResult> {
    const span = this.#tracer.child(spanOf(statement));
    if (span === undefined) return await this.#engine.query(statement, options);
    const result = await ending(
      span,
      async () => await this.#engine.query(statement, { ...options, trace: span.context }),
    );
    return { rows: rowsWithin(span, result), cost: () => result.cost() };
  }

  async close(): Promise<void> {
    await this.#engine.close();
  }
}

function traceOf(span: OpenSpan | undefined): Pick<QueryOptions, 'trace'> {
  return span === undefined ? {} : { trace: span.context };
}

/** A span ends with what its exchange throws. */
async function ending<T>(span: OpenSpan | undefined, exchange: () => Promise<T>): Promise<T> {
  try {
    return await exchange();
  } catch (error) {
    span?.end({ errorType: error instanceof Failure ? error.code : 'internal' });
    throw error;
  }
}

async function* rowsWithin(
  span: OpenSpan,
  result: QueryResult,
): AsyncGenerator<Record<string, unknown>> {
  let returned = 0;
  try {
    for await (const row of result.rows) {
      returned += 1;
      yield row;
    }
  } catch (error) {
    span.end({ errorType: error instanceof Failure ? error.code : 'internal' });
    throw error;
  } finally {
    const { rowsRead, bytesRead } = result.cost();
    span.end({
      attributes: {
        'db.response.returned_rows': returned,
        'tendril.rows_read': rowsRead,
        'tendril.bytes_read': bytesRead,
      },
    });
  }
}

/** Says what is asked of which table; never the statement, which may hold what people look for. */
function spanOf(statement: Sql): SpanStart {
  const { text } = render(statement);
  const operation = /^\s*([A-Za-z]{1,16})/.exec(text)?.[1]?.toUpperCase() ?? 'QUERY';
  const table = /\b(?:FROM|INTO|TABLE)\s+`?([A-Za-z_][\w.]{0,63})/.exec(text)?.[1];
  return clientSpan(operation, table);
}

function insertSpan({ table, blocks, sources = [] }: InsertNative): SpanStart {
  const span = clientSpan('INSERT', table);
  const bytes = blocks.reduce((sum, block) => sum + block.byteLength, 0);
  const attributes = { 'tendril.insert.bytes': bytes, 'tendril.insert.sources': sources };
  return { ...span, attributes: { ...span.attributes, ...attributes } };
}

function clientSpan(operation: string, table: string | undefined): SpanStart {
  return {
    name: table === undefined ? operation : `${operation} ${table}`,
    kind: 'client',
    attributes: {
      'db.system.name': 'clickhouse',
      'db.namespace': DATABASE,
      'db.operation.name': operation,
      ...(table !== undefined && { 'db.collection.name': table }),
    },
  };
}
