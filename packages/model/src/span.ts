/**
 * One span as every part of Tendril shows it. Field names follow OpenTelemetry; times are decimal
 * strings of nanoseconds since 1970, durations of nanoseconds, integers above 2^53 are strings.
 */
import type { Attributes } from './attribute.ts';
import type { LogRecord } from './log-record.ts';

/** In the order of OpenTelemetry's numbers, from 0. */
export const SPAN_KINDS = [
  'unspecified',
  'internal',
  'server',
  'client',
  'producer',
  'consumer',
] as const;
export type SpanKind = (typeof SPAN_KINDS)[number];

/** In the order of OpenTelemetry's numbers, from 0. */
export const SPAN_STATUSES = ['unset', 'ok', 'error'] as const;
export type SpanStatus = (typeof SPAN_STATUSES)[number];

export interface SpanEvent {
  readonly timestamp: string;
  readonly name: string;
  readonly attributes: Attributes;
}

export interface SpanLink {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceState: string;
  readonly attributes: Attributes;
}

export interface Span {
  /** RecordId as 16 hex digits. */
  readonly id: string;
  /** When the span started. */
  readonly timestamp: string;
  readonly durationNs: string;
  /** 32 lower-case hex digits. */
  readonly traceId: string;
  /** 16 lower-case hex digits. */
  readonly spanId: string;
  /** Empty for a root. */
  readonly parentSpanId: string;
  readonly traceState: string;
  readonly name: string;
  readonly kind: SpanKind;
  readonly status: SpanStatus;
  readonly statusMessage: string;
  readonly serviceName: string;
  readonly environment: string;
  readonly operationId: string;
  readonly resource: Attributes;
  readonly scope: LogRecord['scope'];
  readonly attributes: Attributes;
  readonly events: readonly SpanEvent[];
  readonly links: readonly SpanLink[];
}
