import { startServerFixture, type ServerFixture } from '@tendril/testkit/server-fixture';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const NOW_US = Date.now() * 1_000;
const START_US = NOW_US - 60_000_000;
const TRACE_ID = '0000000000000000abcdef0123456789';
const OTHER_TRACE_ID = 'f'.repeat(32);

let fixture: ServerFixture;

beforeAll(async () => {
  fixture = await startServerFixture({ 'receivers-jaeger-query-listen': '127.0.0.1:0' });
  const response = await fetch(`${fixture.receiverUrl('otlp-http')}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(TRACES),
  });
  expect(await response.json()).toEqual({});
});

afterAll(() => fixture.close());

function attribute(key: string, value: string | number | boolean): object {
  if (typeof value === 'string') return { key, value: { stringValue: value } };
  if (typeof value === 'boolean') return { key, value: { boolValue: value } };
  const isInteger = Number.isInteger(value);
  return { key, value: isInteger ? { intValue: String(value) } : { doubleValue: value } };
}

function span(fields: object, startUs: number, durationUs: number): object {
  return {
    traceId: TRACE_ID,
    startTimeUnixNano: `${startUs}000`,
    endTimeUnixNano: `${startUs + durationUs}000`,
    ...fields,
  };
}

function resourceSpans(service: string, spans: readonly object[]): object {
  return {
    resource: {
      attributes: [
        attribute('service.name', service),
        attribute('host.name', 'n1'),
        attribute('process.pid', 4711),
        attribute('load', 0.5),
        attribute('is.canary', true),
      ],
    },
    scopeSpans: [{ scope: { name: 'lib', version: '1.0' }, spans }],
  };
}

const TRACES = {
  resourceSpans: [
    resourceSpans('gateway', [
      span(
        {
          spanId: '00000000000000a1',
          name: 'POST /send',
          kind: 2,
          status: { code: 2, message: 'refused' },
          attributes: [
            attribute('http.status_code', 500),
            attribute('ratio', 0.5),
            attribute('retry', true),
          ],
          events: [
            {
              timeUnixNano: `${START_US + 7}000`,
              name: 'exception',
              attributes: [attribute('exception.type', 'Timeout'), attribute('attempt', 3)],
            },
          ],
          links: [{ traceId: OTHER_TRACE_ID, spanId: '00000000000000b1' }],
        },
        START_US,
        5_000,
      ),
    ]),
    resourceSpans('msg', [
      span(
        { spanId: '00000000000000a2', parentSpanId: '00000000000000a1', name: 'SendMsg', kind: 2 },
        START_US + 1_000,
        2_000,
      ),
      span(
        { traceId: OTHER_TRACE_ID, spanId: '00000000000000b1', name: 'tick', kind: 1 },
        START_US,
        10,
      ),
    ]),
  ],
};

interface Answer {
  readonly status: number;
  readonly body: {
    readonly data: unknown;
    readonly errors: unknown;
    readonly [name: string]: unknown;
  };
}

async function get(path: string): Promise<Answer> {
  const response = await fetch(`${fixture.receiverUrl('jaeger-query')}${path}`);
  return { status: response.status, body: (await response.json()) as Answer['body'] };
}

async function foundBy(query: string): Promise<readonly string[]> {
  const range = `start=${START_US - 1}&end=${NOW_US}`;
  const { status, body } = await get(`/api/traces?${range}&${query}`);
  expect(status, JSON.stringify(body.errors)).toBe(200);
  return (body.data as readonly { readonly traceID: string }[]).map(({ traceID }) => traceID);
}

const PROCESS_TAGS = [
  { key: 'host.name', type: 'string', value: 'n1' },
  { key: 'process.pid', type: 'int64', value: 4711 },
  { key: 'load', type: 'float64', value: 0.5 },
  { key: 'is.canary', type: 'bool', value: true },
];

const EMPTY = { limit: 0, offset: 0, errors: null };

describe("Jaeger's first API", () => {
  test('lists services and operations', async () => {
    expect((await get('/api/services')).body).toEqual({
      data: ['gateway', 'msg'],
      total: 2,
      ...EMPTY,
    });
    expect((await get('/api/services/msg/operations')).body).toEqual({
      data: ['SendMsg', 'tick'],
      total: 2,
      ...EMPTY,
    });
    expect((await get('/api/operations?service=msg&spanKind=server')).body).toEqual({
      data: [{ name: 'SendMsg', spanKind: 'server' }],
      total: 1,
      ...EMPTY,
    });
    expect((await get('/api/services/no%2Fsuch/operations')).body).toEqual({
      data: [],
      total: 0,
      ...EMPTY,
    });
  });

  test('gives a trace in the shape that its pages draw', async () => {
    const { status, body } = await get('/api/traces/abcdef0123456789');
    expect(status).toBe(200);
    expect(body).toEqual({
      data: [
        {
          traceID: TRACE_ID,
          warnings: null,
          processes: {
            p1: { serviceName: 'gateway', tags: PROCESS_TAGS },
            p2: { serviceName: 'msg', tags: PROCESS_TAGS },
          },
          spans: [
            {
              traceID: TRACE_ID,
              spanID: '00000000000000a1',
              operationName: 'POST /send',
              references: [
                {
                  refType: 'FOLLOWS_FROM',
                  traceID: OTHER_TRACE_ID,
                  spanID: '00000000000000b1',
                },
              ],
              startTime: START_US,
              duration: 5_000,
              tags: [
                { key: 'otel.scope.name', type: 'string', value: 'lib' },
                { key: 'otel.scope.version', type: 'string', value: '1.0' },
                { key: 'http.status_code', type: 'int64', value: 500 },
                { key: 'ratio', type: 'float64', value: 0.5 },
                { key: 'retry', type: 'bool', value: true },
                { key: 'span.kind', type: 'string', value: 'server' },
                { key: 'otel.status_code', type: 'string', value: 'ERROR' },
                { key: 'error', type: 'bool', value: true },
                { key: 'otel.status_description', type: 'string', value: 'refused' },
              ],
              logs: [
                {
                  timestamp: START_US + 7,
                  fields: [
                    { key: 'event', type: 'string', value: 'exception' },
                    { key: 'exception.type', type: 'string', value: 'Timeout' },
                    { key: 'attempt', type: 'int64', value: 3 },
                  ],
                },
              ],
              processID: 'p1',
              warnings: null,
            },
            {
              traceID: TRACE_ID,
              spanID: '00000000000000a2',
              operationName: 'SendMsg',
              references: [{ refType: 'CHILD_OF', traceID: TRACE_ID, spanID: '00000000000000a1' }],
              startTime: START_US + 1_000,
              duration: 2_000,
              tags: [
                { key: 'otel.scope.name', type: 'string', value: 'lib' },
                { key: 'otel.scope.version', type: 'string', value: '1.0' },
                { key: 'span.kind', type: 'string', value: 'server' },
              ],
              logs: [],
              processID: 'p2',
              warnings: null,
            },
          ],
        },
      ],
      total: 0,
      ...EMPTY,
    });
  });

  test.each([
    ['service=gateway', [TRACE_ID]],
    ['service=msg&operation=SendMsg', [TRACE_ID]],
    ['service=msg&operation=tick', [OTHER_TRACE_ID]],
    ['service=gateway&tag=error:true', [TRACE_ID]],
    ['service=msg&tag=error:true', []],
    [
      'service=gateway&tags=%7B%22http.status_code%22%3A%22500%22%2C%22retry%22%3A%22true%22%7D',
      [TRACE_ID],
    ],
    ['service=gateway&tag=ratio:0.5', [TRACE_ID]],
    ['service=gateway&tag=host.name:n1', [TRACE_ID]],
    ['service=gateway&tag=process.pid:4711&tag=is.canary:true&tag=load:0.5', [TRACE_ID]],
    ['service=gateway&tag=process.pid:47', []],
    ['service=gateway&tag=exception.type:Timeout', [TRACE_ID]],
    ['service=gateway&tag=attempt:3', [TRACE_ID]],
    ['service=gateway&tag=span.kind:server&tag=otel.status_code:ERROR', [TRACE_ID]],
    // Each tag may be of the span, of one of its events or of its resource, and all of one span.
    [
      'service=gateway&operation=POST%20/send&tag=ratio:0.5&tag=attempt:3&tag=host.name:n1&minDuration=5ms',
      [TRACE_ID],
    ],
    ['service=gateway&tag=ratio:0.5&tag=attempt:4&tag=host.name:n1', []],
    ['service=gateway&tag=ratio:0.5&tag=attempt:3&operation=SendMsg', []],
    ['service=gateway&tag=no.such.tag:x', []],
    ['service=gateway&tag=retry:*', []],
    ['service=gateway&minDuration=5ms&maxDuration=5000us', [TRACE_ID]],
    ['service=gateway&minDuration=5.001ms', []],
    ["service=' OR 1=1", []],
    ['service=msg&limit=1', [TRACE_ID]],
    [`traceID=${OTHER_TRACE_ID}`, [OTHER_TRACE_ID]],
  ])('finds by %s', async (query, ids) => {
    expect(await foundBy(query)).toEqual(ids);
  });

  test.each([
    ['/api/traces/dead', 404, 'trace not found'],
    ['/api/traces/xyz', 400, 'strconv.ParseUint: parsing "xyz": invalid syntax'],
    ['/api/traces', 400, "parameter 'service' is required"],
    ['/api/operations', 400, "parameter 'service' is required"],
    [
      '/api/traces?service=a&start=x',
      400,
      `unable to parse param 'start': strconv.ParseInt: parsing "x": invalid syntax`,
    ],
    [
      '/api/traces?service=a&minDuration=1',
      400,
      `unable to parse param 'minDuration': time: invalid duration "1"`,
    ],
    [
      '/api/traces?service=a&minDuration=2s&maxDuration=1s',
      400,
      "'maxDuration' should be greater than 'minDuration'",
    ],
    [
      '/api/traces?service=a&tag=x',
      400,
      "malformed 'tag' parameter, expecting key:value, received: x",
    ],
    [
      '/api/metrics/calls',
      400,
      "unable to parse param 'service': please provide at least one service name",
    ],
    [
      '/api/metrics/latencies?service=a',
      400,
      `unable to parse param 'quantile': strconv.ParseFloat: parsing "": invalid syntax`,
    ],
    [
      '/api/metrics/calls?service=a&spanKind=x',
      400,
      "unable to parse param 'spanKind': unsupported span kind: 'x'",
    ],
  ])('refuses %s as Jaeger does', async (path, status, message) => {
    const answer = await get(path);
    expect(answer.status).toBe(status);
    expect(answer.body).toEqual({
      data: null,
      total: 0,
      limit: 0,
      offset: 0,
      errors: [{ code: status, msg: message }],
    });
  });

  test('is indented when a person reads it', async () => {
    const url = `${fixture.receiverUrl('jaeger-query')}/api/services?prettyPrint=true`;
    const text = await (await fetch(url)).text();
    expect(text).toContain('\n    "data": [\n        "gateway",');
  });

  test('tells of each trace that is looked for by id and not there', async () => {
    const { body } = await get(`/api/traces?traceID=dead&traceID=${OTHER_TRACE_ID}`);
    expect(body.errors).toEqual([{ msg: 'trace not found', traceID: 'dead'.padStart(32, '0') }]);
    expect(body.data).toHaveLength(1);
  });

  test('answers dependencies, though none are counted yet', async () => {
    const { status, body } = await get(`/api/dependencies?endTs=${Date.now()}&lookback=3600000`);
    expect(status).toBe(200);
    expect(body).toEqual({ data: [], total: 0, ...EMPTY });
  });
});

describe('what its monitor draws', () => {
  const asked = `endTs=${Math.ceil(NOW_US / 60_000_000) * 60_000}&lookback=600000&step=60000&ratePer=600000`;

  interface Family {
    readonly name: string;
    readonly metrics: readonly {
      readonly labels: readonly { readonly name: string; readonly value: string }[];
      readonly metricPoints: readonly { readonly gaugeValue: { readonly doubleValue: number } }[];
    }[];
  }

  async function family(path: string): Promise<Family> {
    const { status, body } = await get(`/api/metrics/${path}&${asked}`);
    expect(status, JSON.stringify(body)).toBe(200);
    return body as unknown as Family;
  }

  function newest({ metrics: [metric] }: Family): number | undefined {
    return metric?.metricPoints.at(-1)?.gaugeValue.doubleValue;
  }

  test('call rates of a service', async () => {
    const calls = await family('calls?service=gateway');
    expect(calls).toMatchObject({
      name: 'service_call_rate',
      type: 'GAUGE',
      help: 'calls/sec, grouped by service',
      metrics: [{ labels: [{ name: 'service_name', value: 'gateway' }] }],
    });
    expect(calls.metrics[0]?.metricPoints).toHaveLength(10);
    expect(newest(calls)).toBeCloseTo(1 / 600);
  });

  test('the share of its errors', async () => {
    expect(newest(await family('errors?service=gateway'))).toBe(1);
    expect(newest(await family('errors?service=msg'))).toBe(0);
  });

  test.each([0.5, 0.75, 0.95])(
    'the %s quantile of its durations, in milliseconds',
    async (level) => {
      const found = await family(`latencies?service=gateway&quantile=${level}`);
      expect(found.name).toBe('service_latencies');
      expect(newest(found)).toBeCloseTo(5);
    },
  );

  test('by operation, and of the kinds asked for', async () => {
    const path = 'calls?service=msg&groupByOperation=true&spanKind=server&spanKind=internal';
    const found = await family(path);
    expect(found.name).toBe('service_operation_call_rate');
    expect(found.metrics.map(({ labels }) => labels)).toEqual([
      [
        { name: 'operation', value: 'SendMsg' },
        { name: 'service_name', value: 'msg' },
      ],
      [
        { name: 'operation', value: 'tick' },
        { name: 'service_name', value: 'msg' },
      ],
    ]);
  });

  test('nothing of a service that there is not', async () => {
    expect((await family('calls?service=nobody')).metrics).toEqual([]);
  });
});

describe("Jaeger's third API", () => {
  test('lists services and operations', async () => {
    expect((await get('/api/v3/services')).body).toEqual({ services: ['gateway', 'msg'] });
    expect((await get('/api/v3/operations?service=msg&span_kind=internal')).body).toEqual({
      operations: [{ name: 'tick', spanKind: 'internal' }],
    });
  });

  test.each(['abcdef0123456789', Buffer.from(TRACE_ID, 'hex').toString('base64url')])(
    'gives the trace %s in OTLP',
    async (id) => {
      const { body } = await get(`/api/v3/traces/${id}`);
      expect(body).toMatchObject({
        result: {
          resourceSpans: [
            {
              resource: {
                attributes: expect.arrayContaining([
                  { key: 'service.name', value: { stringValue: 'gateway' } },
                ]),
              },
              scopeSpans: [
                {
                  scope: { name: 'lib', version: '1.0' },
                  spans: [
                    {
                      traceId: TRACE_ID,
                      spanId: '00000000000000a1',
                      name: 'POST /send',
                      kind: 2,
                      startTimeUnixNano: `${START_US}000`,
                      endTimeUnixNano: `${START_US + 5_000}000`,
                      status: { code: 2, message: 'refused' },
                      attributes: [
                        { key: 'http.status_code', value: { intValue: '500' } },
                        { key: 'ratio', value: { doubleValue: 0.5 } },
                        { key: 'retry', value: { boolValue: true } },
                      ],
                    },
                  ],
                },
              ],
            },
            {},
          ],
        },
      });
    },
  );

  test('leaves out what has its default, as protobuf does', async () => {
    const { body } = await get(`/api/v3/traces/${OTHER_TRACE_ID}`);
    expect(body).toMatchObject({
      result: { resourceSpans: [{ scopeSpans: [{ scope: { name: 'lib' } }] }] },
    });
    expect(JSON.stringify(body)).toContain(
      `{"traceId":"${OTHER_TRACE_ID}","spanId":"00000000000000b1","name":"tick","kind":1,` +
        `"startTimeUnixNano":"${START_US}000","endTimeUnixNano":"${START_US + 10}000","status":{}}`,
    );
  });

  test.each([
    ['query.serviceName', 'query.startTimeMin', 'query.startTimeMax'],
    ['query.service_name', 'query.start_time_min', 'query.start_time_max'],
  ])('finds by %s', async (service, from, to) => {
    const time = (us: number): string => new Date(us / 1_000).toISOString();
    const range = `${from}=${time(START_US - 1_000_000)}&${to}=${time(NOW_US)}`;
    const { status, body } = await get(`/api/v3/traces?${service}=gateway&${range}`);
    expect(status).toBe(200);
    expect(JSON.stringify(body)).toContain(TRACE_ID);
    const none = await get(`/api/v3/traces?${service}=nobody&${range}`);
    expect(none).toEqual({
      status: 404,
      body: { error: { httpCode: 404, message: 'No traces found' } },
    });
  });

  test('lists traces by their roots and counts, as its pages search', async () => {
    const time = (us: number): string => new Date(us / 1_000).toISOString();
    const range = `query.startTimeMin=${time(START_US - 1_000_000)}&query.startTimeMax=${time(NOW_US)}`;
    const search = `query.serviceName=msg&query.searchDepth=20&${range}`;
    const { status, body } = await get(`/api/v3/trace-summaries?${search}`);
    expect(status).toBe(200);
    expect(body).toEqual({
      summaries: [
        {
          traceId: TRACE_ID,
          rootServiceName: 'gateway',
          rootOperationName: 'POST /send',
          minStartTimeUnixNano: `${START_US}000`,
          maxEndTimeUnixNano: `${START_US + 5_000}000`,
          spanCount: 2,
          errorSpanCount: 1,
          services: [
            { name: 'gateway', spanCount: 1, errorSpanCount: 1 },
            { name: 'msg', spanCount: 1 },
          ],
        },
        {
          traceId: OTHER_TRACE_ID,
          rootServiceName: 'msg',
          rootOperationName: 'tick',
          minStartTimeUnixNano: `${START_US}000`,
          maxEndTimeUnixNano: `${START_US + 10}000`,
          spanCount: 1,
          services: [{ name: 'msg', spanCount: 1 }],
        },
      ],
    });
    const none = await get(`/api/v3/trace-summaries?query.serviceName=nobody&${range}`);
    expect(none).toEqual({ status: 200, body: {} });
  });

  test('refuses what it would have to leave out', async () => {
    const filter = encodeURIComponent('{"function":"eq"}');
    expect(await get(`/api/v3/traces?query.serviceName=a&query.filter=${filter}`)).toEqual({
      status: 400,
      body: { error: { httpCode: 400, message: 'the structured query filter is disabled' } },
    });
    const range = 'query.startTimeMin=2026-01-02T00:00:00Z&query.startTimeMax=2026-01-01T00:00:00Z';
    expect(await get(`/api/v3/traces?query.serviceName=a&${range}`)).toEqual({
      status: 400,
      body: {
        error: {
          httpCode: 400,
          message: 'query.startTimeMin must be before query.startTimeMax',
        },
      },
    });
  });

  test('wants a range of time', async () => {
    expect(await get('/api/v3/traces?query.serviceName=a')).toEqual({
      status: 400,
      body: {
        error: {
          httpCode: 400,
          message: 'query.startTimeMin and query.startTimeMax are required',
        },
      },
    });
  });
});
