/** Every statement about traces: its text, and that a real engine takes it. */
import { SPAN_REGISTRY } from '@tendril/model/fields';
import { SPAN_KINDS } from '@tendril/model/span';
import { NS_PER_MINUTE } from '@tendril/model/time-range';
import { fieldCatalogue } from '@tendril/query/catalogue';
import { readQuery } from '@tendril/query/check';
import { lowerQuery } from '@tendril/query/lower';
import { printSql, type Sql } from '@tendril/sql/sql';
import type { EngineFixture } from '@tendril/testkit/engine-fixture';
import { goldenActuals } from '@tendril/testkit/golden';
import { startLogsFixture } from '@tendril/testkit/logs-fixture';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { searchQuery } from '../logs/scan.ts';
import { callMetricsQuery } from './call-metrics.ts';
import { dependenciesQuery, newestMinuteQuery } from './dependencies.ts';
import { edgeHistoryQuery, serviceHistoryQuery } from './map-history.ts';
import { operationsQuery, seriesQuery, servicesQuery, wholeMinutes } from './service-calls.ts';
import { SPAN_SELECTION } from './span-row.ts';
import { OUTLINE_SELECTION } from './trace-outline.ts';
import { traceExtentsQuery, type TraceExtent } from './trace-ranges.ts';
import { orphansQuery, traceSummariesQuery } from './trace-summaries.ts';

const NOW_NS = 1_780_390_443_101_000_000n;
const RANGE = { fromNs: NOW_NS - 60n * NS_PER_MINUTE, toNs: NOW_NS };
const CATALOGUE = fieldCatalogue([
  { key: 'http.status_code', scope: 'attribute', types: ['int'], storage: 'path' },
]);

const inputSchema = z.object({
  shape: z.enum([
    'spans',
    'outline',
    'extent',
    'summaries',
    'orphans',
    'services',
    'operations',
    'series',
    'dependencies',
    'newestMinute',
    'serviceHistory',
    'edgeHistory',
    'callMetrics',
  ]),
  query: z.string().default(''),
  order: z.enum(['desc', 'asc']).default('desc'),
  traces: z.array(z.string()).default([]),
  /** That each of the traces took. */
  minutes: z.number().default(1),
  environment: z.string().optional(),
  service: z.string().optional(),
  operation: z.string().optional(),
  kind: z.enum(SPAN_KINDS).optional(),
  quantile: z.number().default(0.95),
});
type Input = z.infer<typeof inputSchema>;

function statementOf(input: Input): Sql {
  const range = wholeMinutes(RANGE);
  const request = { from: '', to: '', buckets: 60, ...input };
  switch (input.shape) {
    case 'spans':
    case 'outline': {
      const context = { catalogue: CATALOGUE, registry: SPAN_REGISTRY, nowNs: NOW_NS };
      const condition = lowerQuery(readQuery(input.query, context));
      return searchQuery(
        { range: RANGE, condition, order: input.order, limit: 100 },
        input.shape === 'spans' ? SPAN_SELECTION : OUTLINE_SELECTION,
      );
    }
    case 'extent':
      return traceExtentsQuery(input.traces);
    case 'summaries':
      return traceSummariesQuery(input.traces.map((traceId) => extentOf(traceId, input.minutes)));
    case 'orphans':
      return orphansQuery(input.traces.map((traceId) => extentOf(traceId, input.minutes)));
    case 'services':
      return servicesQuery(range, request);
    case 'operations':
      return operationsQuery(range, request);
    case 'series':
      return seriesQuery(range, request, 5);
    case 'dependencies':
      return dependenciesQuery(range, request);
    case 'serviceHistory':
      return serviceHistoryQuery(range, { ...request, steps: 60 }, 5);
    case 'callMetrics':
      return callMetricsQuery({
        range,
        services: [input.service ?? ''],
        kinds: ['server'],
        byOperation: input.operation !== undefined,
        stepMinutes: 5,
        quantile: input.quantile,
      });
    case 'edgeHistory':
      return edgeHistoryQuery(range, { ...request, steps: 60 }, 5);
    case 'newestMinute':
      return newestMinuteQuery();
  }
}

function extentOf(traceId: string, minutes: number): TraceExtent {
  const lastNs = NOW_NS + BigInt(minutes - 1) * NS_PER_MINUTE;
  return { traceId, firstNs: NOW_NS, lastNs, spans: 3, errors: 1 };
}

let fixture: EngineFixture;
beforeAll(async () => {
  fixture = await startLogsFixture();
});
afterAll(() => fixture.close());

describe('statements', () => {
  const file = new URL('testdata/queries.txt', import.meta.url);
  const parse = (text: string): Input => inputSchema.parse(JSON.parse(text));
  const cases = goldenActuals(file, (text) => printSql(statementOf(parse(text))));

  test.each(cases)('$name', async ({ input, actual, expected }) => {
    expect(actual).toBe(expected);
    const statement = statementOf(parse(input));
    const { rows } = await fixture.engine.query(statement, { limits: { timeoutMs: 20_000 } });
    for await (const row of rows) expect(row).toBeTypeOf('object');
  });
});
