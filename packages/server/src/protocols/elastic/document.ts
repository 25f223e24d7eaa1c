/** One Elasticsearch document as a record: ECS, or whatever else people put into an index. */
import { decodeUtf8 } from '@tendril/columns/utf8';
import type { ParsedLine } from '@tendril/intake/format';
import { parseJson } from '@tendril/intake/formats/json-text';
import type { RejectionCode } from '@tendril/model/failure';
import type { AddedAttribute } from '../events/plain-events.ts';
import { EventTooDeep, isFields, type EventReader } from '../events/event-fields.ts';

/** Parsed it takes many times the memory; Elasticsearch refuses documents of such a size too. */
export const DOCUMENT_BYTES_MAX: number = 8 * 1024 * 1024;

export interface DocumentOrigin {
  readonly index: string;
  /** Empty when the sender gave none. */
  readonly id: string;
  readonly reader: EventReader;
}

export interface ByteRange {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

export type ReadDocument =
  | { readonly kind: 'event'; readonly event: ParsedLine }
  | {
      readonly kind: 'refused';
      readonly code: RejectionCode;
      readonly status: number;
      /** In Elasticsearch's words: Logstash and Vector look at the type. */
      readonly error: { readonly type: string; readonly reason: string };
    };

/** The document lies between `start` and `end`. */
export function readDocument(
  { bytes, start, end }: ByteRange,
  { index, id, reader }: DocumentOrigin,
): ReadDocument {
  if (end - start > DOCUMENT_BYTES_MAX) {
    return refused('too_large', 413, `the document has more than ${DOCUMENT_BYTES_MAX} bytes`);
  }
  const text = decodeUtf8(bytes, start, end);
  const document = parseJson(text);
  if (!isFields(document)) return refused('malformed', 400, 'the document is not a JSON object');
  try {
    reader.begin();
    reader.addAll(document);
    for (const [name, value] of addedAttributes({ index, id })) reader.add(name, value);
    return { kind: 'event', event: reader.finish(text) };
  } catch (thrown) {
    if (!(thrown instanceof EventTooDeep)) throw thrown;
    return refused('too_deep', 400, 'the document is nested too deeply');
  }
}

/** What an action says about its document. */
export function addedAttributes({
  index,
  id,
}: Pick<DocumentOrigin, 'index' | 'id'>): readonly AddedAttribute[] {
  const ofIndex = [INDEX_KEY, index] as const;
  return id === '' ? [ofIndex] : [ofIndex, [ID_KEY, id]];
}

const INDEX_KEY = 'elasticsearch.index';
const ID_KEY = 'elasticsearch.id';

/** Data streams are called `logs-DATASET-NAMESPACE`; other indices are named for anything. */
export function serviceOfIndex(index: string): string {
  const dataset = /^logs-([^-]+)-[^-]+$/.exec(index)?.[1] ?? '';
  return dataset === 'generic' ? '' : dataset;
}

function refused(code: RejectionCode, status: number, reason: string): ReadDocument {
  return { kind: 'refused', code, status, error: { type: 'document_parsing_exception', reason } };
}
