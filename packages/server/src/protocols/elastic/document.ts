/** One Elasticsearch document as a record: ECS, or whatever else people put into an index. */
import { decodeUtf8 } from '@tendril/columns/utf8';
import type { LineContext, ParsedLine } from '@tendril/intake/format';
import { parseJson } from '@tendril/intake/formats/json-text';
import type { RejectionCode } from '@tendril/model/failure';
import { eventOfFields, EventTooDeep, isFields } from '../events/event-fields.ts';

/** Parsed it takes many times the memory; Elasticsearch refuses documents of such a size too. */
export const DOCUMENT_BYTES_MAX: number = 8 * 1024 * 1024;

export interface DocumentOrigin {
  readonly index: string;
  /** Empty when the sender gave none. */
  readonly id: string;
  readonly context: LineContext;
  readonly depthMax: number;
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

export function readDocument(source: Uint8Array, origin: DocumentOrigin): ReadDocument {
  const { index, id, context, depthMax } = origin;
  if (source.length > DOCUMENT_BYTES_MAX) {
    return refused('too_large', 413, `the document has more than ${DOCUMENT_BYTES_MAX} bytes`);
  }
  const text = decodeUtf8(source, 0, source.length);
  const document = parseJson(text);
  if (!isFields(document)) return refused('malformed', 400, 'the document is not a JSON object');
  const fields = Object.entries(document);
  fields.push([INDEX_KEY, index]);
  if (id !== '') fields.push([ID_KEY, id]);
  try {
    const event = eventOfFields(fields, { context, depthMax, fallbackBody: text });
    return { kind: 'event', event };
  } catch (thrown) {
    if (!(thrown instanceof EventTooDeep)) throw thrown;
    return refused('too_deep', 400, `the document is nested deeper than ${depthMax}`);
  }
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
