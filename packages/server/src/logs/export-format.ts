/** Rows as the text of a file: CSV, JSON and plain text. */
import type { TableCell, TableColumn } from '@tendril/api/table';
import type { LogRecord } from '@tendril/model/log-record';

export interface TableWriter {
  readonly head: string;
  readonly row: (cells: readonly TableCell[]) => string;
}

/** RFC 4180: commas, CRLF, quotes doubled. */
export function csvWriter(columns: readonly TableColumn[]): TableWriter {
  return {
    head: `${columns.map(({ name }) => csvText(name)).join(',')}\r\n`,
    row: (cells) => `${cells.map((cell, index) => csvCell(cell, columns[index])).join(',')}\r\n`,
  };
}

function csvCell(cell: TableCell, column: TableColumn | undefined): string {
  if (cell === null) return '';
  if (typeof cell === 'number' || typeof cell === 'boolean') return String(cell);
  if (typeof cell === 'string') return csvText(column?.type === 'time' ? timeText(cell) : cell);
  return csvText(cell.join(', '));
}

/** A spreadsheet runs text that begins so as a formula; full-width signs too. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;

/** An apostrophe before a formula makes it text again, as spreadsheets themselves write it. */
function csvText(text: string): string {
  const harmless = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/** An object a row. */
export function jsonWriter(columns: readonly TableColumn[]): TableWriter {
  return {
    head: '',
    row: (cells) => {
      const named = columns.map(({ name }, index) => [name, cells[index] ?? null] as const);
      return `${jsonText(Object.fromEntries(named))}\n`;
    },
  };
}

/** Cells with tabs between them. */
export function textWriter(columns: readonly TableColumn[]): TableWriter {
  const line = (texts: readonly string[]): string => `${texts.map(oneLine).join('\t')}\n`;
  return {
    head: line(columns.map(({ name }) => name)),
    row: (cells) => line(cells.map((cell, index) => plainCell(cell, columns[index]))),
  };
}

function plainCell(cell: TableCell, column: TableColumn | undefined): string {
  if (cell === null) return '';
  if (typeof cell === 'object') return cell.join(', ');
  return column?.type === 'time' ? timeText(String(cell)) : String(cell);
}

/** A record as one would read it in a log file; its body keeps its lines. */
export function recordLine(record: LogRecord): string {
  const head = [timeText(record.timestamp), record.severityText, record.serviceName];
  const words = [...head, record.body].filter((word) => word !== '');
  return `${printable(words.join(' '))}\n`;
}

function oneLine(text: string): string {
  return printable(text).replaceAll('\t', ' ').replaceAll('\n', '⏎');
}

/** Control characters as their pictures: shown in a terminal they could be commands to it. */
function printable(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replaceAll(CONTROL, (character) => picture(character.charCodeAt(0)));
}

// oxlint-disable-next-line no-control-regex -- these are what it is about
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

function picture(code: number): string {
  if (code === 0x7f) return '␡';
  return code < 0x20 ? String.fromCharCode(0x2400 + code) : '�';
}

/** RFC 3339 with all nine digits. */
function timeText(ns: string): string {
  const time = BigInt(ns);
  const date = new Date(Number(time / 1_000_000n));
  const seconds = date.toISOString().slice(0, 19);
  return `${seconds}.${String(time % 1_000_000_000n).padStart(9, '0')}Z`;
}

/** Integers above 2^53 become strings, as the contract says. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    typeof item === 'bigint' ? String(item) : item,
  );
}
