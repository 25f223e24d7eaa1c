/**
 * A record or a span as the reasoning sees it: who, when, which step, how bad. Records and spans of the
 * chain in question and those of chains that it is compared with become the same thing here.
 */
import { PatternScanner } from '@tendril/intake/patterns/pattern-scanner';
import type { Attributes } from '@tendril/model/attribute';
import { durationUnitOfKey, parseDurationNs } from '@tendril/model/duration';
import { logFieldOfSourceKey } from '@tendril/model/fields';
import type { LogRecord } from '@tendril/model/log-record';
import type { Span, SpanKind } from '@tendril/model/span';
import { instanceOf, versionOf } from './instance.ts';
import { joinValues } from './join-keys.ts';
import { peerOfSpan, peerOfText, type Peer } from './peer.ts';
import { msOfNs } from './time-ms.ts';
import { troubleOfRecord, troubleOfSpan, type Trouble } from './trouble.ts';

export type Signal = 'record' | 'span';

export interface Sighting {
  /** Of the operation or trace. */
  readonly chain: string;
  readonly signal: Signal;
  /** When a record was written, when a span began. */
  readonly atMs: number;
  /** 0 when it states none. */
  readonly durationMs: number;
  readonly service: string;
  readonly instance: string;
  readonly version: string;
  /** What it is, the same in every chain: the skeleton of the message or the span's name. */
  readonly step: string;
  readonly trouble: Trouble;
  /** Of spans; empty for records. */
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly spanKind: SpanKind | undefined;
  readonly peer: Peer | undefined;
  /** Values that join records of one message. */
  readonly joins: readonly string[];
}

/** One of the chain in question, with what it was made from. */
export interface Event extends Sighting {
  readonly id: string;
  /** What it says, for people. */
  readonly text: string;
  readonly severityNumber: number;
  /** Everything it says of an error. */
  readonly errorText: string;
  readonly source:
    | { readonly kind: 'record'; readonly record: LogRecord }
    | { readonly kind: 'span'; readonly span: Span };
}

/** Attributes that say which call a message is about, where the message is the same for all. */
export const STEP_KEYS = [
  // Before the method, which of a request over HTTP is only its verb.
  'requestURI',
  'url.path',
  'method',
  'funcName',
  'rpc.method',
  'reqIdentifier',
  'command',
  'topic',
] as const;

const STEP_VALUE_LENGTH_MAX = 120;

/** The step of a record. `skeleton` is 16 hex digits. */
export function recordStep(skeleton: string, callNames: readonly string[]): string {
  const call = callNames.find((name) => name !== '') ?? '';
  return call === '' ? skeleton : `${skeleton} ${withoutNumbers(call)}`;
}

export function spanStep(kind: string, name: string): string {
  return `span ${kind} ${withoutNumbers(name)}`;
}

/** An id in a path would make a step of its own for each. */
function withoutNumbers(text: string): string {
  return text.slice(0, STEP_VALUE_LENGTH_MAX).replaceAll(/[0-9a-f-]{16,}|\d{3,}/gi, '*');
}

const ERROR_KEY = /^(?:err|error|exception|panic|reason|cause)/i;
const ERROR_TEXT_LENGTH_MAX = 4_096;

/** Not shared: keeps the scanner's room. */
export class EventReader {
  private readonly scanner = new PatternScanner();

  ofRecord(record: LogRecord, chain: string): Event {
    const { attributes, resource } = record;
    const errorText = errorTextOf(record.body, attributes);
    return {
      id: record.id,
      chain,
      signal: 'record',
      atMs: msOfNs(record.timestamp),
      durationMs: durationMsOf(attributes),
      service: record.serviceName,
      instance: instanceOf(resource),
      version: versionOf(resource),
      step: this.stepOf(record),
      trouble: troubleOfRecord(record.severityNumber, String(attributes['error.kind'] ?? '')),
      spanId: record.spanId,
      parentSpanId: '',
      spanKind: undefined,
      peer: peerOfRecord(record, errorText),
      joins: joinValues(attributes),
      text: record.body,
      severityNumber: record.severityNumber,
      errorText,
      source: { kind: 'record', record },
    };
  }

  ofSpan(span: Span, chain: string): Event {
    const { attributes, resource } = span;
    const isError = span.status === 'error';
    return {
      id: span.id,
      chain,
      signal: 'span',
      atMs: msOfNs(span.timestamp),
      durationMs: Number(span.durationNs) / 1e6,
      service: span.serviceName,
      instance: instanceOf(resource),
      version: versionOf(resource),
      step: spanStep(span.kind, span.name),
      trouble: troubleOfSpan({ isError, ...spanCodes(attributes) }),
      spanId: span.spanId,
      parentSpanId: span.parentSpanId,
      spanKind: span.kind,
      peer: peerOfSpan(attributes),
      joins: joinValues(attributes),
      text: span.statusMessage === '' ? span.name : `${span.name}: ${span.statusMessage}`,
      severityNumber: isError ? 17 : 9,
      errorText: spanErrorText(span),
      source: { kind: 'span', span },
    };
  }

  private stepOf({ body, attributes }: LogRecord): string {
    this.scanner.scanText(body);
    const { low, high } = this.scanner.skeleton;
    return recordStep(
      hex(high) + hex(low),
      STEP_KEYS.map((key) => String(attributes[key] ?? '')),
    );
  }
}

function hex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0');
}

export interface SpanCodes {
  readonly httpStatus: string;
  readonly rpcStatus: string;
  readonly errorKind: string;
}

export const HTTP_STATUS_KEYS = ['http.response.status_code', 'http.status_code'] as const;
export const RPC_STATUS_KEY = 'rpc.grpc.status_code';

export function spanCodes(attributes: Attributes): SpanCodes {
  const [current, old] = HTTP_STATUS_KEYS;
  return {
    httpStatus: String(attributes[current] ?? attributes[old] ?? ''),
    rpcStatus: String(attributes[RPC_STATUS_KEY] ?? ''),
    errorKind: String(attributes['error.kind'] ?? ''),
  };
}

function durationMsOf(attributes: Attributes): number {
  for (const [key, value] of Object.entries(attributes)) {
    if (logFieldOfSourceKey(key)?.column !== 'DurationNs') continue;
    const ns = parseDurationNs(String(value), durationUnitOfKey(key));
    if (ns !== undefined) return ns / 1e6;
  }
  return 0;
}

function errorTextOf(body: string, attributes: Attributes): string {
  let text = body;
  for (const [key, value] of Object.entries(attributes)) {
    if (text.length > ERROR_TEXT_LENGTH_MAX) break;
    if (ERROR_KEY.test(key)) text += `\n${String(value)}`;
  }
  return text.slice(0, ERROR_TEXT_LENGTH_MAX);
}

function spanErrorText({ name, statusMessage, events }: Span): string {
  const said = events.flatMap(({ attributes }) => [
    String(attributes['exception.type'] ?? ''),
    String(attributes['exception.message'] ?? ''),
  ]);
  return [name, statusMessage, ...said].join('\n').slice(0, ERROR_TEXT_LENGTH_MAX);
}

function peerOfRecord({ attributes }: LogRecord, errorText: string): Peer | undefined {
  const stated = peerOfSpan(attributes);
  const spoken = peerOfText(errorText);
  if (!stated || !spoken) return stated ?? spoken;
  return { name: stated.name || spoken.name, address: stated.address || spoken.address };
}
