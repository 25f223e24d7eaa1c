/** Which spans of a trace hold a text, in their names, messages and ids. */
import type { SpanOutline } from '@tendril/api/trace-outline';
import type { TraceTree } from './trace-tree.ts';

/** In the order of the rows. An empty text is in none. */
export function spansWithText(tree: TraceTree, text: string): readonly number[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return [];
  return [...tree.order].filter((index) => {
    const span = tree.spans[index];
    return span !== undefined && textsOf(span).some((each) => each.toLowerCase().includes(wanted));
  });
}

function textsOf(span: SpanOutline): readonly string[] {
  const { name, serviceName, statusMessage, spanId, host, kind, events } = span;
  return [name, serviceName, statusMessage, spanId, host, kind, ...events.map((each) => each.name)];
}

/** A condition, as the query language writes it, is for the server: `http.status_code:500`. */
export function isCondition(text: string): boolean {
  return /[:<>]/.test(text);
}
