/**
 * Elasticsearch's `_bulk` (API 7 to 9): the bytes of one request in, an item for each action out, in
 * order. A document that cannot be read is its item's error; a broken action line is the request's, as
 * nothing after it can be told apart.
 */
import type { BatchSink } from '@tendril/columns/batch';
import type { LogBatch } from '@tendril/columns/log-batch';
import { decodeUtf8 } from '@tendril/columns/utf8';
import type { LineContext } from '@tendril/intake/format';
import { parseJson } from '@tendril/intake/formats/json-text';
import type { LogWriter } from '@tendril/intake/log-writer';
import type { WriteOutcome } from '@tendril/intake/request-state';
import { Failure } from '@tendril/model/failure';
import { isFields } from '../events/event-fields.ts';
import { EventWriter, nearestContext } from '../events/event-writer.ts';
import { readDocument, serviceOfIndex } from './document.ts';

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
  const { nowNs } = request;
  const { nestingDepthMax } = writer.limits;
  const events = new EventWriter(writer, sink, nowNs);
  const context = nearestContext(nowNs);
  const items: BulkItem[] = [];
  for (const action of actionsOf(request)) {
    const read = readAction(action, context, nestingDepthMax);
    items.push(itemOf(action, read));
    if (read.kind === 'event') {
      events.write(read.event, { service: serviceOfIndex(action.index) });
    }
    if (read.kind === 'refused') events.reject(read.code, read.error.reason);
  }
  return { outcome: events.outcome(), items };
}

/** The items of a request that was stored before. */
export function itemsOfBulk(request: BulkRequest, depthMax: number): readonly BulkItem[] {
  const context = nearestContext(request.nowNs);
  return [...actionsOf(request)].map((action) =>
    itemOf(action, readAction(action, context, depthMax)),
  );
}

interface BulkAction {
  readonly operation: BulkOperation;
  readonly index: string;
  readonly id: string;
  /** JSON; of a delete it is empty. */
  readonly source: Uint8Array;
}

type ReadAction = ReturnType<typeof readDocument> | { readonly kind: 'nothing' };

function readAction(action: BulkAction, context: LineContext, depthMax: number): ReadAction {
  const { operation, index, id, source } = action;
  if (operation === 'delete') return { kind: 'nothing' };
  if (operation !== 'update') return readDocument(source, { index, id, context, depthMax });
  const type = 'illegal_argument_exception';
  const reason = 'records are never changed; send them as create or index';
  return { kind: 'refused', code: 'malformed', status: 400, error: { type, reason } };
}

function itemOf({ operation, index, id }: BulkAction, read: ReadAction): BulkItem {
  const identity = { operation, index, id };
  if (read.kind === 'refused') return { ...identity, status: read.status, error: read.error };
  return { ...identity, status: read.kind === 'event' ? 201 : 404 };
}

function* actionsOf({ body, defaultIndex }: BulkRequest): Generator<BulkAction> {
  const lines = linesOf(body);
  for (let line = lines.next(); !line.done; line = lines.next()) {
    const { number, bytes } = line.value;
    if (isBlank(bytes)) continue;
    const action = actionOf(bytes, number, defaultIndex);
    if (action.operation === 'delete') {
      yield { ...action, source: new Uint8Array(0) };
      continue;
    }
    const next = lines.next();
    if (next.done) throw malformed('the last action has no document');
    yield { ...action, source: next.value.bytes };
  }
}

function actionOf(
  bytes: Uint8Array,
  line: number,
  defaultIndex: string,
): Omit<BulkAction, 'source'> {
  const parsed = parseJson(decodeUtf8(bytes, 0, Math.min(bytes.length, ACTION_BYTES_MAX)));
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
  return { operation, index, id: textOf(meta['_id']) };
}

/** An action names an index and an id; nothing in it is longer. */
const ACTION_BYTES_MAX = 16 * 1024;
const MISSING_INDEX = 'action_request_validation_exception';
const FEED = 0x0a;
const RETURN = 0x0d;

interface NumberedLine {
  /** From 1. */
  readonly number: number;
  readonly bytes: Uint8Array;
}

function* linesOf(body: Uint8Array): Generator<NumberedLine> {
  let start = 0;
  for (let number = 1; start < body.length; number += 1) {
    const feed = body.indexOf(FEED, start);
    const end = feed < 0 ? body.length : feed;
    const hasReturn = end > start && body[end - 1] === RETURN;
    yield { number, bytes: body.subarray(start, hasReturn ? end - 1 : end) };
    start = end + 1;
  }
}

function isBlank(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte <= 0x20);
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** `type` is Elasticsearch's name of the error. */
function malformed(reason: string, type: string = 'illegal_argument_exception'): Failure {
  return new Failure({ code: 'malformed', detail: reason, params: { type } });
}
