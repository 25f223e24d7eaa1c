/** Outlines of spans for tests, written by what matters to them. */
import type { SpanOutline } from '@tendril/api/trace-outline';

export interface TestSpan extends Partial<Omit<SpanOutline, 'timestamp' | 'durationNs'>> {
  readonly spanId: string;
  readonly parent?: string;
  /** Milliseconds. */
  readonly from: number;
  readonly took: number;
}

export function outline({ spanId, parent = '', from, took, ...rest }: TestSpan): SpanOutline {
  return {
    id: spanId.padStart(16, '0'),
    timestamp: String(1_700_000_000_000_000_000n + BigInt(Math.round(from * 1e6))),
    durationNs: String(BigInt(Math.round(took * 1e6))),
    spanId,
    parentSpanId: parent,
    name: spanId,
    kind: 'internal',
    status: 'unset',
    statusMessage: '',
    serviceName: 'service',
    host: '',
    events: [],
    links: 0,
    ...rest,
  };
}
