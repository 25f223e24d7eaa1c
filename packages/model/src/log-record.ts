/**
 * One log record as every part of Tendril shows it: API, `parse`, `tail`, `export`, the live-tail
 * matcher and tests. Field names follow the OpenTelemetry LogRecord; times are decimal strings of
 * nanoseconds since 1970, integers above 2^53 are strings.
 */
import type { AttributeValue, Attributes } from './attribute.ts';

export interface LogRecord {
  /** RecordId as 16 hex digits; empty before commit. */
  readonly id: string;
  readonly timestamp: string;
  readonly observedTimestamp: string;
  readonly severityText: string;
  /** OpenTelemetry severity number, 1 to 24; 0 when unknown. */
  readonly severityNumber: number;
  readonly body: string;
  /** The raw line when parsing changed it, else empty. */
  readonly original: string;
  readonly serviceName: string;
  readonly environment: string;
  /** 32 lower-case hex digits or empty. */
  readonly traceId: string;
  /** 16 lower-case hex digits or empty. */
  readonly spanId: string;
  readonly operationId: string;
  /** 16 hex digits or empty. */
  readonly patternId: string;
  readonly resource: Attributes;
  readonly scope: { readonly name: string; readonly [key: string]: AttributeValue };
  readonly attributes: Attributes;
}
