/**
 * The journal as `journalctl -o json` writes it: all values are strings, those with characters that
 * cannot be printed arrays of bytes, and a field that was given several times an array of both.
 */
import type { AttributeValue } from '@tendril/model/attribute';
import { mapOf, type LooseMap } from './loose-json.ts';
import { NOTHING_SAID, type Transport, type Wrapped } from './transport.ts';

export const JOURNALD: Transport = { name: 'journald', first: '{', open: () => unwrap };

function unwrap(line: string): Wrapped | undefined {
  // Without the quote before it: a search stops at every quote of the line.
  if (!line.includes('__REALTIME_TIMESTAMP"')) return undefined;
  const entry = mapOf(line);
  return entry && journalEntry(fieldsOf(entry));
}

/** A field's text, or its texts when it was given several times. */
export type JournalFields = ReadonlyMap<string, string | readonly string[]>;

const RESOURCE: ReadonlyMap<string, string> = new Map([
  ['_HOSTNAME', 'host.name'],
  ['_MACHINE_ID', 'host.id'],
  ['_PID', 'process.pid'],
  ['_COMM', 'process.executable.name'],
  ['_EXE', 'process.executable.path'],
  ['_CMDLINE', 'process.command_line'],
  ['_SYSTEMD_UNIT', 'systemd.unit'],
  ['CONTAINER_NAME', 'container.name'],
  ['CONTAINER_ID_FULL', 'container.id'],
  ['IMAGE_NAME', 'container.image.name'],
]);
const ATTRIBUTES: ReadonlyMap<string, string> = new Map([
  ['CODE_FILE', 'code.file.path'],
  ['CODE_LINE', 'code.line.number'],
  ['CODE_FUNC', 'code.function.name'],
  ['TID', 'thread.id'],
]);
/** What systemd says of a unit: how it ended, and how often it was started again. */
const UNIT_FACTS: ReadonlyMap<string, string> = new Map([
  ['EXIT_CODE', 'systemd.exit'],
  ['EXIT_STATUS', 'process.exit.code'],
  ['UNIT_RESULT', 'systemd.result'],
  ['N_RESTARTS', 'systemd.restarts'],
]);
const NO_FACTS: ReadonlyMap<string, string> = new Map();
/** Said elsewhere in the record, or of no use outside the journal. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  'MESSAGE',
  'PRIORITY',
  '__REALTIME_TIMESTAMP',
  '__MONOTONIC_TIMESTAMP',
  '__CURSOR',
  '__SEQNUM',
  '__SEQNUM_ID',
]);
const INTEGER = /^\d{1,15}$/;
const NUMBERS: ReadonlySet<string> = new Set([
  'process.pid',
  'thread.id',
  'code.line.number',
  'process.exit.code',
  'systemd.restarts',
]);
// OpenTelemetry's numbers for 0 (emergency) to 7 (debug).
const SEVERITIES = [21, 21, 21, 17, 13, 9, 9, 5];

const ORIGIN = ['_HOSTNAME', '_SYSTEMD_UNIT', '_PID', 'SYSLOG_IDENTIFIER'];
const SUBJECT = ['_HOSTNAME', 'UNIT', 'USER_UNIT', 'SYSLOG_IDENTIFIER'];

/** Undefined without a message: entries whose message was too large have none. An empty one is a blank line. */
export function journalEntry(fields: JournalFields): Wrapped | undefined {
  const message = textOf(fields, 'MESSAGE');
  if (message === '' && fields.get('MESSAGE') !== '') return undefined;
  const resource = new Map<string, AttributeValue>();
  const attributes = new Map<string, AttributeValue>();
  const subject = subjectOf(fields);
  if (subject !== '') resource.set('systemd.unit', subject);
  const facts = subject === '' ? NO_FACTS : UNIT_FACTS;
  for (const [name, value] of fields) {
    if (subject !== '' && OF_SPEAKER.has(name)) continue;
    const resourceName = RESOURCE.get(name);
    if (resourceName !== undefined) resource.set(resourceName, valueOf(resourceName, value));
    else if (!LEFT_OUT.has(name)) {
      const attributeName = ATTRIBUTES.get(name) ?? facts.get(name) ?? name;
      attributes.set(attributeName, valueOf(attributeName, value));
    }
  }
  return {
    ...NOTHING_SAID,
    text: message,
    origin: (subject === '' ? ORIGIN : SUBJECT).map((name) => textOf(fields, name)).join('/'),
    timeNs: timeOf(textOf(fields, '__REALTIME_TIMESTAMP')),
    severityNumber: SEVERITIES[Number(textOf(fields, 'PRIORITY') || 'x')] ?? 0,
    service: subject === '' ? serviceOf(fields) : serviceOfUnit(subject),
    resource,
    attributes,
  };
}

/** What systemd speaks of is another unit than the one that it speaks as. */
function subjectOf(fields: JournalFields): string {
  const isSystemd = SPEAKERS.some((name) => textOf(fields, name) === 'systemd');
  return isSystemd ? textOf(fields, 'UNIT') || textOf(fields, 'USER_UNIT') : '';
}

const SPEAKERS = ['_COMM', 'SYSLOG_IDENTIFIER'];
const OF_SPEAKER: ReadonlySet<string> = new Set([
  '_PID',
  '_COMM',
  '_EXE',
  '_CMDLINE',
  '_SYSTEMD_UNIT',
  'SYSLOG_IDENTIFIER',
  'UNIT',
  'USER_UNIT',
]);

function serviceOfUnit(unit: string): string {
  return unit.replace(/\.service$/, '');
}

function serviceOf(fields: JournalFields): string {
  const container = textOf(fields, 'CONTAINER_NAME');
  const identifier = textOf(fields, 'SYSLOG_IDENTIFIER') || textOf(fields, '_COMM');
  return container || identifier || serviceOfUnit(textOf(fields, '_SYSTEMD_UNIT'));
}

function textOf(fields: JournalFields, name: string): string {
  const value = fields.get(name) ?? '';
  return typeof value === 'string' ? value : value.join('\n');
}

function valueOf(name: string, value: string | readonly string[]): AttributeValue {
  if (typeof value === 'string' && NUMBERS.has(name) && INTEGER.test(value)) return Number(value);
  return value;
}

// Microseconds.
function timeOf(text: string): bigint | undefined {
  return /^\d{1,18}$/.test(text) ? BigInt(text) * 1000n : undefined;
}

function fieldsOf(entry: LooseMap): JournalFields {
  const fields = new Map<string, string | readonly string[]>();
  for (const [name, value] of Object.entries(entry)) {
    const text = textOrBytes(value);
    if (text !== undefined) fields.set(name, text);
    else if (Array.isArray(value)) {
      fields.set(
        name,
        value.flatMap((element: unknown) => textOrBytes(element) ?? []),
      );
    }
  }
  return fields;
}

function textOrBytes(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const elements: readonly unknown[] = value;
  const bytes = elements.filter((byte) => typeof byte === 'number');
  return bytes.length === elements.length ? Buffer.from(bytes).toString('utf8') : undefined;
}
