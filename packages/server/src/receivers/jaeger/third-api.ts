/** Jaeger's third API: OTLP in, OTLP out, in the JSON of its gateway. */
import type { TraceSummary } from '@tendril/api/trace-search';
import { NS_PER_MS } from '@tendril/model/time-range';
import { parseTime } from '@tendril/query/time-value';
import { given, resourceSpansOf, type Json } from '../../protocols/otlp/otlp-spans-json.ts';
import { tagSearchCondition } from '../../traces/tag-condition.ts';
import { findTraces } from '../../traces/trace-search.ts';
import { spansOfTraces } from '../../traces/trace-spans.ts';
import { orphanCounts, traceSummaries } from '../../traces/trace-summaries.ts';
import type { ReceiverCall } from '../http-receiver.ts';
import type { ReceiverDependencies } from '../receiver-dependencies.ts';
import { signalOf } from './call-signal.ts';
import { operationsOf, serviceNames } from './first-api.ts';
import { JaegerProblem } from './jaeger-problem.ts';
import { durationNs, traceIdParameter } from './trace-parameters.ts';

const DEPTH_DEFAULT = 100;
const DEPTH_MAX = 1_500;
const RFC3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/;
const BASE64_ID = /^[A-Za-z0-9+/_-]{22}(?:==)?$/;

export async function answerThirdApi(
  call: ReceiverCall,
  dependencies: ReceiverDependencies,
): Promise<unknown> {
  const [, , , resource = '', id, ...rest] = call.path.split('/');
  if (rest.length > 0) throw notFound();
  if (resource === 'traces') {
    return id === undefined ? await find(call, dependencies) : await one(call, dependencies, id);
  }
  if (id !== undefined) throw notFound();
  if (resource === 'trace-summaries') return await findSummaries(call, dependencies);
  if (resource === 'services') return { services: await serviceNames(dependencies, call) };
  if (resource === 'operations') return await operations(call, dependencies);
  throw notFound();
}

async function operations(
  call: ReceiverCall,
  dependencies: ReceiverDependencies,
): Promise<unknown> {
  const service = call.query.get('service') ?? '';
  const kind = parameterOf(call.query, 'spanKind').text;
  const found = await operationsOf(dependencies, call, { service, kind });
  return {
    operations: found.map(({ name, spanKind }) => ({ name, spanKind: spanKind || 'internal' })),
  };
}

async function one(
  call: ReceiverCall,
  dependencies: ReceiverDependencies,
  text: string,
): Promise<unknown> {
  const id = BASE64_ID.test(text) ? Buffer.from(text, 'base64').toString('hex') : text;
  await dependencies.spanReader.flushed(signalOf(call));
  return await tracesData(call, dependencies, [traceId(id)]);
}

function traceId(text: string): string {
  try {
    return traceIdParameter(text);
  } catch (error) {
    throw malformed('trace_id', error instanceof Error ? error.message : '');
  }
}

async function find(call: ReceiverCall, dependencies: ReceiverDependencies): Promise<unknown> {
  return await tracesData(call, dependencies, await foundIds(call, dependencies));
}

/** What Jaeger's pages list of a search: each trace by its root and its counts. */
async function findSummaries(
  call: ReceiverCall,
  dependencies: ReceiverDependencies,
): Promise<unknown> {
  const ids = await foundIds(call, dependencies);
  const { spanReader } = dependencies;
  const options = { budget: spanReader.budget(), signal: signalOf(call) };
  const summaries = await traceSummaries(spanReader, ids, options);
  const orphans = await orphanCounts(spanReader, ids, options);
  return given({
    summaries: summaries.map((each) => summaryJson(each, orphans.get(each.traceId) ?? 0)),
  });
}

function summaryJson(
  { traceId, timestamp, durationNs, spans, errors, root, services }: TraceSummary,
  orphanSpanCount: number,
): Json {
  return given({
    traceId,
    rootServiceName: root.isWhole ? root.service : '',
    rootOperationName: root.isWhole ? root.name : '',
    minStartTimeUnixNano: timestamp,
    maxEndTimeUnixNano: String(BigInt(timestamp) + BigInt(durationNs)),
    spanCount: spans,
    errorSpanCount: errors,
    orphanSpanCount,
    services: services
      .toSorted((one, other) => (one.service < other.service ? -1 : 1))
      .map((each) =>
        given({ name: each.service, spanCount: each.spans, errorSpanCount: each.errors }),
      ),
  });
}

async function foundIds(
  call: ReceiverCall,
  dependencies: ReceiverDependencies,
): Promise<readonly string[]> {
  const { query } = call;
  // As Jaeger answers it unless its gate for it was opened.
  if (query.get('query.filter')) throw refused('the structured query filter is disabled');
  const { spanReader, nowMs } = dependencies;
  const from = parameterOf(query, 'query.startTimeMin');
  const to = parameterOf(query, 'query.startTimeMax');
  if (from.text === '' || to.text === '') {
    throw refused('query.startTimeMin and query.startTimeMax are required');
  }
  const nowNs = BigInt(Math.floor(nowMs())) * NS_PER_MS;
  const range = { fromNs: timeOf(from, nowNs), toNs: timeOf(to, nowNs) };
  if (range.fromNs >= range.toNs) {
    throw refused('query.startTimeMin must be before query.startTimeMax');
  }
  const search = {
    service: parameterOf(query, 'query.serviceName').text || undefined,
    operation: parameterOf(query, 'query.operationName').text || undefined,
    tags: attributesOf(query),
    durationMinNs: durationOf(parameterOf(query, 'query.durationMin')),
    durationMaxNs: durationOf(parameterOf(query, 'query.durationMax')),
  };
  const limit = depthOf(query);
  const options = { budget: spanReader.budget(), signal: signalOf(call) };
  await spanReader.flushed(options.signal, range);
  await spanReader.density.ready(options.signal);
  const condition = await tagSearchCondition(spanReader, search, options);
  const closed = { fromNs: range.fromNs, toNs: range.toNs + 1n };
  return await findTraces(spanReader, { range: closed, condition, limit }, options);
}

async function tracesData(
  call: ReceiverCall,
  { spanReader }: ReceiverDependencies,
  ids: readonly string[],
): Promise<unknown> {
  const options = { budget: spanReader.budget(), signal: signalOf(call) };
  const spans = await spansOfTraces(spanReader, ids, options);
  if (spans.size === 0) throw new JaegerProblem(404, 'No traces found');
  return { result: { resourceSpans: [...spans.values()].flatMap(resourceSpansOf) } };
}

interface Parameter {
  readonly name: string;
  readonly text: string;
}

/** By its name, or by the one with underscores that it had before. */
function parameterOf(query: URLSearchParams, name: string): Parameter {
  const text = query.get(name) ?? '';
  if (text !== '') return { name, text };
  const before = name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return { name: before, text: query.get(before) ?? '' };
}

function depthOf(query: URLSearchParams): number {
  const depth = parameterOf(query, 'query.searchDepth');
  const { name, text } = depth.text === '' ? parameterOf(query, 'query.numTraces') : depth;
  if (text === '') return DEPTH_DEFAULT;
  if (!/^\d{1,9}$/.test(text)) {
    throw malformed(name, `strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`);
  }
  return Math.min(Number(text) || DEPTH_DEFAULT, DEPTH_MAX);
}

function timeOf({ name, text }: Parameter, nowNs: bigint): bigint {
  const time = RFC3339.test(text) ? parseTime(text, nowNs) : undefined;
  if (time) return time.fromNs;
  throw malformed(name, `parsing time ${JSON.stringify(text)} as RFC 3339`);
}

function durationOf({ name, text }: Parameter): bigint | undefined {
  if (text === '') return undefined;
  const ns = durationNs(text);
  if (ns === undefined) throw malformed(name, `time: invalid duration ${JSON.stringify(text)}`);
  return ns === 0n ? undefined : ns;
}

function attributesOf(query: URLSearchParams): ReadonlyMap<string, string> {
  const text = query.get('query.attributes') ?? '';
  if (text === '') return new Map();
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) {
      const entries: [string, unknown][] = Object.entries(parsed);
      if (entries.every((entry): entry is [string, string] => typeof entry[1] === 'string')) {
        return new Map(entries);
      }
    }
  } catch {
    // Said below.
  }
  throw malformed('query.attributes', 'it is not a JSON object of strings');
}

function malformed(name: string, reason: string): JaegerProblem {
  return refused(`malformed parameter ${name}: ${reason}`);
}

function refused(message: string): JaegerProblem {
  return new JaegerProblem(400, message);
}

function notFound(): JaegerProblem {
  return new JaegerProblem(404, '404 page not found');
}
