/**
 * The fields of a structured event (an Elasticsearch document, a Beats event, a Fluent record, a GELF
 * message, a journal entry) as a record: names of ECS, Fluent, Docker and Kubernetes agents become
 * OpenTelemetry's, what describes the source becomes the resource.
 */
import { decodeUtf8 } from '@tendril/columns/utf8';
import type { AttributeScalar, AttributeValue } from '@tendril/model/attribute';
import type { LineContext, ParsedLine } from '@tendril/intake/format';
import { roleOf } from '@tendril/intake/formats/field-roles';
import { jsonText } from '@tendril/intake/formats/json-text';
import { StructuredLine } from '@tendril/intake/formats/structured';

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

/** What a field of a name becomes. */
interface FieldName {
  /** Dotted, as the event has it. */
  readonly name: string;
  /** `source`: where a container wrote it, if its value says so. */
  readonly kind: 'metadata' | 'resource' | 'source' | 'field';
  readonly target: string;
  /** Of the fields in it. */
  readonly children: Map<string, FieldName>;
}

/** Names remembered, and the longest of them. Events of a source have the same ones, who makes up new ones pays for it. */
const NAMES_REMEMBERED_MAX = 4096;
const NAME_LENGTH_MAX = 256;

/** What fields become, worked out once for each name (`npm run bench -- receiver-decode`). */
export class FieldNames {
  readonly root: FieldName = { name: '', kind: 'metadata', target: '', children: new Map() };
  private readonly rename: (name: string) => string;
  private remembered = 0;

  /** `rename` gives a protocol's names at the top of an event those that are known here. */
  constructor(rename: (name: string) => string) {
    this.rename = rename;
  }

  child(parent: FieldName, key: string): FieldName {
    const known = parent.children.get(key);
    if (known !== undefined) return known;
    const isTop = parent === this.root;
    const name = isTop ? this.rename(key) : `${parent.name}.${key}`;
    const made = { name, ...fateOf(name), children: new Map<string, FieldName>() };
    if (name.length <= NAME_LENGTH_MAX) this.remember(parent, key, made);
    return made;
  }

  private remember(parent: FieldName, key: string, name: FieldName): void {
    if (this.remembered >= NAMES_REMEMBERED_MAX) {
      this.root.children.clear();
      this.remembered = 0;
    }
    parent.children.set(key, name);
    this.remembered += 1;
  }
}

const ECS_NAMES: FieldNames = new FieldNames((name) => name);

function fateOf(name: string): Pick<FieldName, 'kind' | 'target'> {
  if (name.startsWith(METADATA)) return { kind: 'metadata', target: '' };
  const resourceName = resourceNameOf(name);
  if (name !== 'source' && resourceName !== undefined) {
    return { kind: 'resource', target: resourceName };
  }
  const ownName = RENAMED.get(name) ?? name;
  // Filebeat keeps what people add to an input under `fields`.
  const custom = ownName.startsWith(CUSTOM) ? ownName.slice(CUSTOM.length) : ownName;
  const target = roleOf(custom) ? custom : ownName;
  return { kind: name === 'source' ? 'source' : 'field', target };
}

const CONTAINER = 'container.name';

// Docker writes the names of its containers with a slash, some of its drivers without.
function containerNameOf(value: AttributeValue): AttributeValue {
  return typeof value === 'string' ? value.replace(/^\//, '') : value;
}

/** What shippers tell each other about an event; nothing of it is the event's. */
export const METADATA = '@metadata.';
const CUSTOM = 'fields.';

const RENAMED: ReadonlyMap<string, string> = new Map([
  ['event.original', 'log.record.original'],
  ['service.environment', 'deployment.environment.name'],
  ['error.stack_trace', 'exception.stacktrace'],
  ['error.type', 'exception.type'],
  ['stream', 'log.iostream'],
]);

const RESOURCE_NAMES: ReadonlyMap<string, string> = new Map([
  ['service.id', 'service.instance.id'],
  ['service.node.name', 'service.instance.id'],
  ['service.namespace', 'service.namespace'],
  ['host.architecture', 'host.arch'],
  ['host.hostname', 'host.name'],
  ['container_id', 'container.id'],
  ['container_name', 'container.name'],
  ['container.image.name', 'container.image.name'],
  ['image_name', 'container.image.name'],
  ['kubernetes.namespace', 'k8s.namespace.name'],
  ['kubernetes.namespace_name', 'k8s.namespace.name'],
  ['kubernetes.namespace_uid', 'k8s.namespace.uid'],
  ['kubernetes.pod_name', 'k8s.pod.name'],
  ['kubernetes.pod_id', 'k8s.pod.uid'],
  ['kubernetes.pod_ip', 'k8s.pod.ip'],
  ['kubernetes.container_name', 'k8s.container.name'],
  ['kubernetes.container_image', 'container.image.name'],
  ['kubernetes.container_hash', 'container.image.id'],
  ['kubernetes.docker_id', 'container.id'],
  ['kubernetes.host', 'k8s.node.name'],
  ['kubernetes.node.hostname', 'host.name'],
]);

/** Prefixes of fields that say where an event comes from, and what they are in OpenTelemetry. */
const RESOURCE_PREFIXES: readonly (readonly [prefix: string, name: string])[] = [
  ['kubernetes.labels.', 'k8s.pod.label.'],
  ['kubernetes.annotations.', 'k8s.pod.annotation.'],
  ['kubernetes.namespace_labels.', 'k8s.namespace.label.'],
  ['kubernetes.', 'k8s.'],
  ['container.', 'container.'],
  ['cloud.', 'cloud.'],
  ['agent.', 'agent.'],
  ['host.os.', 'os.'],
  ['host.', 'host.'],
];

function resourceNameOf(name: string): string | undefined {
  const known = RESOURCE_NAMES.get(name);
  if (known !== undefined) return known;
  for (const [prefix, replacement] of RESOURCE_PREFIXES) {
    if (name.startsWith(prefix)) return replacement + name.slice(prefix.length);
  }
  return undefined;
}

// Null says that there is no value; bytes are text, as MessagePack of old writers has it.
function leafOf(value: unknown, levels: number): AttributeValue | undefined {
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
