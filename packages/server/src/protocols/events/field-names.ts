/**
 * What the fields of structured events become: names of ECS, Fluent, Docker and Kubernetes agents as OpenTelemetry
 * has them, worked out once for each name and found by its bytes.
 */
import type { ByteSource } from '@tendril/columns/byte-store';
import { decodeUtf8 } from '@tendril/columns/utf8';
import { attributeNameOf, roleOf, type RoleRank } from '@tendril/intake/formats/field-roles';
import type { AttributeValue } from '@tendril/model/attribute';

/** What a field of a name becomes. */
export interface FieldName {
  /** Tells names apart, of all protocols. */
  readonly number: number;
  /** Dotted, as the event has it. */
  readonly name: string;
  /** `source`: where a container wrote it, if its value says so. */
  readonly kind: 'metadata' | 'resource' | 'source' | 'field';
  readonly target: string;
  /** Of the fields in it. */
  readonly children: Map<string, FieldName>;
  /** As it stands in the event, below its parent. */
  readonly key: Uint8Array;
  /** Of a field that may say when, how severe or what. */
  readonly role: RoleRank | undefined;
  /** What its value is stored under when it has no such role. */
  readonly attribute: string;
  readonly place: FieldPlace;
  /** What it means depends on more than its value: such events are not read from their bytes. */
  readonly isOdd: boolean;
  /** Where it stood last: what came after it, and what came first in it. Others of its kind have the same order. */
  next: FieldName | undefined;
  first: FieldName | undefined;
  /** The event that had it last. */
  seenIn: number;
}

/** An attribute, or a field of the resource, that several names may mean. */
export interface FieldPlace {
  /** The event that filled it last. */
  filledIn: number;
}

/** Names remembered, and the longest of them. Events of a source have the same ones, who makes up new ones pays for it. */
const NAMES_REMEMBERED_MAX = 4096;
const NAME_LENGTH_MAX = 256;

/** MongoDB's marks, and Log4j's seconds. */
const ODD_NAMES = ['s', 'instant.epochSecond'];

let namesMade = 0;

/** What fields become, worked out once for each name (`npm run bench -- receiver-decode`). */
export class FieldNames {
  readonly root: FieldName;
  private readonly rename: (name: string) => string;
  private readonly odd: ReadonlySet<string>;
  private readonly places: Map<string, FieldPlace> = new Map();
  private remembered = 0;

  /** `rename` gives a protocol's names at the top of an event those that are known here; `odd` are some of these. */
  constructor(rename: (name: string) => string, odd: readonly string[] = []) {
    this.rename = rename;
    this.odd = new Set([...ODD_NAMES, ...odd]);
    this.root = this.make('', '', { kind: 'metadata', target: '' });
  }

  child(parent: FieldName, key: string): FieldName {
    const known = parent.children.get(key);
    if (known !== undefined) return known;
    const isTop = parent === this.root;
    const name = isTop ? this.rename(key) : `${parent.name}.${key}`;
    const made = this.make(name, key, fateOf(name));
    if (name.length <= NAME_LENGTH_MAX) this.remember(parent, key, made);
    return made;
  }

  /** `child` of the key in a range that stands behind `previous`, or first. */
  childOfRange(
    parent: FieldName,
    previous: FieldName | undefined,
    { bytes }: ByteSource,
    start: number,
    end: number,
  ): FieldName {
    const likely = previous === undefined ? parent.first : previous.next;
    if (likely !== undefined && isKey(likely.key, bytes, start, end)) return likely;
    const found = this.child(parent, decodeUtf8(bytes, start, end));
    if (previous === undefined) parent.first = found;
    else previous.next = found;
    return found;
  }

  /** Of an attribute that is stored under this name, or of `resourcePlaceName`. */
  placeOf(attribute: string): FieldPlace {
    return this.places.get(attribute) ?? this.newPlace(attribute);
  }

  private make(
    name: string,
    key: string,
    { kind, target }: Pick<FieldName, 'kind' | 'target'>,
  ): FieldName {
    namesMade += 1;
    const attribute = attributeNameOf(target);
    return {
      number: namesMade,
      name,
      kind,
      target,
      children: new Map(),
      key: Buffer.from(key),
      role: kind === 'resource' ? undefined : roleOf(target),
      attribute,
      place: this.placeOf(kind === 'resource' ? resourcePlaceName(target) : attribute),
      next: undefined,
      first: undefined,
      isOdd: this.odd.has(name) || this.odd.has(target),
      seenIn: 0,
    };
  }

  private newPlace(name: string): FieldPlace {
    const place = { filledIn: 0 };
    if (this.places.size < 2 * NAMES_REMEMBERED_MAX) this.places.set(name, place);
    return place;
  }

  private remember(parent: FieldName, key: string, name: FieldName): void {
    if (this.remembered >= NAMES_REMEMBERED_MAX) {
      this.root.children.clear();
      this.root.first = undefined;
      this.places.clear();
      this.remembered = 0;
    }
    parent.children.set(key, name);
    this.remembered += 1;
  }
}

/** Tells fields of the resource from attributes. */
export function resourcePlaceName(name: string): string {
  return `resource ${name}`;
}

export const ECS_NAMES: FieldNames = new FieldNames((name) => name);

function isKey(key: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (key.length !== end - start) return false;
  for (let at = 0; at < key.length; at += 1) if (key[at] !== bytes[start + at]) return false;
  return true;
}

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

export const CONTAINER = 'container.name';

// Docker writes the names of its containers with a slash, some of its drivers without.
export function containerNameOf(value: AttributeValue): AttributeValue {
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
