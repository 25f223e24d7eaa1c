/**
 * Events that say everything themselves (a severity among it), from ranges of their bytes to a record, as nearly all
 * events of programs are: what `EventReader` and `EventWriter` make of an event, without making anything of it
 * before (`npm run bench -- receiver-decode`). Of an event that needs more (a body that may be a line of a log, names
 * that mean the same) it says so, and they take it.
 */
import { ByteSource, ByteStore } from '@tendril/columns/byte-store';
import { ByteTable } from '@tendril/columns/byte-table';
import type { LogResource } from '@tendril/columns/log-resource';
import type { LineContext } from '@tendril/intake/format';
import type { Role } from '@tendril/intake/formats/field-roles';
import { parseJson } from '@tendril/intake/formats/json-text';
import { timeOfValue } from '@tendril/intake/formats/structured';
import { UtcTime } from '@tendril/intake/formats/utc-time';
import {
  severityNumberOfLevel,
  severityNumberOf,
  severityTextOf,
} from '@tendril/intake/formats/severity-word';
import type { LogWriter } from '@tendril/intake/log-writer';
import type { AttributeValue } from '@tendril/model/attribute';
import { leafOf } from './event-fields.ts';
import { EventLeaves, LEAF, LEAVES_MAX } from './event-leaves.ts';
import { eventResource } from './event-resource.ts';
import type { EventWriter } from './event-writer.ts';
import { CONTAINER, containerNameOf, resourcePlaceName, type FieldNames } from './field-names.ts';

/** What the events of a request share. */
export interface PlainEventsRequest {
  readonly events: EventWriter;
  readonly names: FieldNames;
  readonly context: LineContext;
}

/** What is said beside the event. */
export interface PlainEventFrame {
  readonly added: readonly AddedAttribute[];
  /** Of an event that names none. */
  readonly service: string;
  /** Of an event that states none. */
  readonly timeNs: bigint | undefined;
  /** The message of an event that has none. */
  readonly bodyStart: number;
  readonly bodyEnd: number;
  /**
   * Its severity is that of the transport, and its message a line that may know better: where it does not, and belongs
   * to no other, the event is a plain one.
   */
  readonly isLine: boolean;
}

/** An attribute that the protocol adds. */
export type AddedAttribute = readonly [name: string, value: string];

/** What becomes of a leaf. */
const FATE = { none: 0, attribute: 1, resource: 2, stream: 3 } as const;

const ROLES = [
  'time',
  'severity',
  'severityNumber',
  'body',
  'service',
  'serviceVersion',
  'environment',
  'host',
  'pid',
  'scope',
  'event',
] as const satisfies readonly Role[];

/** Fields of the resource that fields with a role fill. */
const RESOURCE_ROLES = [
  ['service', 'service.name'],
  ['serviceVersion', 'service.version'],
  ['environment', 'deployment.environment.name'],
  ['host', 'host.name'],
  ['pid', 'process.pid'],
] as const;

const RESOURCE_PLACES = RESOURCE_ROLES.map(
  ([role, name]) => [role, name, resourcePlaceName(name)] as const,
);

const HOST_PLACE = resourcePlaceName('host.name');
const NO_SEVERITY = { number: 0, text: '' };
const NOBODY = -1;
const STREAM_KEY = 'log.iostream';
const PID = /^\d{1,10}$/;

const RESOURCES_MAX = 4_096;
const RESOURCE_BYTES_MAX: number = 8 * 1024 * 1024;
const SEVERITIES_MAX = 256;

interface StatedSeverity {
  readonly number: number;
  readonly text: string;
  /** It has a name, and not a mark or a number alone. */
  readonly isNamed: boolean;
}

/** Of a writer; what it has learned serves all requests. */
export function plainEventsOf(writer: LogWriter): PlainEvents {
  const known = WRITERS.get(writer);
  if (known !== undefined) return known;
  const made = new PlainEvents(writer);
  WRITERS.set(writer, made);
  return made;
}

const WRITERS: WeakMap<LogWriter, PlainEvents> = new WeakMap();

export class PlainEvents {
  /** For readers: those of the event at hand. */
  readonly leaves: EventLeaves = new EventLeaves();
  private readonly writer: LogWriter;
  private readonly time: UtcTime = new UtcTime();
  private readonly fates: Uint8Array = new Uint8Array(LEAVES_MAX);
  private readonly picked: Record<Role, number> = noRoles();
  private statedSeverity: StatedSeverity | undefined;
  private hasTime = false;
  private otherTimeNs: bigint | undefined;
  private readonly resourceKey: ByteStore = new ByteStore(1_024);
  private resourceKeySource: ByteSource = new ByteSource(this.resourceKey.bytes);
  private readonly resourceTable: ByteTable = new ByteTable();
  private resources: LogResource[] = [];
  private readonly severityTable: ByteTable = new ByteTable();
  private severities: (StatedSeverity | undefined)[] = [];

  constructor(writer: LogWriter) {
    this.writer = writer;
  }

  /** False when the event is not a plain one: then nothing was written. */
  write({ context, events, names }: PlainEventsRequest, frame: PlainEventFrame): boolean {
    const { added } = frame;
    const { leaves, picked, writer } = this;
    if (!this.pick(leaves, context) || !this.claimPlaces(leaves, added, names)) return false;
    const severity = this.severity(leaves) ?? (frame.isLine ? NO_SEVERITY : undefined);
    if (severity === undefined || !this.hasPlainEnd(leaves)) return false;
    if (frame.isLine && !this.isMessage(events, names)) return false;
    writer.useResource(this.resource(leaves, frame));
    events.useScope(picked.scope === NOBODY ? '' : leaves.text(picked.scope));
    writer.begin();
    this.putTime(frame);
    writer.severity(severity.number, severity.text);
    this.putBody(leaves, frame);
    if (picked.event !== NOBODY) {
      writer.readFrom(leaves.sourceOf(picked.event));
      writer.eventNameRange(leaves.start(picked.event), leaves.end(picked.event));
    }
    this.putAttributes(leaves);
    for (const [name, value] of added) writer.attribute(name, value);
    writer.end();
    return true;
  }

  // Finds what has a role. False when that takes more than looking at one field after the other.
  private pick(leaves: EventLeaves, context: LineContext): boolean {
    const { fates, picked } = this;
    for (const role of ROLES) picked[role] = NOBODY;
    this.hasTime = false;
    this.statedSeverity = undefined;
    for (let index = 0; index < leaves.count; index += 1) {
      const name = leaves.name(index);
      const { isOdd, kind, role } = name;
      if (isOdd) return false;
      fates[index] = FATE.attribute;
      if (kind === 'metadata') fates[index] = FATE.none;
      else if (kind === 'resource') fates[index] = FATE.resource;
      else if (kind === 'source' && isStream(leaves, index)) fates[index] = FATE.stream;
      else if (role !== undefined) {
        const known = picked[role.role];
        const isBest = known === NOBODY || role.rank < (leaves.name(known).role?.rank ?? 0);
        // It becomes a text there, if its values differ.
        if (leaves.kind(index) === LEAF.list) return false;
        if (!isBest || !this.serves(leaves, index, { role: role.role, context })) continue;
        if (known !== NOBODY) fates[known] = FATE.attribute;
        picked[role.role] = index;
        fates[index] = FATE.none;
      }
    }
    this.dropForeignName(leaves);
    return true;
  }

  // Of bunyan and pino, which count levels in tens; elsewhere it is anything.
  private dropForeignName(leaves: EventLeaves): void {
    const { service, severity } = this.picked;
    if (service === NOBODY || leaves.name(service).target !== 'name') return;
    const isLevel = severity !== NOBODY && !leaves.isText(severity);
    if (isLevel && leaves.number(severity) >= 10) return;
    this.picked.service = NOBODY;
    this.fates[service] = FATE.attribute;
  }

  private serves(
    leaves: EventLeaves,
    index: number,
    { role, context }: { readonly role: Role; readonly context: LineContext },
  ): boolean {
    const isText = leaves.isText(index);
    switch (role) {
      case 'time':
        return this.readTime(leaves, index, context);
      case 'severity':
        return this.readSeverity(leaves, index);
      case 'severityNumber':
        return isSeverityNumber(leaves, index);
      case 'body':
        return isText;
      case 'service':
      case 'serviceVersion':
      case 'environment':
      case 'host':
      case 'scope':
      case 'event':
        return isText && leaves.end(index) > leaves.start(index);
      case 'pid':
        return PID.test(String(leaves.value(index)));
      default:
        return role satisfies never;
    }
  }

  private readTime(leaves: EventLeaves, index: number, context: LineContext): boolean {
    const { time } = this;
    const isUtc =
      leaves.isText(index) &&
      time.read(leaves.sourceOf(index).bytes, leaves.start(index), leaves.end(index));
    const ns = isUtc ? undefined : timeOfValue(leaves.value(index), context);
    if (!isUtc && ns === undefined) return false;
    this.otherTimeNs = ns;
    this.hasTime = true;
    return true;
  }

  private readSeverity(leaves: EventLeaves, index: number): boolean {
    const found = leaves.isText(index)
      ? this.severityOfText(leaves, index)
      : severityOfLevel(leaves, index);
    if (found === undefined) return false;
    this.statedSeverity = found;
    return true;
  }

  private severityOfText(leaves: EventLeaves, index: number): StatedSeverity | undefined {
    const { severityTable } = this;
    if (severityTable.count >= SEVERITIES_MAX) {
      severityTable.reset();
      this.severities = [];
    }
    const { count } = severityTable;
    const number = severityTable.intern(
      leaves.sourceOf(index),
      leaves.start(index),
      leaves.end(index),
    );
    if (number === count) this.severities[number] = severityOfWord(leaves.text(index));
    return this.severities[number];
  }

  // What one place of a record gets from two fields is decided elsewhere.
  private claimPlaces(
    leaves: EventLeaves,
    added: readonly AddedAttribute[],
    names: FieldNames,
  ): boolean {
    const { event } = leaves;
    for (let index = 0; index < leaves.count; index += 1) {
      const fate = this.fates[index];
      if (fate === FATE.none) continue;
      const { place } =
        fate === FATE.stream ? { place: names.placeOf(STREAM_KEY) } : leaves.name(index);
      if (place.filledIn === event) return false;
      place.filledIn = event;
    }
    for (const [role, , placeName] of RESOURCE_PLACES) {
      if (this.picked[role] === NOBODY) continue;
      const place = names.placeOf(placeName);
      if (place.filledIn === event) return false;
      place.filledIn = event;
    }
    return added.every(([name]) => names.placeOf(name).filledIn !== event);
  }

  private severity(leaves: EventLeaves): Pick<StatedSeverity, 'number' | 'text'> | undefined {
    const { severityNumber } = this.picked;
    const { statedSeverity } = this;
    if (severityNumber === NOBODY) return statedSeverity;
    const number = leaves.number(severityNumber);
    const isNamed = statedSeverity !== undefined && statedSeverity.isNamed;
    return { number, text: isNamed ? statedSeverity.text : severityTextOf(number) };
  }

  private isMessage(events: EventWriter, names: FieldNames): boolean {
    const { leaves, picked } = this;
    if (picked.body === NOBODY || picked.event !== NOBODY) return false;
    // The sender's address is put there elsewhere.
    if (names.placeOf(HOST_PLACE).filledIn !== leaves.event) return false;
    return events.isMessage(leaves.text(picked.body));
  }

  // Blanks at the end of a message are cut off elsewhere.
  private hasPlainEnd(leaves: EventLeaves): boolean {
    const { body } = this.picked;
    if (body === NOBODY || leaves.end(body) === leaves.start(body)) return true;
    const { bytes } = leaves.sourceOf(body);
    return !mayEndWithBlank(bytes, leaves.start(body), leaves.end(body));
  }

  private putTime({ timeNs }: PlainEventFrame): void {
    const { otherTimeNs, time, writer } = this;
    const ns = this.hasTime ? otherTimeNs : timeNs;
    if (ns !== undefined) writer.timeNs(ns);
    else if (this.hasTime) writer.time(time.low, time.high);
  }

  private putBody(leaves: EventLeaves, { bodyStart, bodyEnd }: PlainEventFrame): void {
    const { writer } = this;
    const { body } = this.picked;
    writer.readFrom(body === NOBODY ? leaves.source : leaves.sourceOf(body));
    if (body === NOBODY) writer.bodyRange(bodyStart, bodyEnd);
    else writer.bodyRange(leaves.start(body), leaves.end(body));
  }

  private putAttributes(leaves: EventLeaves): void {
    for (let index = 0; index < leaves.count; index += 1) {
      const fate = this.fates[index];
      if (fate === FATE.attribute) this.putAttribute(leaves, index, leaves.name(index).attribute);
      else if (fate === FATE.stream) this.putAttribute(leaves, index, STREAM_KEY);
    }
  }

  private putAttribute(leaves: EventLeaves, index: number, name: string): void {
    const { writer } = this;
    const kind = leaves.kind(index);
    if (leaves.isText(index)) {
      writer.readFrom(leaves.sourceOf(index));
      writer.attributeText(name, leaves.start(index), leaves.end(index));
    } else if (kind === LEAF.integer) writer.attributeInteger(name, leaves.number(index));
    else writer.attribute(name, valueOf(leaves, index));
  }

  private resource(leaves: EventLeaves, frame: PlainEventFrame): LogResource {
    this.writeResourceKey(leaves, frame.service);
    const { resourceKey, resourceTable } = this;
    if (resourceTable.count >= RESOURCES_MAX || resourceTable.store.end >= RESOURCE_BYTES_MAX) {
      resourceTable.reset();
      this.resources = [];
    }
    const number = resourceTable.intern(this.resourceKeySource, 0, resourceKey.end);
    const known = this.resources[number];
    if (known !== undefined) return known;
    const fields = this.resourceFields(leaves);
    const made = eventResource(this.writer.context, fields, frame.service);
    this.resources[number] = made;
    return made;
  }

  // The same for the same fields with the same values in the same order, and for no others.
  private writeResourceKey(leaves: EventLeaves, service: string): void {
    const { fates, resourceKey } = this;
    resourceKey.end = 0;
    resourceKey.putString(service);
    for (let index = 0; index < leaves.count; index += 1) {
      if (fates[index] !== FATE.resource && !this.isPickedResource(leaves, index)) continue;
      resourceKey.putVarint(leaves.name(index).number);
      resourceKey.putByte(leaves.kind(index));
      if (leaves.isText(index) || leaves.kind(index) === LEAF.list) {
        resourceKey.putText(leaves.sourceOf(index), leaves.start(index), leaves.end(index));
      } else resourceKey.putFloat64(leaves.number(index));
    }
    if (this.resourceKeySource.bytes === resourceKey.bytes) return;
    this.resourceKeySource = new ByteSource(resourceKey.bytes);
  }

  private isPickedResource(leaves: EventLeaves, index: number): boolean {
    const role = this.fates[index] === FATE.none ? leaves.name(index).role?.role : undefined;
    if (role === undefined || this.picked[role] !== index) return false;
    return RESOURCE_ROLES.some(([name]) => name === role);
  }

  private resourceFields(leaves: EventLeaves): Map<string, AttributeValue> {
    const fields = new Map<string, AttributeValue>();
    for (let index = 0; index < leaves.count; index += 1) {
      if (this.fates[index] !== FATE.resource) continue;
      const { target } = leaves.name(index);
      const value = valueOf(leaves, index);
      fields.set(target, target === CONTAINER ? containerNameOf(value) : value);
    }
    for (const [role, name] of RESOURCE_ROLES) {
      const index = this.picked[role];
      if (index !== NOBODY) fields.set(name, leaves.value(index));
    }
    return fields;
  }
}

function noRoles(): Record<Role, number> {
  return Object.fromEntries(ROLES.map((role) => [role, NOBODY])) as Record<Role, number>;
}

const STDOUT = Buffer.from('stdout');
const STDERR = Buffer.from('stderr');

function isStream(leaves: EventLeaves, index: number): boolean {
  if (leaves.kind(index) !== LEAF.text) return false;
  const value = leaves.source.bytes.subarray(leaves.start(index), leaves.end(index));
  return STDOUT.equals(value) || STDERR.equals(value);
}

function valueOf(leaves: EventLeaves, index: number): AttributeValue {
  if (leaves.kind(index) !== LEAF.list) return leaves.value(index);
  return leafOf(parseJson(leaves.text(index)), 1) ?? '';
}

function isSeverityNumber(leaves: EventLeaves, index: number): boolean {
  const kind = leaves.kind(index);
  if (kind !== LEAF.integer && kind !== LEAF.double) return false;
  const value = leaves.number(index);
  return value >= 1 && value <= 24;
}

function severityOfWord(value: string): StatedSeverity | undefined {
  const number =
    severityNumberOf(value.trim()) ||
    (/^\d+$/.test(value) ? severityNumberOfLevel(Number(value)) : 0);
  if (number === 0) return undefined;
  const isNamed = /^[^\d]{2,}/.test(value);
  return { number, text: isNamed ? value.trim() : severityTextOf(number), isNamed };
}

function severityOfLevel(leaves: EventLeaves, index: number): StatedSeverity | undefined {
  const kind = leaves.kind(index);
  if (kind !== LEAF.integer && kind !== LEAF.double) return undefined;
  const number = severityNumberOfLevel(leaves.number(index));
  return number === 0 ? undefined : { number, text: severityTextOf(number), isNamed: false };
}

// Some characters of three bytes are blanks; those that begin alike are not told apart.
function mayEndWithBlank(bytes: Uint8Array, start: number, end: number): boolean {
  const last = bytes[end - 1] ?? 0;
  if (last < 0x80) return last <= 0x20;
  const lead = end - start >= 3 ? (bytes[end - 3] ?? 0) : 0;
  const second = bytes[end - 2] ?? 0;
  if (second === 0xc2 || lead === 0xe1 || lead === 0xe2 || lead === 0xef) return true;
  return lead === 0xe3 && second === 0x80 && last === 0x80;
}
