/** A trace as the JSON of OTLP, in pieces: what any collector takes, and Jaeger's pages open as a file. */
import type { Span } from '@tendril/model/span';
import type { LogReader } from '../logs/log-reader.ts';
import { resourceSpansOf } from '../protocols/otlp/otlp-spans-json.ts';
import { traceSpans } from './trace-spans.ts';

/** Grouped by resource and scope among themselves. */
const GROUPED_SPANS = 1_000;

/** `reader` is of spans. Throws `Failure` `not_found` before the first piece. */
export async function* traceOtlp(
  reader: LogReader,
  traceId: string,
  signal: AbortSignal,
): AsyncGenerator<string> {
  let spans: Span[] = [];
  let separator = '{"resourceSpans":[';
  for await (const event of traceSpans(reader, traceId, signal)) {
    if (event.kind === 'row') spans.push(event.span);
    if (spans.length < GROUPED_SPANS && event.kind === 'row') continue;
    for (const each of resourceSpansOf(spans)) {
      yield `${separator}${JSON.stringify(each)}`;
      separator = ',';
    }
    spans = [];
  }
  yield separator === ',' ? ']}' : `${separator}]}`;
}
