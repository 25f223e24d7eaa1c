/** The spans that match a query, for `tendril search kind:span …`; the newest last, next to the prompt. */
import { SEARCH_ROWS_MAX, type LogSearchSummary } from '@tendril/api/log-search';
import type { Span } from '@tendril/model/span';
import type { Invocation } from '../command.ts';
import { isSet } from '../flag-values.ts';
import { printableJson } from '../output/printable.ts';
import { SpanPrinter } from '../output/span-line.ts';
import { rangeOf } from '../range-flags.ts';

export interface FoundSpans {
  readonly rows: number;
  readonly summary: LogSearchSummary | undefined;
}

export async function printSpans(
  { api, signal, flags, stdout }: Invocation,
  query: string,
  limit: number,
): Promise<FoundSpans> {
  const spans: Span[] = [];
  let summary: LogSearchSummary | undefined;
  let cursor: string | undefined;
  do {
    const page = {
      ...(cursor && { cursor }),
      limit: Math.min(SEARCH_ROWS_MAX, limit - spans.length),
    };
    for await (const event of api.searchSpans({ query, ...rangeOf(flags), ...page }, signal)) {
      if (event.kind === 'row') spans.push(event.span);
      else if (event.kind === 'summary') summary = event;
    }
    cursor = summary?.partial ? undefined : (summary?.next ?? undefined);
  } while (cursor !== undefined && spans.length < limit);
  const ordered = isSet(flags, 'newest-first') ? spans : spans.toReversed();
  const printer = new SpanPrinter(stdout);
  for (const span of ordered) {
    await stdout.line(isSet(flags, 'json') ? printableJson(span) : printer.print(span));
  }
  return { rows: spans.length, summary };
}
