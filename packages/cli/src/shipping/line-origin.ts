/** What flags say about lines that do not say it themselves. */
import type { IngestRequest } from '@tendril/api/ingest';
import { localZone, zoneOf } from '@tendril/intake/zone';
import type { Flags, FlagValues } from '../command.ts';
import { badValue, textFlag, textFlags } from '../flag-values.ts';

export const ORIGIN_FLAGS: Flags = {
  service: { type: 'string', value: 'NAME', summary: 'flag.service' },
  env: { type: 'string', value: 'NAME', summary: 'flag.env' },
  resource: { type: 'string', multiple: true, value: 'KEY=VALUE', summary: 'flag.resource' },
  zone: { type: 'string', value: 'ZONE', summary: 'flag.zone' },
};

export type LineOrigin = Pick<IngestRequest, 'service' | 'environment' | 'resource' | 'zone'>;

export function lineOrigin(flags: FlagValues): LineOrigin {
  const service = textFlag(flags, 'service');
  const environment = textFlag(flags, 'env');
  const pairs = textFlags(flags, 'resource').map(pairOf);
  return {
    ...(service !== undefined && { service }),
    ...(environment !== undefined && { environment }),
    ...(pairs.length > 0 && { resource: resourceText(pairs) }),
    zone: zoneName(flags),
  };
}

/** The same with attributes of one source before what flags say. */
export function withAttributes(
  origin: LineOrigin,
  attributes: Readonly<Record<string, unknown>>,
): LineOrigin {
  const own = resourceText(Object.entries(attributes).map(([key, value]) => [key, String(value)]));
  const resource = [own, origin.resource].filter(Boolean).join(',');
  return resource === '' ? origin : { ...origin, resource };
}

function pairOf(text: string): readonly [string, string] {
  const equals = text.indexOf('=');
  if (equals < 1) throw badValue('--resource', text, 'KEY=VALUE');
  return [text.slice(0, equals), text.slice(equals + 1)];
}

function resourceText(pairs: readonly (readonly [string, string])[]): string {
  return pairs
    .map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`)
    .join(',');
}

function zoneName(flags: FlagValues): string {
  const name = textFlag(flags, 'zone');
  if (name === undefined) return localZone().name;
  if (!zoneOf(name)) throw badValue('--zone', name, 'UTC, +08:00, Asia/Shanghai');
  return name;
}
