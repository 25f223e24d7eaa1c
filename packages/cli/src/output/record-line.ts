/**
 * A record as a line for people: time, service, severity, message, attributes. On a terminal cut to its
 * width; piped, whole and on one line, so that `grep` and `wc -l` mean records.
 */
import type { AttributeValue } from '@tendril/model/attribute';
import type { LogRecord } from '@tendril/model/log-record';
import { severityOfNumber, type Severity } from '@tendril/model/severity';
import type { Output, Style } from './output.ts';
import { printable, printableLines } from './printable.ts';
import { fit, padEnd, widthOf } from './width.ts';

const SERVICE_WIDTH_MIN = 8;
const SERVICE_WIDTH_MAX = 24;
const LABEL_WIDTH_MAX = 44;

/** What a record is of, where that is more than its service. */
export interface RecordLabel {
  readonly text: string;
  readonly style: Style;
}

const STYLES: Readonly<Record<Severity, Style>> = {
  trace: 'gray',
  debug: 'gray',
  info: 'blue',
  warn: 'yellow',
  error: 'red',
  fatal: 'magenta',
};

export interface RecordLineOptions {
  /** Whole messages over several lines instead of one line that fits. */
  readonly full: boolean;
}

/** Remembers how wide services are, so that columns align over records. */
export class RecordPrinter {
  private readonly output: Output;
  private readonly full: boolean;
  private serviceWidth = SERVICE_WIDTH_MIN;

  constructor(output: Output, { full }: RecordLineOptions) {
    this.output = output;
    this.full = full;
  }

  /** Without the last line end. `label` stands where the service stands else. */
  print(record: LogRecord, label?: RecordLabel): string {
    const head = this.head(record, label);
    const attributes = attributesText(record, this.full);
    if (!this.output.isTerminal)
      return [head.text, printable(record.body), attributes].join('  ').trimEnd();
    return this.full ? this.whole(record, head, attributes) : this.cut(record, head, attributes);
  }

  private head(record: LogRecord, label?: RecordLabel): Head {
    const { output } = this;
    const severity = severityOfNumber(record.severityNumber);
    const letter = severity?.[0]?.toUpperCase() ?? '·';
    const service = printable(label?.text ?? record.serviceName);
    const widthMax = label ? LABEL_WIDTH_MAX : SERVICE_WIDTH_MAX;
    this.serviceWidth = Math.min(widthMax, Math.max(this.serviceWidth, widthOf(service)));
    const padded = padEnd(fit(service, this.serviceWidth), this.serviceWidth);
    const shown = label ? output.style(label.style, padded) : padded;
    const time = timeText(record.timestamp, output.isTerminal);
    const styled = severity ? output.style(STYLES[severity], letter) : letter;
    return {
      text: `${output.style('dim', time)}  ${output.isTerminal ? shown : service || '-'}  ${styled}`,
      width: widthOf(time) + 2 + this.serviceWidth + 3,
    };
  }

  private cut(record: LogRecord, head: Head, attributes: string): string {
    const { output } = this;
    const room = Math.max(20, output.width - head.width - 2);
    const body = fit(printable(firstLine(record.body)), room);
    const left = room - widthOf(body) - 2;
    const shown =
      left > 3 && attributes !== '' ? `  ${output.style('dim', fit(attributes, left))}` : '';
    return `${head.text}  ${this.coloured(record, body)}${shown}`;
  }

  private whole(record: LogRecord, head: Head, attributes: string): string {
    const [first = '', ...others] = printableLines(record.body);
    const { output } = this;
    const indent = ' '.repeat(Math.min(head.width, 8));
    const lines = others.map((line) => `${indent}${output.style('dim', '│')} ${line}`);
    const last = attributes === '' ? [] : [`${indent}${output.style('dim', `│ ${attributes}`)}`];
    return [`${head.text}  ${this.coloured(record, first)}`, ...lines, ...last].join('\n');
  }

  // The eye has to find the errors; everything else is read.
  private coloured({ severityNumber }: LogRecord, text: string): string {
    const severity = severityOfNumber(severityNumber);
    const stands = severity === 'error' || severity === 'fatal';
    return stands ? this.output.style(STYLES[severity], text) : text;
  }
}

interface Head {
  readonly text: string;
  readonly width: number;
}

// A cut line shows that there is more.
function firstLine(body: string): string {
  const end = body.indexOf('\n');
  return end < 0 ? body : `${body.slice(0, end)} ⏎ ${body.slice(end + 1)}`;
}

/** In the zone of this machine; on a terminal without year and zone. */
export function timeText(ns: string, isShort: boolean): string {
  const date = new Date(Number(BigInt(ns) / 1_000_000n));
  const offsetMinutes = -date.getTimezoneOffset();
  const local = new Date(date.getTime() + offsetMinutes * 60_000).toISOString().slice(0, -1);
  if (isShort) return local.slice(5).replace('T', ' ');
  const sign = offsetMinutes < 0 ? '-' : '+';
  const two = (value: number): string => String(Math.trunc(Math.abs(value))).padStart(2, '0');
  return `${local}${sign}${two(offsetMinutes / 60)}:${two(offsetMinutes % 60)}`;
}

/** What the journal notes of each entry (`_BOOT_ID`, `SYSLOG_FACILITY`): shown where all of a record is asked for. */
const NOTES = /^(?:_|SYSLOG_)/;

function attributesText(record: LogRecord, isWhole: boolean): string {
  const pairs = Object.entries(record.attributes)
    .filter(([key]) => isWhole || !NOTES.test(key))
    .map(pairText);
  const ids: [string, string][] = [
    ['operationID', record.operationId],
    ['trace_id', record.traceId],
  ];
  return [...ids.filter(([, id]) => id !== '').map(pairText), ...pairs].join(' ');
}

function pairText([key, value]: readonly [string, AttributeValue]): string {
  // A name is quoted too: one with blanks would look like several.
  return `${valueText(key)}=${valueText(value)}`;
}

/** As logfmt writes it: quoted where blanks or quotes would make it two. */
export function valueText(value: AttributeValue): string {
  const text = printable(typeof value === 'object' ? JSON.stringify(value) : String(value));
  return text === '' || /[\s"=]/.test(text) ? JSON.stringify(text) : text;
}
