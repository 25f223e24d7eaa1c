/**
 * Traces of the same small IM back end: sending a message through gateway, rpc, database and broker, slow
 * and failing while the records tell of it. The same ones every time, but for the time they end at.
 */
import type { SpanKind } from '@tendril/model/span';

export interface DemoSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly service: string;
  readonly host?: string;
  readonly name: string;
  readonly kind: SpanKind;
  readonly startNs: bigint;
  readonly durationNs: bigint;
  readonly error?: string;
  readonly attributes?: Readonly<Record<string, string | number | boolean>>;
  readonly events?: readonly DemoEvent[];
  readonly links?: readonly { readonly traceId: string; readonly spanId: string }[];
}

export interface DemoEvent {
  readonly atNs: bigint;
  readonly name: string;
  readonly attributes?: Readonly<Record<string, string | number>>;
}

const MS_NS = 1_000_000n;
const ms = (count: number): bigint => BigInt(Math.round(count * 1_000)) * 1_000n;
const hex = (number: number, digits: number): string => number.toString(16).padStart(digits, '0');

export function demoTraceId(index: number): string {
  return `4bf92f3577b34da6a3ce${hex(index + 1, 12)}`;
}

export interface DemoTracesOptions {
  readonly count: number;
  readonly endMs: number;
  readonly spanMs: number;
}

/** Oldest first; those from 70 to 85 % of the time run into the slow database, and every third of these fails. */
export function demoTraces({
  count,
  endMs,
  spanMs,
}: DemoTracesOptions): readonly (readonly DemoSpan[])[] {
  return Array.from({ length: count }, (_, index) => {
    const share = index / count;
    const startNs = BigInt(Math.round(endMs - spanMs + share * spanMs)) * MS_NS;
    const isTrouble = share > 0.7 && share < 0.85;
    return index % 4 === 3
      ? pullTrace(index, startNs)
      : sendTrace(index, startNs, { isSlow: isTrouble, isFailed: isTrouble && index % 3 === 0 });
  });
}

interface Trouble {
  readonly isSlow: boolean;
  readonly isFailed: boolean;
}

class TraceOf {
  readonly spans: DemoSpan[] = [];
  private readonly index: number;
  private readonly startNs: bigint;

  constructor(index: number, startNs: bigint) {
    this.index = index;
    this.startNs = startNs;
  }

  at(startMs: number): bigint {
    return this.startNs + ms(startMs);
  }

  /** Times in milliseconds from the start of the trace; answers the span's id. */
  add(
    span: Pick<DemoSpan, 'service' | 'name' | 'kind'> & {
      readonly parent?: string;
      readonly from: number;
      readonly took: number;
    } & Partial<DemoSpan>,
  ): string {
    const { parent, from, took, ...rest } = span;
    const spanId = `${hex(this.index + 1, 10)}${hex(this.spans.length + 1, 6)}`;
    this.spans.push({
      ...rest,
      traceId: demoTraceId(this.index),
      spanId,
      ...(parent !== undefined && { parentSpanId: parent }),
      startNs: this.at(from),
      durationNs: ms(took),
    });
    return spanId;
  }
}

function sendTrace(
  index: number,
  startNs: bigint,
  { isSlow, isFailed }: Trouble,
): readonly DemoSpan[] {
  const trace = new TraceOf(index, startNs);
  const insertMs = isSlow ? 900 + (index % 7) * 640 : 3 + (index % 5);
  const total = insertMs + 31;
  const operationID = `op${1_704_955_000_000 + index}`;
  const failed = isFailed ? { error: 'context deadline exceeded' } : {};
  const root = trace.add({
    service: 'openim-msggateway',
    host: 'node-1',
    name: 'ws send_msg',
    kind: 'server',
    from: 0,
    took: total,
    attributes: { operationID, userID: '4821973', 'messaging.message.body.size': 318 + index },
    events: [{ atNs: trace.at(0.4), name: 'frame decoded', attributes: { bytes: 318 } }],
    ...failed,
  });
  trace.add({
    parent: root,
    service: 'openim-msggateway',
    host: 'node-1',
    name: 'verify token',
    kind: 'internal',
    from: 0.6,
    took: 1.4,
  });
  const rpc = { 'rpc.system': 'grpc', 'rpc.service': 'openim.msg.msg', 'rpc.method': 'SendMsg' };
  const call = trace.add({
    parent: root,
    service: 'openim-msggateway',
    host: 'node-1',
    name: 'openim.msg.msg/SendMsg',
    kind: 'client',
    from: 2.4,
    took: total - 4,
    attributes: { ...rpc, 'server.address': 'openim-rpc-msg' },
    ...failed,
  });
  const serve = trace.add({
    parent: call,
    service: 'openim-rpc-msg',
    host: 'node-3',
    name: 'openim.msg.msg/SendMsg',
    kind: 'server',
    from: 3.1,
    took: total - 6,
    attributes: { ...rpc, operationID, 'service.version': '3.8.3' },
    ...(isFailed && {
      error: 'send msg failed: context deadline exceeded',
      events: [
        {
          atNs: trace.at(total - 4),
          name: 'exception',
          attributes: {
            'exception.type': 'DeadlineExceeded',
            'exception.message': 'mongo: insert msg: server selection timeout 5000ms',
            'exception.stacktrace':
              'msg/send.go:218\nmsg/store.go:77\nmongo/collection.go:412\nruntime/proc.go:250',
          },
        },
      ],
    }),
  });
  const user = trace.add({
    parent: serve,
    service: 'openim-rpc-msg',
    host: 'node-3',
    name: 'openim.user.user/GetUserInfo',
    kind: 'client',
    from: 4,
    took: 6,
  });
  const userServer = trace.add({
    parent: user,
    service: 'openim-rpc-user',
    host: 'node-7',
    // A clock that is behind: the callee seems to start before its caller.
    name: 'openim.user.user/GetUserInfo',
    kind: 'server',
    from: index % 5 === 0 ? -4 : 4.8,
    took: 4.2,
  });
  trace.add({
    parent: userServer,
    service: 'openim-rpc-user',
    host: 'node-7',
    name: 'GET user:{id}',
    kind: 'client',
    from: index % 5 === 0 ? -3.5 : 5.3,
    took: 1.1,
    attributes: { 'db.system': 'redis', 'db.statement': 'GET user:4821973', 'cache.hit': true },
  });
  trace.add({
    parent: serve,
    service: 'openim-rpc-msg',
    host: 'node-3',
    name: 'insert im.msg',
    kind: 'client',
    from: 11,
    took: insertMs,
    attributes: {
      'db.system': 'mongodb',
      'db.collection.name': 'msg',
      'server.address': 'im-db-2',
      'pool.in_use': isSlow ? 100 : 12,
    },
    ...(isFailed && { error: 'server selection timeout 5000ms' }),
  });
  if (isFailed) return trace.spans;
  const publish = trace.add({
    parent: serve,
    service: 'openim-rpc-msg',
    host: 'node-3',
    name: 'publish toMongoDB',
    kind: 'producer',
    from: insertMs + 13,
    took: 4,
    attributes: { 'messaging.system': 'kafka', 'messaging.destination.name': 'toMongoDB' },
  });
  const transfer = trace.add({
    parent: publish,
    service: 'openim-msgtransfer',
    host: 'node-5',
    name: 'process toMongoDB',
    kind: 'consumer',
    from: insertMs + 22,
    took: 14,
    attributes: { 'messaging.system': 'kafka', 'messaging.destination.name': 'toMongoDB' },
    links: [{ traceId: demoTraceId(Math.max(0, index - 1)), spanId: `${hex(index, 10)}000001` }],
  });
  trace.add({
    parent: transfer,
    service: 'openim-push',
    host: 'node-8',
    name: 'push to user',
    kind: 'server',
    from: insertMs + 27,
    took: 7,
    attributes: { platform: 'Android', online: true },
  });
  return trace.spans;
}

function pullTrace(index: number, startNs: bigint): readonly DemoSpan[] {
  const trace = new TraceOf(index, startNs);
  const root = trace.add({
    service: 'openim-api',
    host: 'node-2',
    name: 'POST /msg/pull_msg_by_seq',
    kind: 'server',
    from: 0,
    took: 14 + (index % 9),
    attributes: { 'http.request.method': 'POST', 'http.response.status_code': 200 },
  });
  const call = trace.add({
    parent: root,
    service: 'openim-api',
    host: 'node-2',
    name: 'openim.msg.msg/PullMessageBySeqs',
    kind: 'client',
    from: 1,
    took: 12,
  });
  const serve = trace.add({
    parent: call,
    service: 'openim-rpc-msg',
    host: 'node-3',
    name: 'openim.msg.msg/PullMessageBySeqs',
    kind: 'server',
    from: 2,
    took: 10,
  });
  for (const [at, name] of ['GET seq:{conv}', 'MGET msg:{seq}', 'HGETALL conv:{id}'].entries()) {
    trace.add({
      parent: serve,
      service: 'openim-rpc-msg',
      host: 'node-3',
      name,
      kind: 'client',
      from: 3 + at * 2.5,
      took: 1.6,
      attributes: { 'db.system': 'redis' },
    });
  }
  return trace.spans;
}

/** One trace of many spans: a batch whose steps each call a service, which calls a database. */
export function wideTrace(count: number, endMs: number): readonly DemoSpan[] {
  const traceId = demoTraceId(900_000_000 + count);
  const startNs = BigInt(endMs) * MS_NS - ms(count);
  const spanIdOf = (index: number): string => hex(index + 1, 16);
  return Array.from({ length: count }, (_, index): DemoSpan => {
    const step = index % 5;
    const first = index - step;
    const parent = index === 0 ? undefined : step === 0 ? 0 : step === 1 ? first : first + 1;
    return {
      traceId,
      spanId: spanIdOf(index),
      ...(parent !== undefined && { parentSpanId: spanIdOf(parent) }),
      service:
        ['im-batch', 'openim-api', 'openim-rpc-msg', 'openim-rpc-user', 'openim-push'][step] ?? '',
      host: `node-${1 + (index % 8)}`,
      name: index === 0 ? 'nightly batch' : `step ${step} of item ${Math.floor(index / 5)}`,
      kind: step === 0 ? 'internal' : 'server',
      startNs: startNs + ms(index === 0 ? 0 : first + step * 0.2),
      durationNs: index === 0 ? ms(count) : ms(4.5 - step),
      ...(index % 1_000 === 999 && { error: 'item was refused' }),
      attributes: {
        'item.id': index,
        'http.route': '/msg/send_msg',
        'db.statement': `INSERT INTO msg VALUES (${index}, ?, ?)`,
      },
    };
  });
}

/** What the services wrote while they worked on a trace, as lines for the ingest route. */
export function recordsOf(spans: readonly DemoSpan[]): ReadonlyMap<string, string> {
  const lines = new Map<string, string[]>();
  for (const span of spans) {
    const record = {
      time: isoTime(span.startNs + span.durationNs / 2n),
      level: span.error === undefined ? 'info' : 'error',
      msg: span.error === undefined ? `${span.name} done` : `${span.name}: ${span.error}`,
      trace_id: span.traceId,
      span_id: span.spanId,
      host: span.host,
    };
    const known = lines.get(span.service) ?? [];
    known.push(JSON.stringify(record));
    lines.set(span.service, known);
  }
  return new Map([...lines].map(([service, each]) => [service, `${each.join('\n')}\n`]));
}

function isoTime(ns: bigint): string {
  const text = new Date(Number(ns / MS_NS)).toISOString().slice(0, -1);
  return `${text}${String(ns % MS_NS).padStart(6, '0')}Z`;
}
