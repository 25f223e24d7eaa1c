/** `tendril trace`: the spans of a trace as a tree with bars, and the records that belong to them inline. */
import type { LogRecord } from '@tendril/model/log-record';
import { severityOfNumber } from '@tendril/model/severity';
import type { Span } from '@tendril/model/span';
import { Failure } from '@tendril/model/failure';
import { openChains } from '../chains/chain-source.ts';
import type { Command, Invocation } from '../command.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { badUsage, countFlag, isSet } from '../flag-values.ts';
import type { Output } from '../output/output.ts';
import { printable, printableJson } from '../output/printable.ts';
import { timeText } from '../output/record-line.ts';
import { durationText, nameText } from '../output/span-line.ts';
import { fit, padStart, widthOf } from '../output/width.ts';
import { PACK_FLAGS } from '../parsing/pack-flags.ts';
import { ORIGIN_FLAGS } from '../shipping/line-origin.ts';
import { hasSelection, SINCE_FLAGS, SOURCE_FLAGS } from '../sources/source-flags.ts';
import { treeOf, type TreeLine } from '../traces/trace-tree.ts';
import { printOne } from './chain.ts';

const RECORDS_DEFAULT = 1_000;
const RECORDS_MAX = 10_000;
/** Of 128 or 64 bits. */
const TRACE_ID = /^(?:[0-9a-f]{32}|[0-9a-f]{16})$/i;
const BAR_WIDTH = 24;
const DURATION_WIDTH = 8;
/** Deeper spans are drawn at this depth: further right nobody reads. */
const INDENT_MAX = 24;
const LEFT_WIDTH: number = BAR_WIDTH + DURATION_WIDTH + 4;

export const trace: Command = {
  name: 'trace',
  summary: 'trace.summary',
  usage: 'trace ID [PATH…] [--records N]',
  examples: [
    { line: 'trace 0af7651916cd43dd8448eb211c80319c', summary: 'trace.example.plain' },
    { line: 'trace 0af7651916cd43dd8448eb211c80319c --json', summary: 'trace.example.json' },
    { line: 'trace e8a1e76f-f364-4304-a07c-47fa8a506f41 logs/', summary: 'trace.example.files' },
    { line: 'trace e8a1e76f-f364-4304-a07c-47fa8a506f41 -n openim', summary: 'trace.example.pods' },
  ],
  flags: {
    records: {
      type: 'string',
      value: 'N',
      summary: 'trace.flag.records',
      default: String(RECORDS_DEFAULT),
    },
    ...SOURCE_FLAGS,
    ...SINCE_FLAGS,
    ...PACK_FLAGS,
    ...ORIGIN_FLAGS,
  },

  async run(invocation) {
    const { positionals, flags } = invocation;
    const [traceId, ...paths] = positionals;
    if (traceId === undefined) throw badUsage('name one trace by its id');
    const limit = countFlag(flags, 'records', { min: 0, max: RECORDS_MAX }) ?? RECORDS_DEFAULT;
    const isOfServer = paths.length === 0 && !hasSelection(flags);
    const found =
      isOfServer && TRACE_ID.test(traceId) ? await read(invocation, traceId, limit) : undefined;
    if (found === undefined) {
      // An operation has no spans of its own; its records tell the way it went.
      const source = await openChains(invocation, paths, traceId);
      return await printOne(invocation, source, traceId, { withRecords: limit > 0 });
    }
    await (isSet(flags, 'json') ? printJson(invocation, found) : printTree(invocation, found));
    return await conclude(invocation, found);
  },
};

interface Found {
  readonly spans: readonly Span[];
  readonly records: readonly LogRecord[];
  readonly partialReason: string | undefined;
}

/** Undefined when there is no such trace. */
async function read(
  { api, signal }: Invocation,
  traceId: string,
  limit: number,
): Promise<Found | undefined> {
  const spans: Span[] = [];
  const records: LogRecord[] = [];
  let partialReason: string | undefined;
  try {
    for await (const event of api.trace({ traceId }, signal)) {
      if (event.kind === 'row') spans.push(event.span);
      else partialReason = event.partial?.reason;
    }
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'not_found') throw error;
    return undefined;
  }
  if (limit > 0) {
    for await (const event of api.traceRecords({ traceId, limit }, signal)) {
      if (event.kind === 'row') records.push(event.record);
    }
  }
  return { spans, records, partialReason };
}

/** One object a line: the spans, then the records. */
async function printJson({ stdout }: Invocation, { spans, records }: Found): Promise<void> {
  for (const span of spans) await stdout.line(printableJson({ span }));
  for (const record of records) await stdout.line(printableJson({ record }));
}

async function printTree({ stdout, messages }: Invocation, found: Found): Promise<void> {
  const { spans, records } = found;
  const extent = extentOf(spans);
  const services = new Set(spans.map(({ serviceName }) => serviceName)).size;
  const errors = spans.filter(({ status }) => status === 'error').length;
  const head = messages.text('trace.head', { spans: spans.length, services, errors });
  const when = timeText(String(extent.startNs), stdout.isTerminal);
  const length = durationText(String(extent.endNs - extent.startNs));
  await stdout.line(stdout.style('bold', spans[0]?.traceId ?? ''));
  await stdout.line(`${when}  ${length}  ${head}`);
  const recordsOf = Map.groupBy(records, ({ spanId }) => spanId);
  for (const line of treeOf(spans)) {
    await stdout.line(spanLine(stdout, line, extent));
    const own = recordsOf.get(line.span.spanId) ?? [];
    recordsOf.delete(line.span.spanId);
    for (const record of own) await stdout.line(recordLine(stdout, record, line.depth));
  }
  const rest = [...recordsOf.values()].flat();
  if (rest.length === 0) return;
  await stdout.line(stdout.style('dim', messages.text('trace.otherRecords')));
  for (const record of rest) await stdout.line(recordLine(stdout, record, 0));
}

interface Extent {
  readonly startNs: bigint;
  readonly endNs: bigint;
}

function extentOf(spans: readonly Span[]): Extent {
  const starts = spans.map(({ timestamp }) => BigInt(timestamp));
  const ends = spans.map((span) => BigInt(span.timestamp) + BigInt(span.durationNs));
  return {
    startNs: starts.reduce((least, ns) => (ns < least ? ns : least), starts[0] ?? 0n),
    endNs: ends.reduce((most, ns) => (ns > most ? ns : most), 0n),
  };
}

function spanLine(output: Output, { span, depth }: TreeLine, extent: Extent): string {
  const isError = span.status === 'error';
  const bar = barOf(span, extent);
  const duration = padStart(durationText(span.durationNs), DURATION_WIDTH);
  const left = `${output.style(isError ? 'red' : 'cyan', bar)}  ${duration}  `;
  const indent = '  '.repeat(Math.min(depth, INDENT_MAX));
  const service = printable(span.serviceName) || '-';
  const room = Math.max(20, output.width - LEFT_WIDTH - indent.length - widthOf(service) - 2);
  const name = fit(nameText(span), room);
  return `${left}${indent}${output.style('dim', service)}  ${isError ? output.style('red', name) : name}`;
}

/** Where in the trace the span lies; one that is too short to see has a mark. */
function barOf({ timestamp, durationNs }: Span, { startNs, endNs }: Extent): string {
  const whole = Math.max(1, Number(endNs - startNs));
  const columns = (ns: bigint): number => (Number(ns) / whole) * BAR_WIDTH;
  const from = Math.min(BAR_WIDTH - 1, Math.floor(columns(BigInt(timestamp) - startNs)));
  const length = Math.min(BAR_WIDTH - from, Math.max(1, Math.round(columns(BigInt(durationNs)))));
  const isShort = columns(BigInt(durationNs)) < 0.5;
  const drawn = isShort ? '╵' : '━'.repeat(length);
  return `${' '.repeat(from)}${drawn}`.padEnd(BAR_WIDTH);
}

function recordLine(output: Output, record: LogRecord, depth: number): string {
  const indent = '  '.repeat(Math.min(depth, INDENT_MAX) + 1);
  const severity = severityOfNumber(record.severityNumber);
  const letter = severity?.[0]?.toUpperCase() ?? '·';
  const time = timeText(record.timestamp, true).slice(6);
  const head = `${' '.repeat(LEFT_WIDTH)}${indent}· ${time} ${letter} `;
  const body = fit(printable(record.body), Math.max(20, output.width - widthOf(head)));
  const isBad = severity === 'error' || severity === 'fatal';
  return `${output.style('dim', head)}${isBad ? output.style('red', body) : body}`;
}

async function conclude(
  { stderr, messages, signal }: Invocation,
  { partialReason }: Found,
): Promise<ExitCode> {
  if (signal.aborted) return EXIT.interrupted;
  if (partialReason === undefined) return EXIT.ok;
  await stderr.line(messages.text('say.partial.table', { reason: partialReason }));
  return EXIT.partial;
}
