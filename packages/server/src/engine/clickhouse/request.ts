/**
 * A statement and its values as an HTTP request. Small ones as ClickHouse documents it, the values in
 * the URL; from a few KiB on all of it as a form in the body, in fields below ClickHouse's limit for
 * one field. Several fields named `query` are one statement to it.
 */
import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import type { BoundValue, Sql } from '@tendril/sql/sql';
import { renderFitting } from './fit-values.ts';

export interface StatementRequest {
  readonly query: string;
  readonly query_params?: Record<string, BoundValue>;
  readonly values?: Readable;
  readonly http_headers?: Record<string, string>;
}

/** Proxies refuse a URL of more than 8 KiB. */
const URL_VALUES_CHARS_MAX = 2_000;
const FIELD_CHARS_MAX = 32 * 1024;

/** `format` is appended on a line of its own, so that a comment at the end does not swallow it. */
export function requestOf(statement: Sql, format?: string): StatementRequest {
  const { text, params } = renderFitting(statement);
  const query = format === undefined ? text : `${text}\nFORMAT ${format}`;
  const fields = Object.entries(params).map(
    ([name, value]) => [`param_${name}`, formatValue(value)] as const,
  );
  const valuesChars = fields.reduce(
    (chars, [name, value]) => chars + name.length + value.length,
    0,
  );
  if (valuesChars <= URL_VALUES_CHARS_MAX) return { query, query_params: { ...params } };
  return formRequest([...piecesOf(query).map((piece) => ['query', piece] as const), ...fields]);
}

function formRequest(
  fields: readonly (readonly [name: string, value: string])[],
): StatementRequest {
  // Nobody can guess it, so no value can hold it.
  const boundary = `tendril-${randomUUID()}`;
  const parts = fields.map(
    ([name, value]) =>
      `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  return {
    query: '',
    values: Readable.from([Buffer.from(`${parts.join('')}--${boundary}--\r\n`)]),
    http_headers: { 'Content-Type': `multipart/form-data; boundary=${boundary}` },
  };
}

/** Cut between code points: the pieces are encoded apart from each other. */
function piecesOf(text: string): readonly string[] {
  return text.match(new RegExp(`[^]{1,${FIELD_CHARS_MAX}}`, 'gu')) ?? [''];
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\t': '\\t',
  '\n': '\\n',
  '\r': '\\r',
  "'": "\\'",
  '\\': '\\\\',
};

/** As ClickHouse reads a parameter: escaped text, and literals inside of lists. */
export function formatValue(value: BoundValue): string {
  if (typeof value === 'string') return escape(value);
  if (typeof value === 'boolean') return value ? '1' : '0';
  if (typeof value === 'object') return `[${value.map(formatItem).join(',')}]`;
  return formatNumber(value);
}

function formatItem(value: BoundValue): string {
  if (typeof value === 'string') return `'${escape(value)}'`;
  if (typeof value === 'boolean') return value ? 'TRUE' : 'FALSE';
  return formatValue(value);
}

function formatNumber(value: number | bigint): string {
  if (value === Infinity) return '+inf';
  if (value === -Infinity) return '-inf';
  return Number.isNaN(value) ? 'nan' : String(value);
}

function escape(text: string): string {
  return text.replaceAll(/[\t\n\r'\\]/g, (char) => ESCAPES[char] ?? char);
}
