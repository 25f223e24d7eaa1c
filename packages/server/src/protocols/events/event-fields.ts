/**
 * The fields of a structured event (an Elasticsearch document, a Beats event, a Fluent record, a GELF
 * message, a journal entry) as a record: names of ECS, Fluent, Docker and Kubernetes agents become
 * OpenTelemetry's, what describes the source becomes the resource.
 */
import { decodeUtf8 } from '@tendril/columns/utf8';
import type { AttributeScalar, AttributeValue } from '@tendril/model/attribute';
import type { LineContext, ParsedLine } from '@tendril/intake/format';
import { jsonText } from '@tendril/intake/formats/json-text';
import { StructuredLine } from '@tendril/intake/formats/structured';
import {
  CONTAINER,
  containerNameOf,
  ECS_NAMES,
  type FieldName,
  type FieldNames,
} from './field-names.ts';

/** Thrown where an event is nested too deeply: it is refused, the others of its request are not. */
export class EventTooDeep extends Error {}

export type EventFields = Readonly<Record<string, unknown>>;

export interface EventOptions {
  readonly context: LineContext;
  readonly depthMax: number;
  /** What the protocol calls its fields; ECS, when absent. */
  readonly names?: FieldNames;
}

/** Reads the events of one request, one after the other: `begin`, its fields, `finish`. */
export class EventReader {
  private readonly options: EventOptions;
  private readonly names: FieldNames;
  private event: StructuredLine;

  constructor(options: EventOptions) {
    this.options = options;
    this.names = options.names ?? ECS_NAMES;
    this.event = new StructuredLine(options.context);
  }

  begin(): void {
    this.event = new StructuredLine(this.options.context);
  }

  /** Throws `EventTooDeep`. */
  addAll(fields: EventFields): void {
    this.walk(this.names.root, fields, this.options.depthMax);
  }

  /** Throws `EventTooDeep`. */
  add(name: string, value: unknown): void {
    this.put(this.names.child(this.names.root, name), value, this.options.depthMax);
  }

  /** `fallbackBody` is the message of an event that has none. */
  finish(fallbackBody: string): ParsedLine {
    return this.event.finish(fallbackBody);
  }

  private walk(parent: FieldName, fields: EventFields, levels: number): void {
    // By `for in` no arrays are made; what it would find beside own keys is not in parsed documents.
    for (const key in fields) {
      if (Object.hasOwn(fields, key)) {
        this.put(this.names.child(parent, key), fields[key], levels);
      }
    }
  }

  private put(name: FieldName, value: unknown, levels: number): void {
    if (isScalar(value)) {
      this.putLeaf(name, value);
    } else if (isFields(value)) {
      if (levels === 0) throw new EventTooDeep('an event is nested too deeply');
      if (isEmpty(value)) this.putLeaf(name, '{}');
      else this.walk(name, value, levels - 1);
    } else {
      const leaf = leafOf(value, levels);
      if (leaf !== undefined) this.putLeaf(name, leaf);
    }
  }

  private putLeaf({ kind, target }: FieldName, value: AttributeValue): void {
    switch (kind) {
      case 'metadata':
        return;
      case 'resource':
        this.event.addResource(target, target === CONTAINER ? containerNameOf(value) : value);
        return;
      case 'source':
        if (value === 'stdout' || value === 'stderr') {
          this.event.addAttribute('log.iostream', value);
        } else this.event.add(target, value);
        return;
      case 'field':
        this.event.add(target, value);
        return;
      default:
        return kind satisfies never;
    }
  }
}

export function isFields(value: unknown): value is EventFields {
  if (typeof value !== 'object' || value === null) return false;
  return !Array.isArray(value) && !(value instanceof Uint8Array);
}

function isEmpty(fields: EventFields): boolean {
  for (const key in fields) if (Object.hasOwn(fields, key)) return false;
  return true;
}

// Null says that there is no value; bytes are text, as MessagePack of old writers has it.
export function leafOf(value: unknown, levels: number): AttributeValue | undefined {
  if (value instanceof Uint8Array) return decodeUtf8(value, 0, value.length);
  if (!Array.isArray(value)) return undefined;
  const elements: readonly unknown[] = value.map(textOfBytes);
  const type = typeof elements[0];
  const scalars = elements.filter(isScalar).filter((element) => typeof element === type);
  if (scalars.length === elements.length) return scalars;
  if (isDeeperThan(elements, levels)) throw new EventTooDeep('an event is nested too deeply');
  return jsonText(elements);
}

function textOfBytes(value: unknown): unknown {
  return value instanceof Uint8Array ? decodeUtf8(value, 0, value.length) : value;
}

function isScalar(value: unknown): value is AttributeScalar {
  const type = typeof value;
  return type === 'string' || type === 'number' || type === 'boolean' || type === 'bigint';
}

function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  return Object.values(value).some((inner) => isDeeperThan(inner, levels - 1));
}
