/** A span as a line for people: time, service, duration, kind, name, what went wrong, attributes. */
import type { Span } from '@tendril/model/span';
import type { Output } from './output.ts';
import { printable } from './printable.ts';
import { timeText, valueText } from './record-line.ts';
import { fit, padEnd, padStart, widthOf } from './width.ts';

const SERVICE_WIDTH_MIN = 8;
const SERVICE_WIDTH_MAX = 24;
const DURATION_WIDTH = 9;

/** Remembers how wide services are, so that columns align over spans. */
export class SpanPrinter {
  private readonly output: Output;
  private serviceWidth = SERVICE_WIDTH_MIN;

  constructor(output: Output) {
    this.output = output;
  }

  /** Without the last line end; on a terminal cut to its width. */
  print(span: Span): string {
    const { output } = this;
    const service = printable(span.serviceName) || '-';
    this.serviceWidth = Math.min(SERVICE_WIDTH_MAX, Math.max(this.serviceWidth, widthOf(service)));
    const time = timeText(span.timestamp, output.isTerminal);
    const shown = output.isTerminal
      ? padEnd(fit(service, this.serviceWidth), this.serviceWidth)
      : service;
    const duration = padStart(durationText(span.durationNs), DURATION_WIDTH);
    const head = `${output.style('dim', time)}  ${shown}  ${duration}  `;
    const text = `${span.kind}  ${nameText(span)}`;
    const rest = `trace=${span.traceId} ${attributesText(span)}`.trimEnd();
    if (!output.isTerminal) return `${head}${text}  ${rest}`;
    const room = Math.max(
      20,
      output.width - widthOf(time) - this.serviceWidth - DURATION_WIDTH - 6,
    );
    const first = fit(text, room);
    const left = room - widthOf(first) - 2;
    const coloured = span.status === 'error' ? output.style('red', first) : first;
    return `${head}${coloured}${left > 3 ? `  ${output.style('dim', fit(rest, left))}` : ''}`;
  }
}

/** The name, and what the span says of its failure. */
export function nameText({ name, status, statusMessage }: Span): string {
  const text = printable(name) || '-';
  if (status !== 'error') return text;
  return statusMessage === '' ? `${text} ✗` : `${text} ✗ ${printable(statusMessage)}`;
}

/** `850ns`, `12.3µs`, `7.2ms`, `1.25s`, `3m02s`. */
export function durationText(durationNs: string): string {
  const ns = Number(durationNs);
  if (ns < 1e3) return `${ns}ns`;
  if (ns < 1e6) return `${digits(ns / 1e3)}µs`;
  if (ns < 1e9) return `${digits(ns / 1e6)}ms`;
  if (ns < 60e9) return `${digits(ns / 1e9)}s`;
  const seconds = Math.floor(ns / 1e9);
  return `${Math.floor(seconds / 60)}m${String(seconds % 60).padStart(2, '0')}s`;
}

function digits(value: number): string {
  return value < 10 ? value.toFixed(2) : value < 100 ? value.toFixed(1) : value.toFixed(0);
}

function attributesText({ attributes, operationId }: Span): string {
  const operation: readonly (readonly [string, string])[] =
    operationId === '' ? [] : [['operationID', operationId]];
  return [...operation, ...Object.entries(attributes)]
    .map(([key, value]) => `${valueText(key)}=${valueText(value)}`)
    .join(' ');
}
