/** One chain, by what it is anchored at. */
import { z } from 'zod';
import type { Chain, ChainAnchor, ChainRequest } from '@tendril/api/chain';
import type { MemberIds, MsRange } from '@tendril/chains/chain-store';
import { explainChain, type ExplainedChain } from '@tendril/chains/explain';
import { WEIGHTS } from '@tendril/chains/score';
import { Failure } from '@tendril/model/failure';
import { parseRecordId } from '@tendril/model/record-id';
import { NS_PER_MS } from '@tendril/model/time-range';
import { sql, string, uint64, type Sql } from '@tendril/sql/sql';
import { rangeCondition } from '../logs/cursor.ts';
import { allRows, type StatementOptions } from '../logs/statement.ts';
import type { ChainReaders } from './chain-readers.ts';
import { EngineStore } from './engine-store.ts';

/** A hint of time is taken this widely: an operation may have begun long before its record. */
const NEAR_MS = 15 * 60_000;

export interface ChainQuestion extends ChainRequest {
  readonly id: string;
}

/** Throws `Failure` `not_found` or `bad_time`. */
export async function readChain(
  readers: ChainReaders,
  question: ChainQuestion,
  signal: AbortSignal,
): Promise<Chain> {
  const statement = { budget: readers.reader.budget(), signal };
  const { isCut, ...chain } = await explained(readers, question, statement);
  return {
    ...chain,
    partial: isCut ? { reason: 'rows', searchedTo: chain.end } : null,
    cost: statement.budget.cost(),
  };
}

export async function explained(
  readers: ChainReaders,
  { id, by, at }: ChainQuestion,
  statement: StatementOptions,
): Promise<ExplainedChain> {
  const { reader, spanReader, knowledge } = readers;
  await reader.flushed(statement.signal);
  await reader.density.ready(statement.signal);
  await spanReader.density.ready(statement.signal);
  const near = at === undefined ? undefined : around(reader.timeOf('at', at));
  const store = new EngineStore({ reader, spanReader, statement });
  const readToMs = Number(reader.timeOf('to', 'now') / NS_PER_MS);
  for (const ids of await membersOf(readers, { id, by }, near, statement)) {
    const options = { store, knowledge: knowledge(), weights: WEIGHTS, readToMs, near };
    const chain = await explainChain(ids, options);
    if (chain) return chain;
  }
  throw new Failure({
    code: 'not_found',
    detail: `nothing stored has the id ${id.slice(0, 100)}`,
  });
}

function around(ns: bigint): MsRange {
  const atMs = Number(ns / NS_PER_MS);
  return { fromMs: atMs - NEAR_MS, toMs: atMs + NEAR_MS };
}

/** What the id may mean, the likeliest first. */
async function membersOf(
  readers: ChainReaders,
  { id, by }: { readonly id: string; readonly by: ChainAnchor },
  near: MsRange | undefined,
  statement: StatementOptions,
): Promise<readonly MemberIds[]> {
  const operation = { operationIds: [id], traceIds: [] };
  const trace = { operationIds: [], traceIds: [id.toLowerCase().padStart(32, '0')] };
  switch (by) {
    case 'operation':
      return [operation];
    case 'trace':
      return [trace];
    case 'record':
    case 'span':
      return await membersOfAnchor(readers, { id, table: by }, near, statement);
    case 'auto':
      return /^(?:[0-9a-f]{16}|[0-9a-f]{32})$/i.test(id) ? [trace, operation] : [operation];
  }
}

const idsSchema = z.object({ operationId: z.string(), traceId: z.string() });

async function membersOfAnchor(
  { reader }: ChainReaders,
  { id, table }: { readonly id: string; readonly table: 'record' | 'span' },
  near: MsRange | undefined,
  statement: StatementOptions,
): Promise<readonly MemberIds[]> {
  const query = table === 'record' ? anchorRecordQuery(id, near) : anchorSpanQuery(id, near);
  const rows = query ? await allRows(reader.engine, query, statement) : [];
  return rows.flatMap((row): readonly MemberIds[] => {
    const { operationId, traceId } = idsSchema.parse(row);
    if (operationId !== '') return [{ operationIds: [operationId], traceIds: [] }];
    return traceId === '' ? [] : [{ operationIds: [], traceIds: [traceId] }];
  });
}

/** Undefined for what is no record's id. */
export function anchorRecordQuery(id: string, near: MsRange | undefined): Sql | undefined {
  const recordId = parseRecordId(id);
  if (recordId === undefined) return undefined;
  return sql`SELECT OperationId AS operationId, TraceId AS traceId
FROM logs
WHERE RecordId = ${uint64(recordId)}${andNear(near)}
LIMIT 1`;
}

export function anchorSpanQuery(id: string, near: MsRange | undefined): Sql {
  return sql`SELECT OperationId AS operationId, TraceId AS traceId
FROM traces
WHERE SpanId = ${string(id.toLowerCase())}${andNear(near)}
LIMIT 1`;
}

function andNear(near: MsRange | undefined): Sql {
  if (!near) return sql``;
  const ns = (ms: number): bigint => BigInt(Math.max(0, Math.floor(ms))) * NS_PER_MS;
  return sql` AND ${rangeCondition({ fromNs: ns(near.fromMs), toNs: ns(near.toMs) })}`;
}
