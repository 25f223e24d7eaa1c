/**
 * W3C Trace Context: which trace a call belongs to, as its headers say it. What does not keep to the
 * specification is as if it were not there.
 */

export interface TraceContext {
  /** 32 lower-case hex digits, not all zero. */
  readonly traceId: string;
  /** 16 lower-case hex digits, not all zero: of the span that makes the call. */
  readonly spanId: string;
  readonly isSampled: boolean;
  /** Of other tracing systems; passed on as it came, empty for none. */
  readonly traceState: string;
}

/** The specification asks for 512 at least. */
const TRACE_STATE_CHARACTERS_MAX = 1_024;
const SAMPLED = 1;

// A later version may add fields; 00 has none, and ff is forbidden.
const TRACEPARENT =
  /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** Of the headers `traceparent` and `tracestate`; undefined when there is no trace to follow. */
export function parseTraceContext(
  traceparent: string | null | undefined,
  tracestate?: string | null,
): TraceContext | undefined {
  const parts = TRACEPARENT.exec(traceparent ?? '');
  if (parts === null) return undefined;
  const [, version, traceId = '', spanId = '', flags = '', rest = ''] = parts;
  if (version === '00' && rest !== '') return undefined;
  const isSampled = (Number.parseInt(flags, 16) & SAMPLED) !== 0;
  return { traceId, spanId, isSampled, traceState: stateOf(tracestate ?? '') };
}

/** The headers of a call made by the span. */
export function traceHeaders(context: TraceContext): Readonly<Record<string, string>> {
  const { traceId, spanId, isSampled, traceState } = context;
  const traceparent = `00-${traceId}-${spanId}-${isSampled ? '01' : '00'}`;
  return traceState === '' ? { traceparent } : { traceparent, tracestate: traceState };
}

// It leaves as a header again, so it is what may stand in one or nothing.
function stateOf(tracestate: string): string {
  const isPlain = /^[\x20-\x7e]*$/.test(tracestate);
  return isPlain && tracestate.length <= TRACE_STATE_CHARACTERS_MAX ? tracestate : '';
}
