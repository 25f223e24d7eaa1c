/**
 * `stern`: `POD CONTAINER TEXT`, the first two coloured on a terminal. Without colours two words are a pod
 * and its container when what follows begins as a record does, or when they were seen before.
 */
import { podFields } from './kubectl.ts';
import { rfc3339At } from './rfc3339.ts';
import {
  COLOUR,
  NOTHING_SAID,
  RememberedFields,
  type Transport,
  type Wrapped,
} from './transport.ts';

export const STERN: Transport = {
  name: 'stern',
  first: 'abcdefghijklmnopqrstuvwxyz\u001b',
  open() {
    const known = new RememberedFields();
    return (line) => unwrap(line, known);
  },
};

// A pod's name ends in what its owner made of it: there is a dash. With `--all-namespaces` the
// namespace stands first.
const HEAD = new RegExp(
  `^(?:${COLOUR}?[a-z0-9-]{1,63}${COLOUR}? )??(${COLOUR}?)([a-z0-9][a-z0-9.-]{0,250}-[a-z0-9]{1,10})${COLOUR}? (${COLOUR}?)([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)${COLOUR}? `,
);
const BEGINS_RECORD = new RegExp(
  String.raw`^${COLOUR}?(?:[[<]?\d{2,4}[-/]\d\d|[{[]|[IWEF]\d{4} |(?:level|time|ts)=)`,
);

function unwrap(line: string, known: RememberedFields): Wrapped | undefined {
  const match = HEAD.exec(line);
  if (!match) return undefined;
  const [head, podColour, pod = '', containerColour, container = ''] = match;
  const key = `${pod}/${container}`;
  const rest = line.slice(head.length);
  const isColoured = podColour !== '' && containerColour !== '';
  if (!isColoured && !known.has(key) && !BEGINS_RECORD.test(rest)) return undefined;
  const time = rfc3339At(rest, 0);
  const isTimed = time?.fractionDigits === 9 && rest[time.end] === ' ';
  return {
    ...NOTHING_SAID,
    text: isTimed ? rest.slice(time.end + 1) : rest,
    origin: key,
    timeNs: isTimed ? time.timeNs : undefined,
    service: container,
    resource: known.get(key, () => podFields(pod, container)),
  };
}
