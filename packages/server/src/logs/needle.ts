/** Which queries an index answers in one go, wherever in the range their few records are. */
import type { ResolvedQuery } from '@tendril/query/resolved';
import { operandsOf } from '@tendril/query/walk';

/** Of few records each, which lie together. */
const NEEDLE_COLUMNS: ReadonlySet<string> = new Set(['OperationId', 'TraceId', 'SpanId']);

/** A second statement would cost such a query more than its first rows come sooner. */
export function isNeedle(query: ResolvedQuery): boolean {
  switch (query.kind) {
    case 'and':
      return query.operands.some(isNeedle);
    case 'or':
      return operandsOf(query).every((operand) => isNeedle(operand) || isWholeValue(operand));
    case 'value': {
      const { target, test } = query;
      return test.kind === 'in' && target.kind === 'column' && NEEDLE_COLUMNS.has(target.column);
    }
    case 'text':
      return query.test.kind === 'anyWord' || query.test.kind === 'everyWord';
    case 'hex':
      return query.column === 'RecordId' && query.test.kind === 'in';
    case 'all':
    case 'not':
    case 'cell':
    case 'integer':
    case 'time':
      return false;
  }
}

/** What stands beside a word that no field was named for. */
function isWholeValue(query: ResolvedQuery): boolean {
  return query.kind === 'value' && query.target.kind === 'column' && query.test.kind === 'in';
}

/** Whether every body that the other conditions leave is read for it. */
export function readsBodies(query: ResolvedQuery): boolean {
  if (query.kind !== 'text') return operandsOf(query).some(readsBodies);
  const { kind } = query.test;
  return kind === 'regex' || kind === 'contains' || kind === 'phrase';
}
