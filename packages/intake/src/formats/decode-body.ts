/**
 * The body of a request for ingest into a batch, with what the request says about its lines. Words of
 * the request that mean nothing (an unknown zone, a broken attribute) are a `Failure` `bad_request`.
 */
import type { BatchSink } from '@tendril/columns/batch';
import type { LogBatch } from '@tendril/columns/log-batch';
import { emptyAttributes, type AttributeValue } from '@tendril/model/attribute';
import { Failure } from '@tendril/model/failure';
import { linesToBatch, type LinesOutcome } from '../lines-to-batch.ts';
import type { LogWriter } from '../log-writer.ts';
import { UTC, zoneOf, type Zone } from '../zone.ts';
import { bodyLines } from './body-lines.ts';
import { FORMATS } from './registry.ts';

/** Fields of the API's ingest request. */
export interface BodySource {
  readonly service?: string;
  readonly environment?: string;
  readonly host?: string;
  /** `key=value,key=value`, percent-encoded. */
  readonly resource?: string;
  readonly zone?: string;
  /** RFC 3339. */
  readonly asOf?: string;
}

export interface BodyRequest {
  /** UTF-8, decompressed; the last line may lack its end. */
  readonly body: Uint8Array;
  readonly source: BodySource;
  readonly writer: LogWriter;
  readonly sink: BatchSink<LogBatch>;
  readonly nowNs: bigint;
}

export function decodeBody({ body, source, writer, sink, nowNs }: BodyRequest): LinesOutcome {
  const context = { zone: zoneOfSource(source), asOfNs: asOfNs(source, nowNs) };
  const resource = resourceOf(source);
  return linesToBatch(bodyLines(body), { writer, sink, formats: FORMATS, context, resource });
}

function zoneOfSource({ zone }: BodySource): Zone {
  const found = zone === undefined ? UTC : zoneOf(zone);
  if (!found) throw badRequest('zone', `there is no time zone "${zone ?? ''}"`);
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
