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
  const { tookMs, idPrefix, detail } = options;
  const errors = items.some(({ error }) => error !== undefined);
  const shown = detail === 'errors' && !errors ? [] : items;
  return JSON.stringify({
    took: tookMs,
    errors,
    items: shown.map((item, number) => ({
      [item.operation]:
        detail === 'all'
          ? itemAnswer(item, item.id || `${idPrefix}${number.toString(36)}`)
          : { status: item.status, ...(item.error && { error: item.error }) },
    })),
  });
}

function itemAnswer({ index, status, error, operation }: BulkItem, id: string): object {
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
