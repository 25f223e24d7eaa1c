/** Log records that name a trace, or one of its spans. */
import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import type { LogRecord } from '@tendril/model/log-record';
import { useApi } from '../lib/api.ts';

export interface TraceRecords {
  readonly records: readonly LogRecord[];
  /** There are more. */
  readonly isCut: boolean;
}

export interface TraceRecordsRequest {
  readonly traceId: string;
  readonly spanId?: string;
  readonly limit: number;
  readonly isEnabled: boolean;
}

export function useTraceRecords({
  traceId,
  spanId,
  limit,
  isEnabled,
}: TraceRecordsRequest): UseQueryResult<TraceRecords> {
  const api = useApi();
  return useQuery({
    queryKey: ['traces', 'records', traceId, spanId ?? '', limit],
    queryFn: async ({ signal }): Promise<TraceRecords> => {
      const records: LogRecord[] = [];
      const request = { traceId, limit, ...(spanId !== undefined && { spanId }) };
      for await (const event of api.traceRecords(request, signal)) {
        if (event.kind === 'row') records.push(event.record);
        if (event.kind === 'summary') return { records, isCut: event.next !== null };
      }
      return { records, isCut: false };
    },
    structuralSharing: false,
    enabled: isEnabled,
  });
}
