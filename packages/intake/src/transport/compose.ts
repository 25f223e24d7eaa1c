/**
 * `docker compose logs` and `up`: `SERVICE-N  | TEXT`, coloured on a terminal, with the time before the
 * text under `--timestamps`. A name without a number (`container_name`) is believed when blanks
 * align it, or when it was seen before in the same source.
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

export const COMPOSE: Transport = {
  name: 'compose',
  first: '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ\u001b',
  open() {
    const known = new RememberedFields();
    return (line) => unwrap(line, known);
  },
};

const HEAD = new RegExp(
  String.raw`^${COLOUR}?([a-zA-Z0-9][\w.-]{0,127})( {0,128})\|${COLOUR}?(?: ${COLOUR}?|$)`,
);
const NUMBERED = /^(.{1,120}?)[-_](\d{1,5})$/;
/** How far into a line the bar stands at most. */
const BAR_AT_MAX = 300;

function unwrap(line: string, known: RememberedFields): Wrapped | undefined {
  const bar = line.indexOf('|');
  if (bar < 1 || bar > BAR_AT_MAX) return undefined;
  const match = HEAD.exec(line);
  if (!match) return undefined;
  const [head, name = '', blanks = ''] = match;
  const numbered = NUMBERED.exec(name);
  if (!numbered && !known.has(name) && !isContainerName(name, blanks)) return undefined;
  const time = rfc3339At(line, head.length);
  const isTimed = time?.fractionDigits === 9 && line[time.end] === ' ';
  return {
    ...NOTHING_SAID,
    text: line.slice(isTimed ? time.end + 1 : head.length),
    origin: name,
    timeNs: isTimed ? time.timeNs : undefined,
    service: numbered?.[1] ?? name,
    resource: known.get(name, () => containerFields(name)),
  };
}

// `INFO     | text` is a logger's.
const LEVEL = /^(?:trace|debug|info|notice|success|warn|warning|error|err|critical|fatal|panic)$/i;

function isContainerName(name: string, blanks: string): boolean {
  return blanks.length >= 2 && !LEVEL.test(name) && /^[a-z][a-z0-9_.-]*$/.test(name);
}

function containerFields(name: string): TransportFields {
  return new Map([['container.name', name]]);
}
