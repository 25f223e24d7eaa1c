/**
 * What ClickHouse and its client throw, told apart by what the caller has to do: wait, change the
 * question, or set the data aside.
 */
import { ClickHouseError, parseError } from '@clickhouse/client';
import { Failure, messageOf } from '@tendril/model/failure';
import type { EngineFailureCode } from '../engine.ts';

/** Longer messages quote whole statements. */
const DETAIL_CHARS_MAX = 2_000;

// Numbers of ClickHouse's ErrorCodes.cpp, which never change their meaning.
const TIMEOUT = new Set([159, 160]);
const CANCELLED = new Set([394, 735]);
const TOO_LARGE = new Set([158, 161, 162, 167, 168, 191, 223, 241, 290, 306, 307, 396]);
const BUSY = new Set([173, 202, 243, 252, 439, 473, 745]);
// 236: it is shutting down, which it says while it writes down how it crashed.
const AWAY = new Set([209, 210, 236, 279, 425, 499, 999]);
const UNAUTHORIZED = new Set([192, 193, 194, 195, 497, 516]);

/** Data that cannot be read, or that the table's columns and constraints do not take. */
const DATA_REFUSED = new Set([
  6, 7, 8, 9, 10, 15, 16, 20, 25, 26, 27, 28, 29, 33, 34, 38, 41, 44, 49, 50, 53, 62, 69, 70, 72,
  108, 117, 118, 128, 131, 186, 190, 213, 271, 321, 349, 363, 407, 433, 469, 475, 576, 633, 636,
]);
const TOO_MANY_PARTS = 252;

export type Operation = 'query' | 'insert' | 'command';

/** A message in the stream of rows, after the answer had begun. */
export function failureOfMessage(operation: Operation, message: string): Failure {
  return failureOf(operation, parseError(message));
}

export function failureOf(operation: Operation, thrown: unknown): Failure {
  if (thrown instanceof Failure) return thrown;
  if (isNetworkError(thrown)) return engineFailure('engine_away', operation, thrown, {});
  if (!(thrown instanceof ClickHouseError)) {
    // It did answer, though not as ClickHouse does: its HTTP layer, or a proxy before it.
    return engineFailure(
      operation === 'insert' ? 'insert_failed' : 'bad_query',
      operation,
      thrown,
      {},
    );
  }
  const number = Number(thrown.code);
  return engineFailure(codeOf(operation, number, thrown.message), operation, thrown, {
    engineCode: number,
    engineType: thrown.type ?? '',
  });
}

export function cancelledFailure(operation: Operation): Failure {
  return new Failure({
    code: operation === 'insert' ? 'insert_failed' : 'query_cancelled',
    detail: `the ${operation} was cancelled`,
  });
}

/** No answer within the time that the engine itself was given, and some more. */
export function silentFailure(operation: Operation, waitedMs: number): Failure {
  return new Failure({
    code: 'engine_away',
    detail: `the engine did not answer the ${operation} within ${waitedMs} ms`,
    params: { waitedMs },
  });
}

function engineFailure(
  code: EngineFailureCode,
  operation: Operation,
  cause: unknown,
  params: Record<string, string | number>,
): Failure {
  const reason = messageOf(cause).slice(0, DETAIL_CHARS_MAX);
  return new Failure({
    code,
    detail: `the engine failed the ${operation}: ${reason}`,
    params,
    cause,
  });
}

/** Refused, reset or closed before the end of the answer: Node gives these a code in capitals. */
function isNetworkError(thrown: unknown): boolean {
  if (!(thrown instanceof Error) || !('code' in thrown)) return false;
  return typeof thrown.code === 'string' && /^E[A-Z_]+$/.test(thrown.code);
}

function codeOf(operation: Operation, number: number, message: string): EngineFailureCode {
  if (operation === 'insert' && number === TOO_MANY_PARTS && /partitions/i.test(message)) {
    return 'insert_refused';
  }
  if (AWAY.has(number)) return 'engine_away';
  if (BUSY.has(number)) return 'engine_busy';
  if (UNAUTHORIZED.has(number)) return 'engine_unauthorized';
  if (operation === 'insert') return DATA_REFUSED.has(number) ? 'insert_refused' : 'insert_failed';
  if (TIMEOUT.has(number)) return 'query_timeout';
  if (CANCELLED.has(number)) return 'query_cancelled';
  if (TOO_LARGE.has(number)) return 'query_too_large';
  return 'bad_query';
}
