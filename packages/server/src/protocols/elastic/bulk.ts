/**
 * Elasticsearch's `_bulk` (API 7 to 9): the bytes of one request in, an item for each action out, in
 * order. A document that cannot be read is its item's error; a broken action line is the request's, as
 * nothing after it can be told apart.
 */
import type { BatchSink } from '@tendril/columns/batch';
import { ByteSource } from '@tendril/columns/byte-store';
import type { LogBatch } from '@tendril/columns/log-batch';
import { decodeUtf8 } from '@tendril/columns/utf8';
import { parseJson } from '@tendril/intake/formats/json-text';
import type { LogWriter } from '@tendril/intake/log-writer';
import type { WriteOutcome } from '@tendril/intake/request-state';
import { Failure } from '@tendril/model/failure';
import { EventReader, isFields } from '../events/event-fields.ts';
import { EventWriter, isLine, nearestContext, type EventFallback } from '../events/event-writer.ts';
import { ECS_NAMES } from '../events/field-names.ts';
import { PlainJson, type PlainJsonFallback } from '../events/plain-json.ts';
import {
  addedAttributes,
  DOCUMENT_BYTES_MAX,
  readDocument,
  serviceOfIndex,
  type ByteRange,
} from './document.ts';

const OPERATIONS = ['create', 'index', 'update', 'delete'] as const;
export type BulkOperation = (typeof OPERATIONS)[number];

export interface BulkItem {
  readonly operation: BulkOperation;
  readonly index: string;
  /** Empty when the sender gave none. */
  readonly id: string;
  readonly status: number;
  readonly error?: { readonly type: string; readonly reason: string };
}

export interface BulkRequest {
  /** NDJSON, decompressed. */
  readonly body: Uint8Array;
  /** Of the path; empty when actions name theirs. */
  readonly defaultIndex: string;
  readonly nowNs: bigint;
}

export interface BulkOutcome {
  readonly outcome: WriteOutcome;
  readonly items: readonly BulkItem[];
}

/** Throws a `malformed` Failure when the actions cannot be told apart. */
export function decodeBulk(
  request: BulkRequest,
  writer: LogWriter,
  sink: BatchSink<LogBatch>,
): BulkOutcome {
  const events = new EventWriter(writer, sink, request.nowNs);
  const reader = readerFor(request, writer.limits.nestingDepthMax);
  const items: BulkItem[] = [];
  const actions = new BulkActions(request);
  const source = new ByteSource(actions.bytes);
  const plain = new PlainJson({ events, writer, names: ECS_NAMES, nowNs: request.nowNs });
  for (let action = actions.next(); action; action = actions.next()) {
    const { start, end } = actions;
    if (mayBePlain(action, actions) && plain.write(source, start, end, action.fallback)) {
      items.push(action.done);
      continue;
    }
    const read = readAction(action, actions, reader);
    items.push(itemOf(action, read));
    if (read.kind === 'event') events.write(read.event, action.fallback);
    if (read.kind === 'refused') events.reject(read.code, read.error.reason);
  }
  return { outcome: events.outcome(), items };
}

/**
 * A request in parts that are decoded one at a time, so that other senders need not wait for the whole; the same parts
 * whenever the same bytes come. Throws a `malformed` Failure when the actions cannot be told apart.
 */
export function partsOfBulk(request: BulkRequest, depthMax: number): readonly BulkRequest[] {
  const actions = new BulkActions(request);
  const ends: number[] = [];
  let count = 0;
  for (let action = actions.next(); action; action = actions.next()) {
    count += 1;
    if (count % PART_ACTIONS === 0) ends.push(actions.end);
  }
  // Lines of one record stand next to each other, and are joined within a part.
  if (count <= PART_ACTIONS || beginsWithLine(request, depthMax)) return [request];
  const { bytes } = actions;
  const { defaultIndex, nowNs } = request;
  return [0, ...ends]
    .map((start, number) => bytes.subarray(start, ends[number] ?? bytes.length))
    .filter((body) => !isBlank(body, 0, body.length))
    .map((body) => ({ body, defaultIndex, nowNs }));
}

/** Half a millisecond of decoding, or less. */
const PART_ACTIONS = 128;

function beginsWithLine(request: BulkRequest, depthMax: number): boolean {
  const actions = new BulkActions(request);
  const first = actions.next();
  if (first === undefined) return false;
  const read = readAction(first, actions, readerFor(request, depthMax));
  return read.kind === 'event' && isLine(read.event);
}

/** The items of a request that was stored before. */
export function itemsOfBulk(request: BulkRequest, depthMax: number): readonly BulkItem[] {
  const reader = readerFor(request, depthMax);
  const items: BulkItem[] = [];
  const actions = new BulkActions(request);
  for (let action = actions.next(); action; action = actions.next()) {
    items.push(itemOf(action, readAction(action, actions, reader)));
  }
  return items;
}

function mayBePlain({ operation }: BulkAction, { start, end }: ByteRange): boolean {
  return (operation === 'create' || operation === 'index') && end - start <= DOCUMENT_BYTES_MAX;
}

function readerFor({ nowNs }: BulkRequest, depthMax: number): EventReader {
  return new EventReader({ context: nearestContext(nowNs), depthMax });
}

interface BulkAction {
  readonly operation: BulkOperation;
  readonly index: string;
  readonly id: string;
  readonly fallback: EventFallback & PlainJsonFallback;
  /** What it is answered with when there is nothing to say against its document; deletes find nothing. */
  readonly done: BulkItem;
}

type ReadAction = ReturnType<typeof readDocument> | { readonly kind: 'nothing' };

function readAction(
  { operation, index, id }: BulkAction,
  document: ByteRange,
  reader: EventReader,
): ReadAction {
  if (operation === 'delete') return { kind: 'nothing' };
  if (operation !== 'update') return readDocument(document, { index, id, reader });
  const type = 'illegal_argument_exception';
  const reason = 'records are never changed; send them as create or index';
  return { kind: 'refused', code: 'malformed', status: 400, error: { type, reason } };
}

function itemOf({ done }: BulkAction, read: ReadAction): BulkItem {
  return read.kind === 'refused' ? { ...done, status: read.status, error: read.error } : done;
}

/** The actions of a request; after `next` the range is that of the action's document. */
class BulkActions implements ByteRange {
  readonly bytes: Buffer;
  start = 0;
  end = 0;
  private readonly defaultIndex: string;
  /** Where the next line begins. */
  private at = 0;
  /** Of the line at hand, from 1. */
  private line = 0;
  /** The action before, and where its line is: most requests repeat one all the time. */
  private known: BulkAction | undefined;
  private knownStart = 0;
  private knownEnd = 0;

  constructor({ body, defaultIndex }: BulkRequest) {
    this.bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
    this.defaultIndex = defaultIndex;
  }

  /** Undefined after the last one. */
  next(): BulkAction | undefined {
    do {
      if (!this.nextLine()) return undefined;
    } while (isBlank(this.bytes, this.start, this.end));
    const action = this.action();
    if (action.operation !== 'delete' && !this.nextLine()) {
      throw malformed('the last action has no document');
    }
    return action;
  }

  private nextLine(): boolean {
    const { at, bytes } = this;
    if (at >= bytes.length) return false;
    const feed = bytes.indexOf(FEED, at);
    const end = feed < 0 ? bytes.length : feed;
    this.start = at;
    this.end = end > at && bytes[end - 1] === RETURN ? end - 1 : end;
    this.at = end + 1;
    this.line += 1;
    return true;
  }

  private action(): BulkAction {
    const { bytes, start, end, known } = this;
    const { knownStart, knownEnd } = this;
    const isKnown = bytes.compare(bytes, knownStart, knownEnd, start, end) === 0;
    if (known !== undefined && isKnown) return known;
    const text = decodeUtf8(bytes, start, Math.min(end, start + ACTION_BYTES_MAX));
    const action = actionOf(text, this.line, this.defaultIndex);
    this.known = action;
    this.knownStart = start;
    this.knownEnd = end;
    return action;
  }
}

function actionOf(text: string, line: number, defaultIndex: string): BulkAction {
  const parsed = parseJson(text);
  const operation = OPERATIONS.find((name) => isFields(parsed) && Object.hasOwn(parsed, name));
  if (operation === undefined || !isFields(parsed)) {
    throw malformed(`Malformed action/metadata line [${line}]`);
  }
  const given = parsed[operation];
  const meta = isFields(given) ? given : {};
  const index = textOf(meta['_index']) || defaultIndex;
  if (index === '') {
    throw malformed(`Validation Failed: 1: index is missing; (line ${line})`, MISSING_INDEX);
  }
  const identity = { operation, index, id: textOf(meta['_id']) };
  const status = operation === 'delete' ? 404 : 201;
  return {
    ...identity,
    fallback: { service: serviceOfIndex(index), added: addedAttributes(identity) },
    done: { ...identity, status },
  };
}

/** An action names an index and an id; nothing in it is longer. */
const ACTION_BYTES_MAX = 16 * 1024;
const MISSING_INDEX = 'action_request_validation_exception';
const FEED = 0x0a;
const RETURN = 0x0d;

function isBlank(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) if ((bytes[at] ?? 0) > 0x20) return false;
  return true;
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** `type` is Elasticsearch's name of the error. */
function malformed(reason: string, type: string = 'illegal_argument_exception'): Failure {
  return new Failure({ code: 'malformed', detail: reason, params: { type } });
}
