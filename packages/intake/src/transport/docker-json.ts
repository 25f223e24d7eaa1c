/**
 * Docker's json-file driver: `{"log":"TEXT\n","stream":"stdout","time":"…"}`. A text without a line feed
 * at its end goes on in the next line of the same stream. Fluent Bit ships the same with the pod beside
 * it; there lines are whole.
 */
import { kubernetesFields } from './kubernetes-fields.ts';
import { isMap, mapOf, scalarOf, textAt } from './loose-json.ts';
import { rfc3339 } from './rfc3339.ts';
import { NOTHING_SAID, type Transport, type TransportFields, type Wrapped } from './transport.ts';

export const DOCKER_JSON: Transport = { name: 'docker-json', first: '{', open: () => unwrap };

// Without the quote before it: a search stops at every quote of the line (`npm run bench -- lines`).
const LOG_KEY = 'log":"';

function unwrap(line: string): Wrapped | undefined {
  if (!line.includes(LOG_KEY)) return undefined;
  const event = mapOf(line);
  const log = event?.['log'];
  const timeNs = rfc3339(event?.['time'] ?? event?.['@timestamp']);
  if (!event || typeof log !== 'string' || timeNs === undefined) return undefined;
  const stream = textAt(event, 'stream');
  if (stream !== 'stdout' && stream !== 'stderr') return undefined;
  const pod = isMap(event['kubernetes']) ? kubernetesFields(event['kubernetes']) : undefined;
  return {
    ...NOTHING_SAID,
    text: log.replace(/\r?\n$/, ''),
    origin: `${stream} ${pod?.key ?? ''}`,
    isPartial: pod === undefined && !log.endsWith('\n'),
    timeNs,
    service: pod?.service ?? '',
    resource: pod?.fields,
    attributes: attributesOf(stream, event['attrs']),
  };
}

// What `--log-opt` adds: `tag`, labels, variables.
function attributesOf(stream: string, options: unknown): TransportFields {
  const attributes = new Map([['log.iostream', stream]]);
  if (!isMap(options)) return attributes;
  for (const [name, value] of Object.entries(options)) {
    attributes.set(`docker.${name}`, String(scalarOf(value) ?? ''));
  }
  return attributes;
}
