/** Where a trace is shown. */
const TRACE_ID = /^(?:[0-9a-f]{16}|[0-9a-f]{32})$/i;

export function isTraceId(text: string): boolean {
  return TRACE_ID.test(text);
}

export function tracePath(traceId: string): string {
  return `/traces/${encodeURIComponent(traceId)}`;
}
