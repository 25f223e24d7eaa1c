/** `tendril status`: how the server is, in numbers that add up. */
import type { SourceAccountStatus, Status } from '@tendril/api/status';
import type { Messages } from '@tendril/messages/messages';
import type { Command } from '../command.ts';
import { EXIT } from '../exit.ts';
import { isSet } from '../flag-values.ts';
import type { Output } from '../output/output.ts';
import { printable, printableJson } from '../output/printable.ts';
import { bytesText } from '../output/quantity.ts';
import { collectorLines } from '../output/collector-lines.ts';
import { tableLines } from '../output/table.ts';
import { titled } from '../output/titled.ts';
import { padEnd, widthOf } from '../output/width.ts';

export const status: Command = {
  name: 'status',
  summary: 'status.summary',
  usage: 'status',
  examples: [
    { line: 'status', summary: 'status.example.plain' },
    { line: 'status --json | jq .pipeline.pendingRecords', summary: 'status.example.json' },
  ],
  flags: {},

  async run({ api, flags, stdout, messages, signal }) {
    const [answer, { collectors }] = await Promise.all([
      api.status(signal),
      api.collectors(signal),
    ]);
    if (isSet(flags, 'json')) await stdout.line(printableJson({ ...answer, collectors }));
    else {
      const lines = [
        ...statusLines(answer, messages, stdout),
        ...collectorLines(collectors, messages, stdout),
      ];
      await stdout.write(`${lines.join('\n')}\n`);
    }
    const isWell = answer.engine.state === 'ready' && answer.pipeline.refusing === null;
    return isWell ? EXIT.ok : EXIT.problemsFound;
  },
};

function statusLines(answer: Status, messages: Messages, stdout: Output): string[] {
  return [
    ...headLines(answer, messages, stdout),
    ...accountLines(answer, messages, stdout),
    ...storageLines(answer, messages, stdout),
    ...receiverLines(answer, messages, stdout),
    ...canaryLines(answer, messages, stdout),
  ];
}

function headLines(
  { engine, pipeline, version, startedAt, access }: Status,
  messages: Messages,
  stdout: Output,
): string[] {
  const engineText =
    engine.state === 'ready'
      ? messages.text('status.engine.ready', { version: engine.version })
      : stdout.style('red', messages.text('status.engine.away'));
  const {
    walBytes,
    walBytesMax,
    pendingRecords,
    lagMs,
    diskFreeBytes,
    refusing,
    quarantinedFrames,
  } = pipeline;
  const rows: [string, string][] = [
    [messages.text('status.version'), printable(version)],
    [messages.text('status.uptime'), printable(startedAt)],
    [messages.text('status.engine'), engineText],
    [
      messages.text('status.pending'),
      messages.text('status.pending.value', { records: pendingRecords, lagMs: Math.round(lagMs) }),
    ],
    [
      messages.text('status.wal'),
      messages.text('status.wal.value', {
        bytes: bytesText(walBytes),
        max: bytesText(walBytesMax),
      }),
    ],
    [messages.text('status.disk'), bytesText(diskFreeBytes)],
    [messages.text('status.access'), messages.text('status.access.value', { access })],
  ];
  if (quarantinedFrames > 0) {
    rows.push([
      messages.text('status.quarantined'),
      stdout.style('yellow', messages.number(quarantinedFrames)),
    ]);
  }
  if (refusing !== null) {
    const reason = messages.text('status.refusing.value', { reason: printable(refusing) });
    rows.push([messages.text('status.refusing'), stdout.style('red', reason)]);
  }
  const width = Math.max(...rows.map(([name]) => widthOf(name)));
  return rows.map(([name, value]) => `${stdout.style('dim', padEnd(name, width))}  ${value}`);
}

const COUNTS = [
  'received',
  'stored',
  'pending',
  'rejected',
  'shed',
  'quarantined',
  'dropped',
  'duplicate',
] as const;

function accountLines({ accounts }: Status, messages: Messages, stdout: Output): string[] {
  if (accounts.length === 0) return [];
  const columns = [
    { title: messages.text('status.column.source'), align: 'left' as const },
    ...COUNTS.map((name) => ({
      title: messages.text(`status.column.${name}`),
      align: 'right' as const,
    })),
    { title: messages.text('status.column.rate'), align: 'right' as const },
    { title: messages.text('status.column.lastSeen'), align: 'left' as const },
  ];
  const rows = accounts.map((account) => [
    printable(account.source),
    ...COUNTS.map((name) => messages.number(countOf(account, name))),
    messages.number(Number(account.receivedPerSecond.toPrecision(3))),
    printable(account.lastSeenAt ?? '-'),
  ]);
  const refused = accounts.flatMap((account) => refusalLine(account, messages, stdout));
  const lines = [...tableLines(columns, rows), ...refused];
  return titled(messages.text('status.accounts'), lines, stdout);
}

/** What was rejected, and why. */
function refusalLine(
  { rejected, source }: SourceAccountStatus,
  messages: Messages,
  stdout: Output,
): string[] {
  const reasons = Object.entries(rejected)
    .filter(([, count]) => count > 0)
    .map(([reason, count]) => `${printable(reason)} ${messages.number(count)}`);
  if (reasons.length === 0) return [];
  const said = { source: printable(source), reasons: reasons.join(', ') };
  return [stdout.style('yellow', messages.text('status.refusals', said))];
}

function countOf(account: SourceAccountStatus, name: (typeof COUNTS)[number]): number {
  if (name !== 'rejected') return account[name];
  return Object.values(account.rejected).reduce((sum, count) => sum + count, 0);
}

function storageLines({ storage }: Status, messages: Messages, stdout: Output): string[] {
  if (storage.length === 0) return [];
  const columns = [
    { title: messages.text('status.column.table'), align: 'left' as const },
    ...(['rows', 'size', 'perRow'] as const).map((name) => ({
      title: messages.text(`status.column.${name}`),
      align: 'right' as const,
    })),
  ];
  const rows = storage.map(({ table, rows: count, bytes }) => [
    printable(table),
    messages.number(count),
    bytesText(bytes),
    count === 0 ? '' : (bytes / count).toFixed(1),
  ]);
  return titled(messages.text('status.storage'), tableLines(columns, rows), stdout);
}

function receiverLines({ receivers }: Status, messages: Messages, stdout: Output): string[] {
  const lines = receivers.map(({ name, url }) => `${printable(name)}  ${printable(url)}`);
  return lines.length === 0 ? [] : titled(messages.text('status.receivers'), lines, stdout);
}

function canaryLines({ canaries }: Status, messages: Messages, stdout: Output): string[] {
  if (canaries.length === 0) return [];
  const sum = (name: 'sent' | 'arrived' | 'lost' | 'doubled' | 'refused'): number =>
    canaries.reduce((total, canary) => total + canary[name], 0);
  const delayMs = Math.max(...canaries.map((canary) => canary.delayMs));
  const text = messages.text('status.canaries.value', {
    receivers: canaries.length,
    sent: sum('sent'),
    arrived: sum('arrived'),
    lost: sum('lost'),
    doubled: sum('doubled'),
    refused: sum('refused'),
    delayMs: Math.round(delayMs),
  });
  const isWell = sum('lost') + sum('doubled') === 0;
  const title = messages.text('status.canaries');
  return titled(title, [isWell ? text : stdout.style('yellow', text)], stdout);
}
