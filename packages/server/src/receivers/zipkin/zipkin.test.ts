/** Zipkin's reporter for JavaScript delivers its spans. */
import { EventEmitter } from 'node:events';
import { createClient } from '@tendril/api/client';
import type { Span } from '@tendril/model/span';
import { startServerFixture, type ServerFixture } from '@tendril/testkit/server-fixture';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Annotation, BatchRecorder, ExplicitContext, jsonEncoder, Tracer } from 'zipkin';
import { HttpLogger } from 'zipkin-transport-http';

let fixture: ServerFixture;

beforeAll(async () => {
  fixture = await startServerFixture({ 'receivers-zipkin-listen': '127.0.0.1:0' });
});

afterAll(() => fixture.close());

/** Reports one call of a client, and resolves with its trace when the server has answered. */
async function report(): Promise<string> {
  const answered = Promise.withResolvers<void>();
  const logger = new HttpLogger({
    endpoint: `${fixture.receiverUrl('zipkin')}/api/v2/spans`,
    jsonEncoder: jsonEncoder.JSON_V2,
    httpInterval: 20,
  });
  // Its types leave out what it is.
  if (!(logger instanceof EventEmitter)) throw new TypeError('the logger emits nothing');
  logger.on('success', () => answered.resolve());
  logger.on('error', (error: Error) => answered.reject(error));
  const recorder = new BatchRecorder({ logger });
  const ctxImpl = new ExplicitContext();
  const tracer = new Tracer({ ctxImpl, recorder, localServiceName: 'frontend' });
  const traceId = tracer.scoped(() => {
    const id = tracer.createRootId();
    tracer.setId(id);
    tracer.recordServiceName('frontend');
    tracer.recordRpc('get /users');
    tracer.recordBinary('http.path', '/users');
    tracer.recordAnnotation(new Annotation.ClientSend());
    tracer.recordMessage('waiting');
    tracer.recordAnnotation(new Annotation.ClientRecv());
    return id.traceId;
  });
  await answered.promise;
  return traceId;
}

describe("Zipkin's reporter", () => {
  test('delivers a span as it was', async () => {
    const client = createClient({ baseUrl: fixture.server.url });
    const spans: Span[] = [];
    for await (const event of client.trace({ traceId: await report() })) {
      if (event.kind === 'row') spans.push(event.span);
    }
    expect(spans).toMatchObject([
      {
        name: 'get /users',
        kind: 'client',
        serviceName: 'frontend',
        attributes: { 'http.path': '/users' },
        events: [{ name: 'waiting' }],
      },
    ]);
  });

  test('is told when it sends what is not taken, and that the server is up', async () => {
    const url = fixture.receiverUrl('zipkin');
    const post = async (body: string, type = 'application/json'): Promise<number> => {
      const headers = { 'content-type': type };
      return (await fetch(`${url}/api/v2/spans`, { method: 'POST', headers, body })).status;
    };
    expect(await post('[]')).toBe(202);
    expect(await post('{"no":"list"}')).toBe(400);
    expect(await post('', 'application/x-protobuf')).toBe(202);
    expect(await post('no protobuf', 'application/x-protobuf')).toBe(400);
    expect(await post('', 'application/x-thrift')).toBe(400);
    expect((await fetch(`${url}/api/v2/traces`)).status).toBe(404);
    expect(await (await fetch(`${url}/health`)).json()).toEqual({ status: 'UP' });
  });
});
