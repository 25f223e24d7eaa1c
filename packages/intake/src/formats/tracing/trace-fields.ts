/** Names under which fields of spans and events of `tracing` are stored. */
import type { AttributeValue } from '@tendril/model/attribute';
import { jsonText } from '../json-text.ts';
import type { Span } from './spans.ts';

/** Fields of spans that say what a record belongs to. Inner spans are nearer. */
const INHERITED: ReadonlySet<string> = new Set([
  'trace_id',
  'span_id',
  'operation_id',
  'operationID',
  'user_id',
  'userId',
  'uid',
  'conn_id',
  'connection_id',
  'conversation_id',
]);

/** The innermost span as `span.…`, all of them as JSON, and from any of them what the record belongs to. */
export function addSpans(spans: readonly Span[], attributes: Map<string, AttributeValue>): void {
  const innermost = spans.at(-1);
  if (!innermost) return;
  for (const [name, value] of innermost.fields) attributes.set(`span.${name}`, value);
  attributes.set('span.name', innermost.name);
  attributes.set('spans', jsonText(spans.map(mapOf)));
  for (const { fields } of spans.toReversed()) inherit(fields, attributes);
}

/** Of a span as JSON tells it. */
export function inherit(
  fields: Iterable<readonly [string, AttributeValue]>,
  attributes: Map<string, AttributeValue>,
): void {
  for (const [name, value] of fields) {
    if (INHERITED.has(name) && !attributes.has(name)) attributes.set(name, value);
  }
}

/** Events of the `log` crate bring the place they come from as fields. */
export function addTraceFields(attributes: Map<string, AttributeValue>): void {
  const file = attributes.get('code.file.path') ?? attributes.get('log.file');
  const line = attributes.get('code.line.number') ?? attributes.get('log.line');
  if (attributes.has('code.caller') || file === undefined) return;
  attributes.set(
    'code.caller',
    line === undefined ? String(file) : `${String(file)}:${String(line)}`,
  );
}

function mapOf({ name, fields }: Span): Record<string, AttributeValue> {
  return { ...Object.fromEntries(fields), name };
}
