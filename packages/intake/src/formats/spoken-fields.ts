/**
 * Ids and durations that loggers write into the text of a line, where its format has no fields for them:
 * `[traceId=… spanId=…]` of an MDC, `trace_id: …`, `operationID=…`, `took_ms=31`.
 */
import type { AttributeValue } from '@tendril/model/attribute';
import { durationUnitOfKey, parseDurationNs } from '@tendril/model/duration';
import { logFieldOfSourceKey } from '@tendril/model/fields';

/** They stand near the beginning or at the end of what is one line, mostly. */
const LENGTH_MAX = 4096;
/** Pairs of a line that are looked at. */
const PAIRS_MAX = 64;

// Not within a URL or a path: there the same words are parameters.
const PAIR =
  /(?<![\w.?&/%-])([A-Za-z][\w.-]{3,24})(?:=|:[ ]?(?=[0-9a-f]{16}))["']?([\w.µ-]{1,128})/g;
/** What they are called as attributes, and what they look like. */
const IDS: ReadonlyMap<string, { readonly key: string; readonly shape: RegExp }> = new Map([
  ['traceId', { key: 'trace_id', shape: /^[0-9a-f]{32}$/i }],
  ['spanId', { key: 'span_id', shape: /^[0-9a-f]{16}$/i }],
  ['operationId', { key: 'operationID', shape: /^[\w-]{8,128}$/ }],
]);

/** Adds those that `attributes` lacks. */
export function addSpoken(line: string, attributes: Map<string, AttributeValue>): void {
  if (!line.includes('=') && !line.includes('race')) return;
  const text = line.length > LENGTH_MAX ? line.slice(0, LENGTH_MAX) : line;
  let pairs = 0;
  for (const [, name = '', value = ''] of text.matchAll(PAIR)) {
    pairs += 1;
    if (pairs > PAIRS_MAX) return;
    const key = keyOf(name, value);
    if (key !== undefined && !attributes.has(key)) attributes.set(key, value);
  }
}

function keyOf(name: string, value: string): string | undefined {
  const field = logFieldOfSourceKey(name)?.name ?? '';
  const id = IDS.get(field);
  if (id) return id.shape.test(value) ? id.key : undefined;
  if (field !== 'duration') return undefined;
  return parseDurationNs(value, durationUnitOfKey(name)) === undefined ? undefined : name;
}
