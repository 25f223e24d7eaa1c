/** Agents and what they collect, for `tendril status`: what wants somebody comes first. */
import type { CollectedSource, Collector } from '@tendril/api/collectors';
import type { Messages } from '@tendril/messages/messages';
import type { Output } from './output.ts';
import { printable } from './printable.ts';
import { bytesText } from './quantity.ts';
import { tableLines } from './table.ts';
import { titled } from './titled.ts';

/** Of one agent; `--json` has all. */
const SOURCES_SHOWN = 30;

export function collectorLines(
  collectors: readonly Collector[],
  messages: Messages,
  stdout: Output,
): string[] {
  return collectors.flatMap((collector) => {
    const { host, lastSeenAt, sources } = collector;
    const title = messages.text('status.collector', {
      host: printable(host),
      at: printable(lastSeenAt),
    });
    const shown = sources.toSorted((left, right) => urgency(right) - urgency(left));
    const lines = [
      ...bufferLines(collector, messages, stdout),
      ...sourceLines(shown.slice(0, SOURCES_SHOWN), messages),
      ...shown.slice(0, SOURCES_SHOWN).flatMap((source) => troubleLines(source, messages, stdout)),
    ];
    const left = sources.length - SOURCES_SHOWN;
    if (left > 0) lines.push(messages.text('status.collector.more', { count: left }));
    return titled(title, lines, stdout);
  });
}

function bufferLines(collector: Collector, messages: Messages, stdout: Output): string[] {
  const { bufferBytes, bufferBytesMax, refusedReason, refusedRecords, sentRecords } = collector;
  const buffer = messages.text('status.collector.buffer', {
    sent: sentRecords,
    waiting: collector.waitingRecords,
    bytes: bytesText(bufferBytes),
    max: bytesText(bufferBytesMax),
  });
  if (refusedRecords === 0) return [buffer];
  const refused = { count: refusedRecords, reason: printable(refusedReason) };
  return [buffer, stdout.style('yellow', messages.text('status.collector.refused', refused))];
}

function sourceLines(sources: readonly CollectedSource[], messages: Messages): readonly string[] {
  if (sources.length === 0) return [];
  const columns = (
    ['collected', 'kind', 'state', 'lines', 'rate', 'lag', 'lastLine', 'gaps'] as const
  ).map((name) => ({
    title: messages.text(`status.column.${name}`),
    align: RIGHT.has(name) ? ('right' as const) : ('left' as const),
  }));
  const rows = sources.map((source) => [
    printable(source.name),
    source.kind,
    messages.text('status.collector.state', { state: source.state }),
    messages.number(source.lines),
    messages.number(Number(source.linesPerSecond.toPrecision(3))),
    source.lagMs === null ? '-' : lagText(source.lagMs, messages),
    printable(source.lastLineAt ?? '-'),
    messages.number(source.gaps),
  ]);
  return tableLines(columns, rows);
}

const RIGHT: ReadonlySet<string> = new Set(['lines', 'rate', 'lag', 'gaps']);

const LAG_UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const;

/** `42 ms`, `1.5 h`, `172 d`. */
function lagText(lagMs: number, messages: Messages): string {
  const [unit, unitMs] = LAG_UNITS.find(([, each]) => lagMs >= each) ?? ['ms', 1];
  return `${messages.number(Number((lagMs / unitMs).toPrecision(3)))} ${unit}`;
}

function troubleLines(
  { gaps, lastGap, name, trouble }: CollectedSource,
  messages: Messages,
  stdout: Output,
): string[] {
  const source = printable(name);
  const lines: string[] = [];
  if (trouble !== '')
    lines.push(messages.text('status.trouble', { source, trouble: printable(trouble) }));
  if (gaps > 0) lines.push(messages.text('status.gap', { source, gap: printable(lastGap) }));
  return lines.map((line) => stdout.style('yellow', line));
}

const URGENCY = { unreadable: 3, interrupted: 2, open: 0, closed: 0 } as const;

function urgency({ gaps, state }: CollectedSource): number {
  return URGENCY[state] + (gaps > 0 ? 1 : 0);
}
