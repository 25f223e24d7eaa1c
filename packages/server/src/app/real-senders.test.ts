/** The OpenTelemetry SDK for JavaScript delivers every record, over each of its three exporters. */
import { SeverityNumber } from '@opentelemetry/api';
import { OTLPLogExporter as GrpcExporter } from '@opentelemetry/exporter-logs-otlp-grpc';
import { OTLPLogExporter as JsonExporter } from '@opentelemetry/exporter-logs-otlp-http';
import { OTLPLogExporter as ProtobufExporter } from '@opentelemetry/exporter-logs-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchLogRecordProcessor,
  LoggerProvider,
  type LogRecordExporter,
} from '@opentelemetry/sdk-logs';
import { createClient, type Client } from '@tendril/api/client';
import type { LogRecord } from '@tendril/model/log-record';
import { startServerFixture, type ServerFixture } from '@tendril/testkit/server-fixture';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const RECORDS = 3_000;

let fixture: ServerFixture;
let client: Client;

beforeAll(async () => {
  fixture = await startServerFixture();
  client = createClient({ baseUrl: fixture.server.url });
});

afterAll(async () => {
  await fixture.close();
});

async function emit(service: string, exporter: LogRecordExporter): Promise<void> {
  const provider = new LoggerProvider({
    resource: resourceFromAttributes({ 'service.name': service, 'host.name': 'node-1' }),
    processors: [new BatchLogRecordProcessor({ exporter, maxQueueSize: RECORDS + 1 })],
  });
  const logger = provider.getLogger('sender', '1.2.3');
  for (let number = 0; number < RECORDS; number += 1) {
    logger.emit({
      severityNumber: SeverityNumber.WARN,
      severityText: 'WARN',
      body: `says 你好 ${number}`,
      attributes: { operationID: `op-${number}`, number, ratio: 0.5, ok: true, tags: ['a', 'b'] },
    });
  }
  await provider.shutdown();
}

async function found(service: string): Promise<LogRecord[]> {
  const records: LogRecord[] = [];
  const request = { query: `service:${service}`, from: 'now-1h', to: 'now+1h', limit: 10_000 };
  for await (const event of client.searchLogs(request)) {
    if (event.kind === 'row') records.push(event.record);
  }
  return records;
}

describe('the OpenTelemetry SDK for JavaScript', () => {
  test.each([
    [
      'js-protobuf',
      () => new ProtobufExporter({ url: `${fixture.receiverUrl('otlp-http')}/v1/logs` }),
    ],
    ['js-json', () => new JsonExporter({ url: `${fixture.receiverUrl('otlp-http')}/v1/logs` })],
    [
      'js-grpc',
      () => new GrpcExporter({ url: fixture.receiverUrl('otlp-grpc').replace('grpc:', 'http:') }),
    ],
  ])('%s delivers every record as it was', async (service, exporter) => {
    await emit(service, exporter());
    const records = await found(service);
    expect(new Set(records.map(({ body }) => body)).size).toBe(RECORDS);
    expect(records).toHaveLength(RECORDS);
    expect(records.find(({ attributes }) => attributes['number'] === 42)).toMatchObject({
      body: 'says 你好 42',
      severityText: 'WARN',
      severityNumber: 13,
      serviceName: service,
      operationId: 'op-42',
      resource: { 'service.name': service, 'host.name': 'node-1' },
      scope: { name: 'sender' },
      attributes: { number: 42, ratio: 0.5, ok: true, tags: ['a', 'b'] },
    });
  });
});
