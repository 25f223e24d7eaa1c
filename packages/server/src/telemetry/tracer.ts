/**
 * Spans of what Tendril does itself, and the trace that its calls belong to. Without a `record` no span is
 * kept, and calls made for a request still carry the request's trace.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';
import type { Attributes } from '@tendril/model/attribute';
import { Failure } from '@tendril/model/failure';
import type { SpanKind } from '@tendril/model/span';
import type { TraceContext } from '@tendril/model/trace-context';

export interface SpanStart {
  /** Of few values. */
  readonly name: string;
  readonly kind: SpanKind;
  readonly attributes: Attributes;
}

export interface SpanEnd {
  readonly attributes?: Attributes;
  /** What kind of error it ended with; a code, no text. */
  readonly errorType?: string | undefined;
}

export interface OwnSpan extends SpanStart {
  readonly errorType: string | undefined;
  readonly context: TraceContext;
  /** Empty for a root. */
  readonly parentSpanId: string;
  readonly startNs: bigint;
  readonly endNs: bigint;
}

export interface OpenSpan {
  readonly context: TraceContext;
  /** The first call counts. */
  end(how?: SpanEnd): void;
}

export type RecordSpan = (span: OwnSpan) => void;

export class Tracer {
  readonly #active = new AsyncLocalStorage<TraceContext | undefined>();
  readonly #record: RecordSpan | undefined;
  /** Roots other than jobs, and what it was at each job's last run. */
  #work = 0;
  readonly #workSeen = new Map<string, number>();

  constructor(record?: RecordSpan) {
    this.#record = record;
  }

  /** Of the request or job that the caller works for. */
  get current(): TraceContext | undefined {
    return this.#active.getStore();
  }

  /** What `work` starts, now or later, belongs to the span. */
  within<T>(span: OpenSpan | undefined, work: () => T): T {
    return this.#active.run(span?.context, work);
  }

  /** Follows `parent`, else begins a trace; undefined when there is none to follow and none is kept. */
  start(parent: TraceContext | undefined, span: SpanStart): OpenSpan | undefined {
    const opened = this.#open(parent, span);
    if (opened?.context.isSampled === true) this.#work += 1;
    return opened;
  }

  /** Follows what is under way; undefined when nothing is. */
  child(span: SpanStart): OpenSpan | undefined {
    const { current } = this;
    return current && this.#open(current, span);
  }

  /**
   * A root for work on a timer. It is told only when something was told since the last time, so that an
   * idle server, which looks and finds nothing new, does not fill its own store.
   */
  async job(name: string, work: () => Promise<void>): Promise<void> {
    const isNews = this.#work !== (this.#workSeen.get(name) ?? 0);
    this.#workSeen.set(name, this.#work);
    const span = isNews
      ? this.#open(undefined, { name: `job ${name}`, kind: 'internal', attributes: {} })
      : undefined;
    try {
      await this.within(span, work);
    } catch (error) {
      span?.end({ errorType: error instanceof Failure ? error.code : 'internal' });
      throw error;
    } finally {
      span?.end();
    }
  }

  #open(parent: TraceContext | undefined, span: SpanStart): OpenSpan | undefined {
    if (parent === undefined && this.#record === undefined) return undefined;
    const context: TraceContext = {
      traceId: parent?.traceId ?? randomBytes(16).toString('hex'),
      spanId: randomBytes(8).toString('hex'),
      isSampled: parent?.isSampled ?? true,
      traceState: parent?.traceState ?? '',
    };
    // Who does not want a trace kept says so in its flags.
    const record = context.isSampled ? this.#record : undefined;
    return openSpan({ ...span, context, parentSpanId: parent?.spanId ?? '' }, record);
  }
}

function openSpan(
  started: Omit<OwnSpan, 'startNs' | 'endNs' | 'errorType'>,
  record: RecordSpan | undefined,
): OpenSpan {
  const startNs = nowNs();
  let isEnded = false;
  return {
    context: started.context,
    end: ({ attributes = {}, errorType } = {}) => {
      if (isEnded) return;
      isEnded = true;
      const all = { ...started.attributes, ...attributes };
      record?.({ ...started, attributes: all, errorType, startNs, endNs: nowNs() });
    },
  };
}

/** Finer than the wall clock's milliseconds, and corrected when that was set. */
function nowNs(): bigint {
  const steadyMs = performance.timeOrigin + performance.now();
  if (Math.abs(Date.now() - steadyMs - correctionMs) > CORRECT_FROM_MS) {
    correctionMs = Date.now() - steadyMs;
  }
  return BigInt(Math.round((steadyMs + correctionMs) * 1_000_000));
}

const CORRECT_FROM_MS = 5;
let correctionMs = 0;
