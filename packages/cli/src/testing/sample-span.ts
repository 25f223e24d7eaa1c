/** A span to print, with what a test changes. */
import type { Span } from '@tendril/model/span';

export function sampleSpan(changes: Partial<Span> = {}): Span {
  return {
    id: '00000000a1f30007',
    timestamp: '1780390443101000000',
    durationNs: '12300000',
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    parentSpanId: '',
    traceState: '',
    name: 'POST /msg/send_msg',
    kind: 'server',
    status: 'unset',
    statusMessage: '',
    serviceName: 'openim-api',
    environment: 'prod',
    operationId: '',
    resource: { 'service.name': 'openim-api' },
    scope: { name: '' },
    attributes: {},
    events: [],
    links: [],
    ...changes,
  };
}
