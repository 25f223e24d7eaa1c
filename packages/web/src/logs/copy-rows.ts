/** Records as text for other programs: lines, NDJSON, a Markdown table, the command that finds them. */
import type { LogRecord } from '@tendril/model/log-record';
import { attributeText, levelOf } from '../records/field-value.ts';
import type { LogsAddress } from './logs-url.ts';

export const ROW_FORMATS = ['text', 'ndjson', 'markdown'] as const;
export type RowFormat = (typeof ROW_FORMATS)[number];

export function rowsAs(format: RowFormat, records: readonly LogRecord[]): string {
  switch (format) {
    case 'text':
      return records.map(rowText).join('\n');
    case 'ndjson':
      return records.map((record) => JSON.stringify(record)).join('\n');
    case 'markdown':
      return markdownTable(records);
  }
}

function rowText(record: LogRecord): string {
  const attributes = Object.entries(record.attributes).map(
    ([key, value]) => `${key}=${attributeText(value)}`,
  );
  return [
    isoTime(record.timestamp),
    levelOf(record).toUpperCase(),
    record.serviceName,
    record.body,
    ...attributes,
  ].join(' ');
}

function markdownTable(records: readonly LogRecord[]): string {
  const head = '| time | level | service | message |\n| --- | --- | --- | --- |';
  const rows = records.map((record) =>
    [isoTime(record.timestamp), levelOf(record), record.serviceName, record.body]
      .map(markdownCell)
      .join(' | '),
  );
  return [head, ...rows.map((row) => `| ${row} |`)].join('\n');
}

// Where it is pasted, text of a record must not become a link, an image or markup.
function markdownCell(text: string): string {
  return text
    .replaceAll(/[\\`*_{}[\]<>#|!~&]/g, (sign) => `\\${sign}`)
    .replaceAll(/\r?\n|\r/g, ' ');
}

function isoTime(timestamp: string): string {
  const ns = BigInt(timestamp);
  const iso = new Date(Number(ns / 1_000_000n)).toISOString();
  return iso.replace('Z', `${String(ns % 1_000_000n).padStart(6, '0')}Z`);
}

/** The same search on the command line. */
export function searchCommand(
  { query, order }: Pick<LogsAddress, 'query' | 'order'>,
  range: { readonly from: string; readonly to: string },
): string {
  const parts = [
    'tendril search',
    ...(query === '' ? [] : [shellQuoted(query)]),
    `--from ${shellQuoted(range.from)}`,
    `--to ${shellQuoted(range.to)}`,
    ...(order === 'asc' ? ['--order asc'] : []),
  ];
  return parts.join(' ');
}

function shellQuoted(text: string): string {
  return /^[\w./:+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
