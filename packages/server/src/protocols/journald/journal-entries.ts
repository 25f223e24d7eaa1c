/** Entries of systemd's journal as records; what the journal trusts goes before what a program says. */
import type { BatchSink } from '@tendril/columns/batch';
import type { LogBatch } from '@tendril/columns/log-batch';
import { severityNumberOfSyslog, severityTextOf } from '@tendril/intake/formats/severity-word';
import type { LogWriter } from '@tendril/intake/log-writer';
import type { WriteOutcome } from '@tendril/intake/request-state';
import type { AttributeValue } from '@tendril/model/attribute';
import { EventWriter } from '../events/event-writer.ts';
import type { JournalEntry } from './export-format.ts';

export function decodeJournalEntries(
  entries: readonly JournalEntry[],
  writer: LogWriter,
  sink: BatchSink<LogBatch>,
  nowNs: bigint,
): WriteOutcome {
  const events = new EventWriter(writer, sink, nowNs);
  for (const entry of entries) writeEntry(entry, events);
  return events.outcome();
}

/** Says where an entry is in which journal; the same for an entry that is sent again. */
export function cursorOf({ fields }: JournalEntry): string {
  return fields.find(([name]) => name === '__CURSOR')?.[1] ?? '';
}

function writeEntry({ fields, isCut }: JournalEntry, events: EventWriter): void {
  const attributes = new Map<string, AttributeValue>();
  const resource = new Map<string, AttributeValue>();
  const special = new Map<string, string>();
  for (const [name, value] of fields) {
    const resourceName = RESOURCE_NAMES.get(name);
    if (SPECIAL.has(name)) special.set(name, value);
    else if (resourceName !== undefined) resource.set(resourceName, value);
    else addAttribute(attributes, ATTRIBUTE_NAMES.get(name) ?? name, value);
  }
  if (isCut) attributes.set('journald.truncated', true);
  const unit = special.get('_SYSTEMD_UNIT') ?? special.get('_SYSTEMD_USER_UNIT');
  if (unit !== undefined) resource.set('systemd.unit', unit);
  const service = special.get('SYSLOG_IDENTIFIER') ?? special.get('_COMM') ?? unit;
  if (service !== undefined) resource.set('service.name', service.replace(/\.service$/, ''));
  const pid = special.get('_PID') ?? special.get('SYSLOG_PID');
  // It changes with every start: an attribute, not a resource.
  if (pid !== undefined && /^\d{1,10}$/.test(pid)) attributes.set('process.pid', Number(pid));
  const priority = /^[0-7]$/.exec(special.get('PRIORITY') ?? '')?.[0];
  const severityNumber = priority === undefined ? 0 : severityNumberOfSyslog(Number(priority));
  const event = {
    timeNs: timeOf(special),
    severityText: '',
    severityNumber: 0,
    body: special.get('MESSAGE') ?? '',
    eventName: '',
    scopeName: '',
    attributes,
    resource,
  };
  events.write(event, { severityNumber, severityText: severityTextOf(severityNumber) });
}

/** When it was logged, else when it was received; both are microseconds of the machine's clock. */
function timeOf(special: ReadonlyMap<string, string>): bigint | undefined {
  const text = special.get('_SOURCE_REALTIME_TIMESTAMP') ?? special.get('__REALTIME_TIMESTAMP');
  return text !== undefined && /^\d{1,17}$/.test(text) ? BigInt(text) * 1_000n : undefined;
}

function addAttribute(attributes: Map<string, AttributeValue>, name: string, value: string): void {
  const known = attributes.get(name);
  attributes.set(name, known === undefined ? value : [String(known), value]);
}

/** Read by name above, or of no use to anybody outside the journal. */
const SPECIAL: ReadonlySet<string> = new Set([
  'MESSAGE',
  'PRIORITY',
  'SYSLOG_IDENTIFIER',
  'SYSLOG_PID',
  'SYSLOG_RAW',
  'SYSLOG_TIMESTAMP',
  '_COMM',
  '_PID',
  '_SYSTEMD_UNIT',
  '_SYSTEMD_USER_UNIT',
  '_SOURCE_REALTIME_TIMESTAMP',
  '__REALTIME_TIMESTAMP',
  '__MONOTONIC_TIMESTAMP',
  '__CURSOR',
  '__SEQNUM',
  '__SEQNUM_ID',
]);

const RESOURCE_NAMES: ReadonlyMap<string, string> = new Map([
  ['_HOSTNAME', 'host.name'],
  ['_MACHINE_ID', 'host.id'],
  ['_EXE', 'process.executable.path'],
  ['CONTAINER_NAME', 'container.name'],
  ['CONTAINER_ID_FULL', 'container.id'],
  ['IMAGE_NAME', 'container.image.name'],
  ['_RUNTIME_SCOPE', 'systemd.runtime_scope'],
]);

const ATTRIBUTE_NAMES: ReadonlyMap<string, string> = new Map([
  ['CODE_FILE', 'code.file.path'],
  ['CODE_LINE', 'code.line.number'],
  ['CODE_FUNC', 'code.function.name'],
  ['_CMDLINE', 'process.command_line'],
  ['_BOOT_ID', 'systemd.boot_id'],
  ['_TRANSPORT', 'journald.transport'],
  ['TRACE_ID', 'trace_id'],
  ['SPAN_ID', 'span_id'],
]);
