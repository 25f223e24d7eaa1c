/**
 * Distinct OTLP trace requests, cheaply, as `OtlpLoad` makes logs: requests are encoded once, and each
 * time one is taken its times, ids and numbers are overwritten in place.
 *
 * A request holds traces of four spans, each span of another service: a gateway that calls a message
 * service, which asks a database and hands on to a queue.
 */
import { ProtobufWriter } from './protobuf-writer.ts';
import { HOSTS, SERVICES } from './vocabulary.ts';

export interface OtlpSpanLoadOptions {
  /** Loads with different seeds have no span in common. Below 1,000. */
  readonly seed: number;
  /** A multiple of four. */
  readonly spansPerRequest: number;
  /** Start of the first trace. */
  readonly startNs: bigint;
  /** Between one trace and the next; below 2^31. */
  readonly stepNs: number;
  /** Adds the attribute `load.record`, the span's number in 12 digits, to prove that none is lost. */
  readonly ledger?: boolean;
}

export const SPANS_PER_TRACE = 4;
const SKELETONS = 24;
const WORD: number = 2 ** 32;
const USERS = 100_000;
const OPERATION_TRACES = 2;

type SlotKind =
  | 'start'
  | 'end'
  | 'trace'
  | 'span'
  | 'parent'
  | 'operation'
  | 'user'
  | 'number'
  | 'ledger';

interface Slot {
  readonly kind: SlotKind;
  readonly at: number;
}

interface Skeleton {
  readonly bytes: Buffer;
  /** Per span, where its variable parts begin; first all of the first role, then of the second …. */
  readonly spans: readonly (readonly Slot[])[];
}

export class OtlpSpanLoad {
  readonly #options: OtlpSpanLoadOptions;
  readonly #skeletons: readonly Skeleton[];
  readonly #startHigh: number;
  readonly #startLow: number;
  #requests = 0;

  constructor(options: OtlpSpanLoadOptions) {
    this.#options = options;
    this.#startHigh = Number(options.startNs >> 32n);
    this.#startLow = Number(options.startNs & 0xffff_ffffn);
    this.#skeletons = Array.from({ length: SKELETONS }, (_, index) => skeletonOf(options, index));
  }

  /** Spans given out so far. */
  get records(): number {
    return this.#requests * this.#options.spansPerRequest;
  }

  /** The next request. Its memory is reused after SKELETONS further calls. */
  next(): Buffer {
    const skeleton = this.#skeletons[this.#requests % SKELETONS];
    if (skeleton === undefined) throw new Error('a load has skeletons');
    const { spansPerRequest } = this.#options;
    const traces = spansPerRequest / SPANS_PER_TRACE;
    const firstTrace = this.#requests * traces;
    for (const [index, slots] of skeleton.spans.entries()) {
      const role = Math.floor(index / traces);
      const trace = firstTrace + (index % traces);
      const number = this.#requests * spansPerRequest + index;
      this.#patch(skeleton.bytes, slots, { trace, role, number });
    }
    this.#requests += 1;
    return skeleton.bytes;
  }

  /** Id of a trace by its number, in hex. */
  traceId(trace: number): string {
    const bytes = Buffer.alloc(16);
    this.#putTraceId(bytes, 0, trace);
    return bytes.toString('hex');
  }

  #patch(
    bytes: Buffer,
    slots: readonly Slot[],
    { trace, role, number }: { trace: number; role: number; number: number },
  ): void {
    const { seed, stepNs } = this.#options;
    const startAt = trace * stepNs + role * 200_000;
    const durationNs =
      100_000 + ((mixed(trace, role) >>> 4) % 20_000_000) * (SPANS_PER_TRACE - role);
    for (const { kind, at } of slots) {
      switch (kind) {
        case 'start':
          this.#putTime(bytes, at, startAt);
          break;
        case 'end':
          this.#putTime(bytes, at, startAt + durationNs);
          break;
        case 'trace':
          this.#putTraceId(bytes, at, trace);
          break;
        case 'span':
          this.#putSpanId(bytes, at, trace, role);
          break;
        case 'parent':
          this.#putSpanId(bytes, at, trace, role - 1);
          break;
        case 'operation':
          putDigits(bytes, at, 3, seed);
          putDigits(bytes, at + 3, 10, Math.floor(trace / OPERATION_TRACES));
          break;
        case 'user':
          putDigits(bytes, at, 7, 4_000_000 + (mixed(trace, 77) % USERS));
          break;
        case 'number':
          putDigits(bytes, at, 6, mixed(trace, 99 + role) % 1_000_000);
          break;
        case 'ledger':
          putDigits(bytes, at, 12, number);
          break;
      }
    }
  }

  // bench/src/ingest-spans wants this to be cheap, so no bigints. `sinceNs` counts from the start.
  #putTime(bytes: Buffer, at: number, sinceNs: number): void {
    const low = this.#startLow + (sinceNs % WORD);
    bytes.writeUInt32LE(low % WORD, at);
    bytes.writeUInt32LE(
      this.#startHigh + Math.floor(sinceNs / WORD) + (low >= WORD ? 1 : 0),
      at + 4,
    );
  }

  #putTraceId(bytes: Buffer, at: number, trace: number): void {
    const { seed } = this.#options;
    for (let word = 0; word < 4; word += 1) {
      bytes.writeUInt32LE(mixed(trace, seed * 64 + word), at + word * 4);
    }
  }

  #putSpanId(bytes: Buffer, at: number, trace: number, role: number): void {
    const { seed } = this.#options;
    bytes.writeUInt32LE(mixed(trace, seed * 64 + 8 + role), at);
    bytes.writeUInt32LE(mixed(trace, seed * 64 + 16 + role), at + 4);
  }
}

/** Well spread, and the same each time. */
function mixed(number: number, salt: number): number {
  let x = Math.imul(number ^ Math.imul(salt + 1, 0x9e3779b1), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35) ^ Math.floor(number / 0x1_0000_0000);
  return (x ^ (x >>> 16)) >>> 0;
}

function putDigits(bytes: Buffer, at: number, count: number, value: number): void {
  let rest = value;
  for (let index = at + count - 1; index >= at; index -= 1) {
    const next = Math.floor(rest / 10);
    bytes[index] = 48 + rest - next * 10;
    rest = next;
  }
}

/** What stands in a skeleton where a slot is; found by its bytes. */
const MARKS: readonly (readonly [kind: SlotKind, mark: Buffer])[] = [
  ['start', Buffer.from('\x01\x02STAR\x03', 'latin1').subarray(0, 7)],
  ['end', Buffer.from('\x01\x02ENDT\x03', 'latin1').subarray(0, 7)],
  ['trace', Buffer.from('\x01\x02TTTTTTTTTTTTT\x03', 'latin1')],
  ['span', Buffer.from('\x01\x02SSSSS\x03', 'latin1')],
  ['parent', Buffer.from('\x01\x02PPPPP\x03', 'latin1')],
  ['operation', Buffer.from('\x01\x02OOOOOOOOOO\x03', 'latin1')],
  ['user', Buffer.from('\x01\x02UUUU\x03', 'latin1')],
  ['number', Buffer.from('\x01\x02NNN\x03', 'latin1')],
  ['ledger', Buffer.from('\x01\x02LLLLLLLLL\x03', 'latin1')],
];

function markOf(kind: SlotKind): Buffer {
  const found = MARKS.find(([name]) => name === kind);
  if (!found) throw new Error(`no mark for ${kind}`);
  return found[1];
}

function skeletonOf(options: OtlpSpanLoadOptions, index: number): Skeleton {
  const request = new ProtobufWriter();
  const traces = options.spansPerRequest / SPANS_PER_TRACE;
  for (let role = 0; role < SPANS_PER_TRACE; role += 1) {
    request.bytes(1, resourceSpans(options, { index, role, traces }));
  }
  const bytes = request.finish();
  return { bytes, spans: slotsOf(bytes) };
}

function slotsOf(bytes: Buffer): Skeleton['spans'] {
  const found = MARKS.flatMap(([kind, mark]) => offsetsOf(bytes, mark).map((at) => ({ kind, at })));
  found.sort((a, b) => a.at - b.at);
  const spans: Slot[][] = [];
  for (const slot of found) {
    // Each span begins with the id of its trace.
    if (slot.kind === 'trace') spans.push([]);
    spans.at(-1)?.push(slot);
  }
  return spans;
}

function offsetsOf(bytes: Buffer, mark: Buffer): number[] {
  const offsets: number[] = [];
  for (let at = bytes.indexOf(mark); at >= 0; at = bytes.indexOf(mark, at + mark.length)) {
    offsets.push(at);
  }
  return offsets;
}

interface Part {
  readonly index: number;
  readonly role: number;
  readonly traces: number;
}

const KINDS = [2, 2, 3, 4] as const;
const NAMES = [
  ['POST /msg/send_msg', 'GET /user/info', 'POST /group/join', 'GET /friend/list'],
  ['msg.SendMsg', 'user.GetInfo', 'group.Join', 'friend.List', 'conversation.Sync'],
  ['insert msg', 'find user', 'update group_member', 'find friend'],
  ['toPush send', 'toMongo send', 'toRedis send'],
] as const;

function resourceSpans(options: OtlpSpanLoadOptions, { index, role, traces }: Part): Buffer {
  const resource = new ProtobufWriter();
  const service = SERVICES[(index + role * 3) % SERVICES.length] ?? '';
  resource.bytes(1, keyText('service.name', service));
  resource.bytes(1, keyText('host.name', HOSTS[(index * 5 + role) % HOSTS.length] ?? ''));
  resource.bytes(1, keyText('deployment.environment.name', 'prod'));
  const scope = new ProtobufWriter();
  const name = new ProtobufWriter();
  name.text(1, 'openim/trace');
  scope.bytes(1, name.finish());
  for (let trace = 0; trace < traces; trace += 1) {
    scope.bytes(2, span(options, { role, number: index * traces + trace }));
  }
  const spans = new ProtobufWriter();
  spans.bytes(1, resource.finish());
  spans.bytes(2, scope.finish());
  return spans.finish();
}

function span(
  options: OtlpSpanLoadOptions,
  { role, number }: { readonly role: number; readonly number: number },
): Buffer {
  const names = NAMES[role] ?? NAMES[0];
  const isError = number % 25 === 3;
  const made = new ProtobufWriter();
  made.bytes(1, markOf('trace'));
  made.bytes(2, markOf('span'));
  if (role > 0) made.bytes(4, markOf('parent'));
  made.text(5, names[number % names.length] ?? '');
  made.tag(6, 0).varint(KINDS[role] ?? 1);
  made.fixed64(7, eightBytes('start'));
  made.fixed64(8, eightBytes('end'));
  if (role < 2)
    made.bytes(9, keyText('operationID', `op${markOf('operation').toString('latin1')}`));
  if (role === 0) made.bytes(9, keyText('userID', markOf('user').toString('latin1')));
  for (const [key, value] of attributesOf(role, number)) {
    made.bytes(9, typeof value === 'string' ? keyText(key, value) : keyInt(key, value));
  }
  if (options.ledger) made.bytes(9, keyText('load.record', markOf('ledger').toString('latin1')));
  if (isError) {
    const status = new ProtobufWriter();
    status.text(2, 'context deadline exceeded');
    status.tag(3, 0).varint(2);
    made.bytes(15, status.finish());
  }
  return made.finish();
}

/** Marks of times have seven bytes, of which none is zero; the eighth is. */
function eightBytes(kind: 'start' | 'end'): bigint {
  return Buffer.concat([markOf(kind), Buffer.alloc(1)]).readBigUInt64LE();
}

function attributesOf(
  role: number,
  number: number,
): readonly (readonly [string, string | number])[] {
  switch (role) {
    case 0:
      return [
        ['http.request.method', number % 3 === 0 ? 'GET' : 'POST'],
        ['http.response.status_code', number % 25 === 3 ? 500 : 200],
        ['url.path', `/api/${['send', 'info', 'join', 'list'][number % 4] ?? ''}`],
        ['client.address', `10.2.${number % 7}.${(number * 3) % 250}`],
      ];
    case 1:
      return [
        ['rpc.system', 'grpc'],
        ['rpc.service', `openim.${['msg', 'user', 'group'][number % 3] ?? ''}`],
        ['rpc.grpc.status_code', number % 25 === 3 ? 4 : 0],
        ['request.number', markOf('number').toString('latin1')],
      ];
    case 2:
      return [
        ['db.system', 'mongodb'],
        ['db.collection.name', ['msg', 'user', 'group_member'][number % 3] ?? ''],
        ['db.operation.name', ['insert', 'find', 'update'][number % 3] ?? ''],
        ['server.address', `mongo-${number % 3}`],
      ];
    default:
      return [
        ['messaging.system', 'kafka'],
        ['messaging.destination.name', ['toPush', 'toMongo', 'toRedis'][number % 3] ?? ''],
        ['messaging.kafka.partition', number % 12],
      ];
  }
}

function anyText(value: string): Buffer {
  const any = new ProtobufWriter();
  any.text(1, value);
  return any.finish();
}

function keyText(key: string, value: string): Buffer {
  const pair = new ProtobufWriter();
  pair.text(1, key);
  pair.bytes(2, anyText(value));
  return pair.finish();
}

function keyInt(key: string, value: number): Buffer {
  const any = new ProtobufWriter();
  any.tag(3, 0).varint(value);
  const pair = new ProtobufWriter();
  pair.text(1, key);
  pair.bytes(2, any.finish());
  return pair.finish();
}
