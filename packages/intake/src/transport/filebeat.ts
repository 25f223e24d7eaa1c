/**
 * Events of Filebeat and its like as JSON: what the shipper knows (`host`, `kubernetes`, `container`,
 * `log.file.path` …) around the line in `message`. Where the shipper has decoded the line itself
 * (`keys_under_root`) its fields stand beside, and are put together again as the line they were.
 */
import type { AttributeValue } from '@tendril/model/attribute';
import { kubernetesFields, type KubernetesFields } from './kubernetes-fields.ts';
import { addFlat, isMap, mapOf, textAt, type LooseMap } from './loose-json.ts';
import { rfc3339 } from './rfc3339.ts';
import { NOTHING_SAID, type Transport, type TransportFields, type Wrapped } from './transport.ts';

export const FILEBEAT: Transport = { name: 'filebeat', first: '{', open: () => unwrap };

function unwrap(line: string): Wrapped | undefined {
  // Without the quote before it: a search stops at every quote of the line.
  if (!line.includes('@timestamp"')) return undefined;
  const event = mapOf(line);
  return event && isBeat(event) ? beatEvent(event) : undefined;
}

/** True when a shipper's own fields are there: programs that log in ECS write `@timestamp` too. */
function isBeat(event: LooseMap): boolean {
  return (
    textAt(event, '@metadata', 'beat') !== '' ||
    textAt(event, 'agent', 'type').endsWith('beat') ||
    textAt(event, 'input', 'type') !== '' ||
    (isMap(event['error']) && textAt(event, 'error', 'type') === 'json')
  );
}

/** Of the shipper; everything else is the program's, or was added by whoever set the shipper up. */
const SHIPPER: ReadonlySet<string> = new Set([
  '@timestamp',
  '@metadata',
  '@version',
  'agent',
  'beat',
  'cloud',
  'container',
  'docker',
  'ecs',
  'host',
  'input',
  'kubernetes',
  'log',
  'message',
  'offset',
  'prospector',
  'source',
  'stream',
]);
const ADDED: ReadonlySet<string> = new Set(['error', 'event', 'fields', 'service', 'tags', 'type']);

/** One event, however it travelled. */
export function beatEvent(event: LooseMap): Wrapped {
  const own = Object.entries(event).filter(([name]) => !SHIPPER.has(name));
  const isDecoded = own.some(([name, value]) => !ADDED.has(name) || isLoggedMap(name, value));
  const pod = isMap(event['kubernetes']) ? kubernetesFields(event['kubernetes']) : undefined;
  const message = textAt(event, 'message');
  const line = { ...(message !== '' && { message }), ...Object.fromEntries(own) };
  return {
    ...NOTHING_SAID,
    text: isDecoded || message === '' ? JSON.stringify(line) : message,
    origin: [textAt(event, 'host', 'name'), textAt(event, 'log', 'file', 'path'), pod?.key].join(
      ' ',
    ),
    timeNs: rfc3339(event['@timestamp']),
    service: pod?.service ?? '',
    resource: resourceOf(event, pod),
    attributes: isDecoded || message === '' ? undefined : attributesOf(event, own),
  };
}

// tracing-subscriber nests what was logged under `fields`; elsewhere these are the user's labels.
function isLoggedMap(name: string, value: unknown): boolean {
  return name === 'fields' && isMap(value) && 'message' in value;
}

const RESOURCE: readonly (readonly [string, readonly string[]])[] = [
  ['host.name', ['host', 'name']],
  ['host.id', ['host', 'id']],
  ['host.arch', ['host', 'architecture']],
  ['os.name', ['host', 'os', 'name']],
  ['os.type', ['host', 'os', 'type']],
  ['container.id', ['container', 'id']],
  ['container.name', ['container', 'name']],
  ['container.runtime.name', ['container', 'runtime']],
  ['container.image.name', ['container', 'image', 'name']],
  ['cloud.provider', ['cloud', 'provider']],
  ['cloud.region', ['cloud', 'region']],
  ['cloud.availability_zone', ['cloud', 'availability_zone']],
  ['cloud.account.id', ['cloud', 'account', 'id']],
  ['host.type', ['cloud', 'machine', 'type']],
];

function resourceOf(event: LooseMap, pod: KubernetesFields | undefined): TransportFields {
  const resource = new Map<string, AttributeValue>(pod?.fields);
  for (const [name, path] of RESOURCE) {
    const value = textAt(event, ...path);
    if (value !== '') resource.set(name, value);
  }
  const path = textAt(event, 'log', 'file', 'path') || textAt(event, 'source');
  if (path !== '') resource.set('log.file.path', path);
  return resource;
}

function attributesOf(
  event: LooseMap,
  own: readonly (readonly [string, unknown])[],
): TransportFields {
  const attributes = new Map<string, AttributeValue>();
  const stream = textAt(event, 'stream');
  if (stream !== '') attributes.set('log.iostream', stream);
  for (const [name, value] of own) addFlat(attributes, name, value);
  return attributes;
}
