/** What an Elasticsearch answers to writes and errors, in the forms that its clients look at. */
import type { BulkItem } from './bulk.ts';

export interface BulkAnswerOptions {
  readonly tookMs: number;
  /** Begins the ids of documents that came without one. */
  readonly idPrefix: string;
  /**
   * `statuses`: the sender looks at errors and statuses alone (`filter_path`). `errors`: it looks at items only when one
   * failed, and cannot read a long answer.
   */
  readonly detail: 'all' | 'statuses' | 'errors';
}

/**
 * Compact, keys in this order: Vector looks for the text `"errors":true`, Fluent Bit for
 * `"errors":false,"items":[` at the beginning.
 */
export function bulkAnswer(items: readonly BulkItem[], options: BulkAnswerOptions): string {
  const { tookMs, detail } = options;
  const errors = items.some(({ error }) => error !== undefined);
  const shown = detail === 'errors' && !errors ? '' : itemsText(items, options);
  return `{"took":${tookMs},"errors":${errors},"items":[${shown}]}`;
}

// Put together by hand: most items are the same but for their ids (`npm run bench -- receivers`).
function itemsText(items: readonly BulkItem[], { idPrefix, detail }: BulkAnswerOptions): string {
  let text = '';
  let known: BulkItem | undefined;
  let beforeId = '';
  let afterId = '';
  for (const [number, item] of items.entries()) {
    if (item !== known) {
      const itemText = textOf(item, detail);
      // A quote within a text is escaped: this stands nowhere else.
      const idAt = needsId(item, detail) ? itemText.indexOf(EMPTY_ID) + EMPTY_ID.length - 1 : 0;
      beforeId = itemText.slice(0, idAt);
      afterId = itemText.slice(idAt);
      known = item;
    }
    const id = needsId(item, detail) ? `${idPrefix}${number.toString(36)}` : '';
    text += `${number === 0 ? '' : ','}${beforeId}${id}${afterId}`;
  }
  return text;
}

const EMPTY_ID = '"_id":""';

function needsId({ id }: BulkItem, detail: BulkAnswerOptions['detail']): boolean {
  return detail === 'all' && id === '';
}

function textOf(item: BulkItem, detail: BulkAnswerOptions['detail']): string {
  const { operation, status, error } = item;
  const shown = detail === 'all' ? itemAnswer(item) : { status, ...(error && { error }) };
  return JSON.stringify({ [operation]: shown });
}

function itemAnswer({ index, id, status, error, operation }: BulkItem): object {
  const identity = { _index: index, _id: id };
  if (error) return { ...identity, status, error };
  if (operation === 'delete') return { ...identity, result: 'not_found', status };
  return { ...writtenDocument(index, id), status };
}

/** Of one document that was written alone. */
export function writtenDocument(index: string, id: string): object {
  return {
    _index: index,
    _id: id,
    _version: 1,
    result: 'created',
    _shards: { total: 1, successful: 1, failed: 0 },
    _seq_no: 0,
    _primary_term: 1,
  };
}

export interface ElasticError {
  readonly type: string;
  readonly reason: string;
  readonly status: number;
}

export function errorAnswer({ type, reason, status }: ElasticError): string {
  return JSON.stringify({
    error: { root_cause: [{ type, reason }], type, reason },
    status,
  });
}

/** Elasticsearch's name for what a status says. */
export function errorTypeOf(httpStatus: number): string {
  switch (httpStatus) {
    case 400:
      return 'illegal_argument_exception';
    case 401:
    case 403:
      return 'security_exception';
    case 413:
      return 'content_too_long_exception';
    case 429:
      return 'es_rejected_execution_exception';
    default:
      return 'unavailable_shards_exception';
  }
}
