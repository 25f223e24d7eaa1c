/** Where sentences and steps lead. */
import type { ChainLink } from '@tendril/api/chain';
import type { MsRange } from './chain-store.ts';
import type { Event } from './sighting.ts';
import { nsOfMs } from './time-ms.ts';

export function eventLink({ source }: Event): ChainLink {
  if (source.kind === 'span') {
    const { traceId, spanId } = source.span;
    return { kind: 'span', traceId, spanId };
  }
  const { id, timestamp } = source.record;
  return { kind: 'record', id, timestamp };
}

/** Records of a service from a level on. */
export function searchLink(service: string, level: string, { fromMs, toMs }: MsRange): ChainLink {
  const query = `service:${quoted(service)} and level >= ${level}`;
  return { kind: 'search', query, from: nsOfMs(fromMs), to: nsOfMs(toMs) };
}

/** As the query language writes a value that is taken as it stands. */
export function quoted(value: string): string {
  return `"${value.replaceAll(/[\\"*]/g, String.raw`\$&`)}"`;
}
