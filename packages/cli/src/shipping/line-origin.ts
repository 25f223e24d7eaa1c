/** What flags say about lines that do not say it themselves. */
import type { IngestRequest } from '@tendril/api/ingest';
import { localZone, zoneOf, type Zone } from '@tendril/intake/zone';
import type { Flags, FlagValues } from '../command.ts';
import { badValue, textFlag, textFlags } from '../flag-values.ts';

export const ORIGIN_FLAGS: Flags = {
  service: { type: 'string', value: 'NAME', summary: 'flag.service' },
  env: { type: 'string', value: 'NAME', summary: 'flag.env' },
  resource: { type: 'string', multiple: true, value: 'KEY=VALUE', summary: 'flag.resource' },
  zone: { type: 'string', value: 'ZONE', summary: 'flag.zone' },
  format: { type: 'string', value: 'NAME', summary: 'flag.format' },
};

export type LineOrigin = Pick<
  IngestRequest,
  'service' | 'environment' | 'resource' | 'zone' | 'hostZone' | 'format'
>;

export function lineOrigin(flags: FlagValues): LineOrigin {
  const service = textFlag(flags, 'service');
  const environment = textFlag(flags, 'env');
  const format = textFlag(flags, 'format');
  const pairs = textFlags(flags, 'resource').map(pairOf);
  return {
    ...(service !== undefined && { service }),
    ...(environment !== undefined && { environment }),
    ...(pairs.length > 0 && { resource: resourceText(pairs) }),
    ...(format !== undefined && { format }),
    ...zoneOrigin(flags),
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

// This machine's zone is a guess: times of transports tell better.
function zoneOrigin(flags: FlagValues): Pick<IngestRequest, 'zone' | 'hostZone'> {
  const zone = zoneFlag(flags);
  return zone ? { zone: zone.name } : { hostZone: localZone().name };
}

/** Undefined when the flag is not given. */
export function zoneFlag(flags: FlagValues): Zone | undefined {
  const name = textFlag(flags, 'zone');
  const zone = name === undefined ? undefined : zoneOf(name);
  if (name !== undefined && !zone) throw badValue('--zone', name, 'UTC, +08:00, Asia/Shanghai');
  return zone;
}
