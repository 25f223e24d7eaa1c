/** What the instances of a plant say, kept as OTLP/JSON requests. */
import { LOG_WRITERS, type Said } from './log-lines.ts';
import type { ServicePlan } from './topology.ts';

export interface Speaker {
  readonly plan: ServicePlan;
  readonly pod: string;
  readonly pid: number;
  version: string;
}

export interface SpanNote {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly name: string;
  readonly kind: 'server' | 'client' | 'producer' | 'consumer' | 'internal';
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes: Readonly<Record<string, string | number>>;
  /** Empty when all went well. */
  readonly error: string;
}

const KINDS = { internal: 1, server: 2, client: 3, producer: 4, consumer: 5 } as const;

interface Kept {
  readonly resource: object;
  readonly items: object[];
}

export class TelemetryBook {
  private readonly logs = new Map<string, Kept>();
  private readonly spans = new Map<string, Kept>();

  say(speaker: Speaker, said: Said): void {
    const { logs } = speaker.plan;
    if (logs === 'none') return;
    const timeUnixNano = nanoseconds(said.timeMs);
    const body = { stringValue: LOG_WRITERS[logs](said, speaker.pid) };
    this.keep(this.logs, speaker).push({ timeUnixNano, observedTimeUnixNano: timeUnixNano, body });
  }

  note(speaker: Speaker, span: SpanNote): void {
    if (!speaker.plan.isTraced) return;
    const { traceId, spanId, parentSpanId, name, kind, startMs, endMs, error } = span;
    this.keep(this.spans, speaker).push({
      traceId,
      spanId,
      parentSpanId,
      name,
      kind: KINDS[kind],
      startTimeUnixNano: nanoseconds(startMs),
      endTimeUnixNano: nanoseconds(endMs),
      attributes: pairs(span.attributes),
      status: error === '' ? { code: 0 } : { code: 2, message: error },
    });
  }

  logRequests(): readonly object[] {
    return [...this.logs.values()].map(({ resource, items }) => ({
      resourceLogs: [{ resource, scopeLogs: [{ scope: {}, logRecords: items }] }],
    }));
  }

  spanRequests(): readonly object[] {
    return [...this.spans.values()].map(({ resource, items }) => ({
      resourceSpans: [{ resource, scopeSpans: [{ scope: { name: 'plant' }, spans: items }] }],
    }));
  }

  private keep(kept: Map<string, Kept>, { plan, pod, version }: Speaker): object[] {
    const key = `${pod} ${version}`;
    const known = kept.get(key);
    if (known) return known.items;
    const attributes = pairs({
      'service.name': plan.name,
      'service.version': version,
      'k8s.pod.name': pod,
    });
    const fresh = { resource: { attributes }, items: [] };
    kept.set(key, fresh);
    return fresh.items;
  }
}

function pairs(values: Readonly<Record<string, string | number>>): readonly object[] {
  return Object.entries(values).map(([key, value]) => ({
    key,
    value: typeof value === 'number' ? { intValue: value } : { stringValue: value },
  }));
}

function nanoseconds(timeMs: number): string {
  return String(BigInt(Math.round(timeMs * 1_000)) * 1_000n);
}
