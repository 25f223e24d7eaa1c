/** Spans by the OpenTelemetry SDK. The context goes along explicitly, in the call. */
import { SpanKind, SpanStatusCode, trace, type Attributes, type Span } from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { TracerProvider, type SpanProcessor } from '@opentelemetry/sdk-trace';
import { isRefusal, CodedError } from '../net/coded-error.ts';
import { hexId } from '../seeded-random.ts';
import type { Call } from './call.ts';
import type { Clock } from './clock.ts';

const TRACE_ID_BYTES = 16;
const SPAN_ID_BYTES = 8;

export interface SpanOptions {
  readonly name: string;
  readonly kind: keyof typeof SpanKind;
  readonly attributes?: Attributes;
}

export interface Tracing {
  /** Runs the work inside a span; what it throws is noted on the span and thrown on. */
  inSpan<T>(
    call: Call,
    options: SpanOptions,
    work: (call: Call, span: Span) => Promise<T>,
  ): Promise<T>;
  flush(): Promise<void>;
}

export interface TracingOptions {
  readonly resource: Attributes;
  readonly clock: Clock;
  /** Where spans go when they ended. */
  readonly processor: SpanProcessor;
  /** For ids. */
  readonly random: () => number;
}

export function createTracing({ resource, clock, processor, random }: TracingOptions): Tracing {
  const provider = new TracerProvider({
    resource: resourceFromAttributes(resource),
    spanProcessors: [processor],
    idGenerator: {
      generateTraceId: () => hexId(random, TRACE_ID_BYTES),
      generateSpanId: () => hexId(random, SPAN_ID_BYTES),
    },
  });
  const tracer = provider.getTracer('im-demo');
  return {
    inSpan: async (call, { name, kind, attributes = {} }, work) => {
      const options = {
        kind: SpanKind[kind],
        startTime: hrTime(clock.nowMs()),
        attributes: { operationID: call.operationId, ...attributes },
      };
      const span = tracer.startSpan(name, options, call.trace);
      try {
        return await work({ ...call, trace: trace.setSpan(call.trace, span) }, span);
      } catch (error) {
        noteError(span, error);
        throw error;
      } finally {
        span.end(hrTime(clock.nowMs()));
      }
    },
    flush: async () => processor.forceFlush().catch(() => undefined),
  };
}

/** Seconds and nanoseconds: a bare number before this process began would be taken for something else. */
function hrTime(ms: number): [number, number] {
  const seconds = Math.floor(ms / 1_000);
  return [seconds, Math.round((ms - seconds * 1_000) * 1_000_000)];
}

/** A refusal is an answer: the span says which, and that nothing went wrong. */
function noteError(span: Span, error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  const type = error instanceof CodedError ? String(error.code) : 'Error';
  span.setAttribute('error.type', type);
  if (!isRefusal(error)) span.setStatus({ code: SpanStatusCode.ERROR, message });
}
