/** The OpenTelemetry SDK for JavaScript delivers every span, over each of its three exporters. */
import { context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { OTLPTraceExporter as GrpcExporter } from '@opentelemetry/exporter-trace-otlp-grpc';
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, TracerProvider, type SpanExporter } from '@opentelemetry/sdk-trace';
import { createClient, type Client } from '@tendril/api/client';
import type { Span } from '@tendril/model/span';
import { startServerFixture, type ServerFixture } from '@tendril/testkit/server-fixture';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const SPANS = 1_000;

let fixture: ServerFixture;
let client: Client;

beforeAll(async () => {
  fixture = await startServerFixture();
  client = createClient({ baseUrl: fixture.server.url });
});

afterAll(async () => {
  await fixture.close();
});

/** Returns the id of the trace. */
async function emit(service: string, exporter: SpanExporter): Promise<string> {
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': service, 'host.name': 'node-1' }),
    spanProcessors: [new BatchSpanProcessor({ exporter, maxQueueSize: SPANS + 1 })],
  });
  const tracer = provider.getTracer('sender', '1.2.3');
  const root = tracer.startSpan('root', { kind: SpanKind.SERVER });
  const within = trace.setSpan(context.active(), root);
  for (let number = 1; number < SPANS; number += 1) {
    const span = tracer.startSpan(
      `说 ${number}`,
      {
        kind: SpanKind.CLIENT,
        attributes: { operationID: `op-${number}`, number, ratio: 0.5, ok: true, tags: ['a', 'b'] },
        links: [{ context: root.spanContext(), attributes: { because: 'of it' } }],
      },
      within,
    );
    span.addEvent('tried', { attempt: 2 });
    span.setStatus({ code: SpanStatusCode.ERROR, message: 'refused' });
    span.end();
  }
  root.end();
  await provider.shutdown();
  return root.spanContext().traceId;
}

async function spansOf(traceId: string): Promise<Span[]> {
  const spans: Span[] = [];
  for await (const event of client.trace({ traceId })) {
    if (event.kind === 'row') spans.push(event.span);
  }
  return spans;
}

describe('the OpenTelemetry SDK for JavaScript', () => {
  test.each([
    [
      'js-protobuf',
      () => new ProtobufExporter({ url: `${fixture.receiverUrl('otlp-http')}/v1/traces` }),
    ],
    ['js-json', () => new JsonExporter({ url: `${fixture.receiverUrl('otlp-http')}/v1/traces` })],
    [
      'js-grpc',
      () => new GrpcExporter({ url: fixture.receiverUrl('otlp-grpc').replace('grpc:', 'http:') }),
    ],
  ])('%s delivers every span as it was', async (service, exporter) => {
    const traceId = await emit(service, exporter());
    const spans = await spansOf(traceId);
    expect(spans).toHaveLength(SPANS);
    const root = spans.find(({ parentSpanId }) => parentSpanId === '');
    expect(root).toMatchObject({ name: 'root', kind: 'server', status: 'unset', traceId });
    expect(spans.find(({ attributes }) => attributes['number'] === 42)).toMatchObject({
      name: '说 42',
      kind: 'client',
      status: 'error',
      statusMessage: 'refused',
      parentSpanId: root?.spanId,
      serviceName: service,
      operationId: 'op-42',
      resource: { 'service.name': service, 'host.name': 'node-1' },
      scope: { name: 'sender', version: '1.2.3' },
      attributes: { number: 42, ratio: 0.5, ok: true, tags: ['a', 'b'] },
      events: [{ name: 'tried', attributes: { attempt: 2 } }],
      links: [{ traceId, spanId: root?.spanId, attributes: { because: 'of it' } }],
    });
  });
});
