/**
 * `kubectl logs`: `[pod/NAME/CONTAINER] ` under `--prefix`, a time of nine digits under `--timestamps`
 * (as `docker logs --timestamps` has it), or both.
 */
import { rfc3339At } from './rfc3339.ts';
import {
  COLOUR,
  NOTHING_SAID,
  RememberedFields,
  type Transport,
  type TransportFields,
  type Wrapped,
} from './transport.ts';

export const KUBECTL: Transport = {
  name: 'kubectl',
  first: '[0123456789\u001b',
  open() {
    const known = new RememberedFields();
    return (line) => unwrap(line, known);
  },
};

const PREFIX = new RegExp(
  String.raw`^${COLOUR}?\[pod/([^/\]\s]{1,253})/([^\]\s]{1,253})\]${COLOUR}? ?`,
);
/** kubelet writes all nine digits; programs write fewer, or leave zeros at the end out. */
const FRACTION_DIGITS = 9;

function unwrap(line: string, known: RememberedFields): Wrapped | undefined {
  const prefix = line.charCodeAt(0) > 0x39 || line.startsWith('\u001b') ? PREFIX.exec(line) : null;
  const start = prefix?.[0].length ?? 0;
  const time = rfc3339At(line, start);
  const isTimed = time?.fractionDigits === FRACTION_DIGITS && (line[time.end] ?? ' ') === ' ';
  if (!prefix && !isTimed) return undefined;
  const [, pod = '', container = ''] = prefix ?? [];
  return {
    ...NOTHING_SAID,
    text: line.slice(isTimed ? time.end + 1 : start),
    origin: `${pod}/${container}`,
    timeNs: isTimed ? time.timeNs : undefined,
    service: container,
    resource: prefix
      ? known.get(`${pod}/${container}`, () => podFields(pod, container))
      : undefined,
  };
}

export function podFields(pod: string, container: string): TransportFields {
  return new Map([
    ['k8s.pod.name', pod],
    ['k8s.container.name', container],
  ]);
}
