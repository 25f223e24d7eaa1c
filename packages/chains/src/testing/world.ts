/**
 * A small system that is run on paper: it answers requests, writes records and spans, and has something
 * wrong with it from a moment on. For tests of the reasoning, which know the true cause.
 */
import type { ChainChange } from '@tendril/api/chain';
import type { LogRecord } from '@tendril/model/log-record';
import type { Span, SpanKind } from '@tendril/model/span';
import type { Recorded } from '../memory-store.ts';

export const START_MS = 1_780_390_000_000;

export interface WorldOptions {
  readonly seed?: number;
  readonly chains?: number;
  /** Chains from this one on are hit. */
  readonly faultFrom?: number;
  readonly fault?: Fault;
  readonly records?: boolean;
  readonly spans?: boolean;
}

/** What a call does instead of what it should. */
export interface Fault {
  /** `service` or `service/instance`. */
  readonly at: string;
  readonly kind:
    | 'error'
    | 'slow'
    | 'dead'
    | 'silent_drop'
    | 'dependency_error'
    | 'dependency_slow'
    | 'refusal';
  readonly text?: string;
  readonly share?: number;
  readonly change?: ChainChange;
}

interface Call {
  readonly service: string;
  readonly method: string;
  readonly calls: readonly Call[];
  readonly dependency?: { readonly name: string; readonly address: string; readonly ms: number };
  readonly isQueued?: boolean;
  readonly instances?: number;
}

const WAY: Call = {
  service: 'edge',
  method: 'SendMessage',
  calls: [
    { service: 'accounts', method: 'ParseToken', calls: [], instances: 2 },
    {
      service: 'messages',
      method: 'Store',
      calls: [
        {
          service: 'mover',
          method: 'Move',
          isQueued: true,
          instances: 3,
          dependency: { name: 'mongodb', address: 'db-1:27017', ms: 6 },
          calls: [{ service: 'notifier', method: 'Notify', calls: [], isQueued: true }],
        },
      ],
      dependency: { name: 'redis', address: '10.0.0.9:6379', ms: 2 },
      instances: 2,
    },
  ],
};

export function world(options: WorldOptions = {}): Recorded {
  const running = new Running(options);
  return running.run();
}

export function operationId(index: number): string {
  return `op-${String(index).padStart(5, '0')}-x`;
}

export function traceId(index: number): string {
  return index.toString(16).padStart(32, 'a');
}

class Running {
  private readonly options: Required<Omit<WorldOptions, 'fault'>>;
  private readonly fault: Fault | undefined;
  private readonly records: LogRecord[] = [];
  private readonly spans: Span[] = [];
  private ids = 1;
  private state: number;
  private chain = 0;
  private isHit = false;

  constructor({ fault, ...options }: WorldOptions) {
    this.fault = fault;
    this.options = { seed: 1, chains: 120, faultFrom: 80, records: true, spans: true, ...options };
    this.state = this.options.seed * 7_919 + 17;
  }

  run(): Recorded {
    const { chains, faultFrom, records, spans } = this.options;
    for (this.chain = 0; this.chain < chains; this.chain += 1) {
      const atMs = START_MS + this.chain * 1_000;
      this.isHit = this.chain >= faultFrom && this.random() < (this.fault?.share ?? 1);
      this.call(WAY, atMs, '');
      if (this.random() < 0.3) this.noise(atMs);
    }
    const change = this.fault?.change;
    return {
      records: records ? this.records : [],
      spans: spans ? this.spans : [],
      changes: change ? [change] : [],
    };
  }

  /** Returns when it was over, and whether it failed. */
  private call(
    call: Call,
    startMs: number,
    parent: string,
  ): { readonly endMs: number; readonly isError: boolean } {
    const { service, method, dependency, instances = 1 } = call;
    const instance = `${service}-${Math.floor(this.random() * instances)}`;
    const place = { service, instance };
    const fault = this.isHit && this.hits(service, instance) ? this.fault : undefined;
    const spanId = this.id();
    let atMs = startMs + 0.3 + this.random();
    if (fault?.kind === 'silent_drop') return { endMs: atMs, isError: false };
    if (fault?.kind === 'dead') return { endMs: startMs + 1, isError: true };
    this.record(place, atMs, 9, 'rpc server request', { method }, spanId);
    if (fault?.kind === 'slow') atMs += 400 + this.random() * 300;
    let isError = fault?.kind === 'error';
    if (fault?.kind === 'refusal') {
      this.record(
        place,
        atMs,
        17,
        'rpc server response error',
        { method, error: '1302 blocked by peer', 'error.kind': 'refusal' },
        spanId,
      );
      this.span(place, method, 'server', {
        startMs,
        endMs: atMs,
        isError: true,
        parent,
        spanId,
        attributes: { 'rpc.grpc.status_code': 7 },
        message: '1302 blocked',
      });
      return { endMs: atMs, isError: true };
    }
    if (isError) {
      this.record(
        place,
        atMs,
        17,
        fault?.text ?? 'handler failed: unexpected state',
        { method, error: 'internal' },
        spanId,
      );
    }
    if (dependency && !isError) {
      const asked = this.ask(place, dependency, atMs, spanId);
      atMs = asked.endMs;
      isError = asked.isError;
    }
    for (const below of isError ? [] : call.calls) {
      if (!below.isQueued)
        this.record(
          place,
          atMs,
          9,
          'rpc client request',
          { method: `/${below.service}.${below.method}/${below.method}` },
          spanId,
        );
      const clientId = this.id();
      const sentMs = atMs;
      const done = this.call(below, atMs + 0.2, clientId);
      if (below.isQueued) {
        this.span(place, `send ${below.method}`, 'producer', {
          startMs: sentMs,
          endMs: sentMs + 0.2,
          isError: false,
          parent: spanId,
          spanId: clientId,
          attributes: { 'messaging.system': 'kafka' },
        });
        atMs += 0.4;
        continue;
      }
      atMs = done.endMs + 0.2;
      isError ||= done.isError;
      this.span(place, `call ${below.method}`, 'client', {
        startMs: sentMs,
        endMs: atMs,
        isError: done.isError,
        parent: spanId,
        spanId: clientId,
        attributes: { 'peer.service': below.service },
      });
      if (done.isError)
        this.record(
          place,
          atMs,
          17,
          'rpc client response error',
          {
            method: `/${below.service}.${below.method}/${below.method}`,
            error: 'code = Unavailable',
          },
          spanId,
        );
    }
    atMs += 0.2 + this.random();
    this.record(
      place,
      atMs,
      isError ? 17 : 9,
      isError ? 'rpc server response error' : 'rpc server response success',
      { method, cost: `${(atMs - startMs).toFixed(3)}ms` },
      spanId,
    );
    const kind: SpanKind = call.isQueued === true ? 'consumer' : 'server';
    this.span(place, method, kind, { startMs, endMs: atMs, isError, parent, spanId });
    return { endMs: atMs, isError };
  }

  private ask(
    place: Place,
    dependency: NonNullable<Call['dependency']>,
    startMs: number,
    parent: string,
  ): { readonly endMs: number; readonly isError: boolean } {
    const { name, address, ms } = dependency;
    const fault = this.isHit && this.hits(name, '') ? this.fault : undefined;
    const isError = fault?.kind === 'dependency_error';
    const slow = fault?.kind === 'dependency_slow' ? 500 + this.random() * 200 : 0;
    const endMs = startMs + ms * (0.5 + this.random()) + slow;
    const [host = '', port = ''] = address.split(':');
    const attributes = { 'db.system': name, 'server.address': host, 'server.port': Number(port) };
    const message = fault?.text ?? `dial tcp ${address}: connect: connection refused`;
    this.span(place, `${name} set`, 'client', {
      startMs,
      endMs,
      isError,
      parent,
      spanId: this.id(),
      attributes,
      message: isError ? message : '',
    });
    if (isError) this.record(place, endMs, 17, `${name} write failed`, { error: message }, parent);
    else
      this.record(
        place,
        endMs,
        slow > 0 ? 13 : 5,
        `${name} write ${slow > 0 ? 'slow' : 'done'}`,
        { cost: `${(endMs - startMs).toFixed(3)}ms` },
        parent,
      );
    if (slow > 0)
      this.record(
        { service: name, instance: host },
        endMs - 5,
        13,
        'Slow query in collection',
        {},
        '',
        false,
      );
    return { endMs, isError };
  }

  private hits(service: string, instance: string): boolean {
    const at = this.fault?.at;
    return at === service || (instance !== '' && at === `${service}/${instance}`);
  }

  /** Trouble that is of no chain, as every system has. */
  private noise(atMs: number): void {
    this.record(
      { service: 'edge', instance: 'edge-0' },
      atMs + 300,
      13,
      'client went away',
      {},
      '',
      false,
    );
  }

  private record(
    place: Place,
    atMs: number,
    severityNumber: number,
    body: string,
    attributes: LogRecord['attributes'],
    spanId: string,
    isOwned = true,
  ): void {
    const timestamp = String(BigInt(Math.round(atMs * 1_000)) * 1_000n);
    this.records.push({
      id: this.id(),
      timestamp,
      observedTimestamp: timestamp,
      severityText: '',
      severityNumber,
      body,
      original: '',
      serviceName: place.service,
      environment: 'test',
      traceId: isOwned && this.options.spans ? traceId(this.chain) : '',
      spanId: this.options.spans ? spanId : '',
      operationId: isOwned ? operationId(this.chain) : '',
      patternId: '',
      resource: { 'service.name': place.service, 'service.instance.id': place.instance },
      scope: { name: '' },
      attributes,
    });
  }

  private span(place: Place, name: string, kind: SpanKind, times: SpanTimes): void {
    const { startMs, endMs, isError, parent, spanId, attributes = {}, message = '' } = times;
    this.spans.push({
      id: this.id(),
      timestamp: String(BigInt(Math.round(startMs * 1_000)) * 1_000n),
      durationNs: String(BigInt(Math.round((endMs - startMs) * 1_000)) * 1_000n),
      traceId: traceId(this.chain),
      spanId,
      parentSpanId: parent,
      traceState: '',
      name,
      kind,
      status: isError ? 'error' : 'unset',
      statusMessage: message,
      serviceName: place.service,
      environment: 'test',
      operationId: '',
      resource: { 'service.name': place.service, 'service.instance.id': place.instance },
      scope: { name: '' },
      attributes,
      events: [],
      links: [],
    });
  }

  private id(): string {
    this.ids += 1;
    return this.ids.toString(16).padStart(16, '0');
  }

  private random(): number {
    this.state = (Math.imul(this.state, 1_664_525) + 1_013_904_223) >>> 0;
    return this.state / 2 ** 32;
  }
}

interface Place {
  readonly service: string;
  readonly instance: string;
}

interface SpanTimes {
  readonly startMs: number;
  readonly endMs: number;
  readonly isError: boolean;
  readonly parent: string;
  readonly spanId: string;
  readonly attributes?: Span['attributes'];
  readonly message?: string;
}
