/** Which records and spans are of a chain. */
import { SLOW_MS_MIN } from '@tendril/chains/chain-store';
import { JOIN_KEYS } from '@tendril/chains/join-keys';
import { NS_PER_MS } from '@tendril/model/time-range';
import { int64, joinSql, sql, strings, type Sql } from '@tendril/sql/sql';
import { attributeText } from './chain-attributes.ts';

export function recordMembers(operationIds: readonly string[], traceIds: readonly string[]): Sql {
  const conditions = [
    ...(operationIds.length === 0 ? [] : [sql`OperationId IN ${strings(operationIds)}`]),
    ...(traceIds.length === 0 ? [] : [sql`TraceId IN ${strings(traceIds)}`]),
  ];
  return sql`(${joinSql(conditions, ' OR ')})`;
}

export function spanMembers(operationIds: readonly string[]): Sql {
  return sql`OperationId IN ${strings(operationIds)}`;
}

/** Attributes that hold whole requests, and in them the ids of messages. */
const TEXT_KEYS = ['req', 'resp', 'msg', 'msgs'] as const;

/** Every key is one that `JOIN_KEYS` names, or a text that may quote it. */
export function holdsOneOf(values: readonly string[]): Sql {
  const texts = [...JOIN_KEYS, ...TEXT_KEYS].map(attributeText);
  return sql`multiSearchAny(arrayStringConcat([${joinSql(texts, ', ')}], ' '), ${strings(values)})`;
}

/** What no chain has: a database's own log, where it tells of trouble or of what took long. */
export function unownedTrouble(): Sql {
  const slowNs = int64(BigInt(SLOW_MS_MIN) * NS_PER_MS);
  return sql`OperationId = '' AND TraceId = '' AND (SeverityNumber >= 13 OR DurationNs >= ${slowNs})`;
}
