/**
 * What a request says about the lines of its body, as those who read lines want it. Words that mean
 * nothing (an unknown zone, a broken attribute) are a `Failure` `bad_request`.
 */
import { emptyAttributes, type AttributeValue } from '@tendril/model/attribute';
import { Failure } from '@tendril/model/failure';
import type { FormatTable } from '../format-table.ts';
import type { LinesSource } from '../assembled-to-batch.ts';
import { zoneOf, type Zone } from '../zone.ts';

/** Fields of the API's ingest request. */
export interface BodySource {
  readonly service?: string;
  readonly environment?: string;
  readonly host?: string;
  /** `key=value,key=value`, percent-encoded. */
  readonly resource?: string;
  /** Undefined when nobody has said it: the times of transports tell it then, else the host's. */
  readonly zone?: string;
  readonly hostZone?: string;
  readonly format?: string;
  /** RFC 3339. */
  readonly asOf?: string;
}

/** `formats` are those to choose from; `nowNs` settles the year where the source does not say when it was. */
export function linesSource(source: BodySource, formats: FormatTable, nowNs: bigint): LinesSource {
  return {
    formats: formatsOf(source, formats),
    context: { zone: zoneOfSource(source), asOfNs: asOfNs(source, nowNs) },
    isZoneGiven: source.zone !== undefined,
    resource: resourceOf(source),
  };
}

function formatsOf({ format }: BodySource, formats: FormatTable): FormatTable {
  const found = format === undefined ? formats : formats.only(format);
  if (!found) throw badRequest('format', `there is no format "${format ?? ''}"`);
  return found;
}

function zoneOfSource({ zone, hostZone }: BodySource): Zone {
  if (zone === undefined) return namedZone('hostZone', hostZone ?? 'UTC');
  return namedZone('zone', zone);
}

function namedZone(field: string, name: string): Zone {
  const found = zoneOf(name);
  if (!found) throw badRequest(field, `there is no time zone "${name}"`);
  return found;
}

function asOfNs({ asOf }: BodySource, nowNs: bigint): bigint {
  if (asOf === undefined) return nowNs;
  const ms = Date.parse(asOf);
  if (Number.isNaN(ms)) throw badRequest('asOf', `"${asOf}" is no RFC 3339 time`);
  return BigInt(Math.trunc(ms)) * 1_000_000n;
}

function resourceOf(source: BodySource): Record<string, AttributeValue> {
  const resource = emptyAttributes();
  for (const pair of source.resource?.split(',') ?? []) {
    const [key, value] = pairOf(pair);
    resource[key] = value;
  }
  if (source.service) resource['service.name'] = source.service;
  if (source.environment) resource['deployment.environment.name'] = source.environment;
  if (source.host) resource['host.name'] = source.host;
  return resource;
}

function pairOf(pair: string): readonly [string, string] {
  const equals = pair.indexOf('=');
  const key = decoded(pair.slice(0, Math.max(equals, 0)).trim());
  const value = decoded(pair.slice(equals + 1).trim());
  if (!key || value === undefined) throw badRequest('resource', `"${pair}" is not key=value`);
  return [key, value];
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    // A URIError: broken percent-encoding.
    return undefined;
  }
}

function badRequest(field: string, reason: string): Failure {
  return new Failure({
    code: 'bad_request',
    detail: `${field}: ${reason}`,
    params: { field, reason },
  });
}
