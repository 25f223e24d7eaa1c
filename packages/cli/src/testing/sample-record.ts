/** A record to print, with what a test changes. */
import type { LogRecord } from '@tendril/model/log-record';

export function sampleRecord(changes: Partial<LogRecord> = {}): LogRecord {
  return {
    id: '00000000a1f30007',
    timestamp: '1780390443101000000',
    observedTimestamp: '1780390444000000000',
    severityText: 'ERROR',
    severityNumber: 17,
    body: 'rpc call SendMsg failed',
    original: '',
    serviceName: 'openim-msggateway',
    environment: 'prod',
    traceId: '',
    spanId: '',
    operationId: '',
    patternId: '',
    resource: { 'service.name': 'openim-msggateway' },
    scope: { name: '' },
    attributes: { code: 500, err: 'context deadline exceeded' },
    ...changes,
  };
}
