/** Operations of records in memory that have a record of a query, as a server lists them. */
import type { ChainSighting, ChainSummary } from '@tendril/api/chain-search';
import { instanceOf } from '@tendril/chains/instance';
import type { LogRecord } from '@tendril/model/log-record';
import type { RecordMatcher } from '@tendril/query/match';
import type { ChainList } from './chain-source.ts';

const WARN = 13;
const ERROR = 17;

export function summariesOfRecords(
  records: readonly LogRecord[],
  matches: RecordMatcher,
  limit: number,
): ChainList {
  const found = new Set(records.filter((record) => matches(record)).map(chainOf));
  found.delete('');
  const groups = Map.groupBy(
    records.filter((record) => found.has(chainOf(record))),
    chainOf,
  );
  const chains = [...groups]
    .map(([id, own]) => summaryOf(id, own))
    .toSorted((a, b) => compare(b.end, a.end));
  return { chains: chains.slice(0, limit), total: chains.length };
}

function chainOf({ operationId, traceId }: LogRecord): string {
  return operationId || traceId;
}

function compare(a: string, b: string): number {
  return Number(BigInt(a) - BigInt(b));
}

function summaryOf(id: string, own: readonly LogRecord[]): ChainSummary {
  const ordered = own.toSorted((a, b) => compare(a.timestamp, b.timestamp));
  const [first] = ordered;
  const troubles = ordered.filter(({ severityNumber }) => severityNumber >= WARN);
  const errors = troubles.filter(({ severityNumber }) => severityNumber >= ERROR);
  return {
    id,
    kind: first?.operationId === '' ? 'trace' : 'operation',
    start: first?.timestamp ?? '0',
    end: ordered.at(-1)?.timestamp ?? '0',
    records: ordered.length,
    errors: errors.length,
    services: [...new Set(ordered.map(({ serviceName }) => serviceName))].toSorted(),
    userId: '',
    entry: {
      service: first?.serviceName ?? '',
      instance: first ? instanceOf(first.resource) : '',
      operation: first?.body ?? '',
    },
    surfaced: sightingOf(errors.at(-1)),
    firstWrong: sightingOf(troubles[0]),
  };
}

function sightingOf(record: LogRecord | undefined): ChainSighting | null {
  if (!record) return null;
  const { id, timestamp, serviceName, severityNumber, body, patternId } = record;
  return { id, timestamp, service: serviceName, severityNumber, text: body, patternId };
}
