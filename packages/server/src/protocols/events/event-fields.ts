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
  /** The message of an event that has none. */
  readonly fallbackBody: string;
}

/** Throws `EventTooDeep`. */
export function eventOfFields(
  fields: Iterable<readonly [string, unknown]>,
  { context, depthMax, fallbackBody }: EventOptions,
): ParsedLine {
  const event = new StructuredLine(context);
  for (const [name, value] of fields) {
    flatten(name, value, depthMax, (flatName, leaf) => addField(event, flatName, leaf));
  }
  return event.finish(fallbackBody);
}

export function isFields(value: unknown): value is EventFields {
  if (typeof value !== 'object' || value === null) return false;
  return !Array.isArray(value) && !(value instanceof Uint8Array);
}

function addField(event: StructuredLine, name: string, value: AttributeValue): void {
  if (name.startsWith(METADATA)) return;
  if (name === 'source' && (value === 'stdout' || value === 'stderr')) {
    event.addAttribute('log.iostream', value);
    return;
  }
  const resourceName = resourceNameOf(name);
  if (resourceName !== undefined) {
    event.addResource(resourceName, resourceName === CONTAINER ? containerNameOf(value) : value);
    return;
  }
  const ownName = RENAMED.get(name) ?? name;
  // Filebeat keeps what people add to an input under `fields`.
  const custom = ownName.startsWith(CUSTOM) ? ownName.slice(CUSTOM.length) : ownName;
  event.add(roleOf(custom) ? custom : ownName, value);
}

const CONTAINER = 'container.name';

// Docker writes the names of its containers with a slash, some of its drivers without.
function containerNameOf(value: AttributeValue): AttributeValue {
  return typeof value === 'string' ? value.replace(/^\//, '') : value;
}

/** What shippers tell each other about an event; nothing of it is the event's. */
const METADATA = '@metadata.';
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

type Add = (name: string, value: AttributeValue) => void;

function flatten(name: string, value: unknown, levels: number, add: Add): void {
  if (!isFields(value)) {
    const leaf = leafOf(value, levels);
    if (leaf !== undefined) add(name, leaf);
    return;
  }
  if (levels === 0) throw new EventTooDeep('an event is nested too deeply');
  const entries = Object.entries(value);
  if (entries.length === 0) add(name, '{}');
  for (const [key, inner] of entries) flatten(`${name}.${key}`, inner, levels - 1, add);
}

// Null says that there is no value; bytes are text, as MessagePack of old writers has it.
function leafOf(value: unknown, levels: number): AttributeValue | undefined {
  if (isScalar(value)) return value;
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
