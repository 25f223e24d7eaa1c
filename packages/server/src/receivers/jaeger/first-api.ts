/** Jaeger's first API: what its own pages and Grafana read. */
import { SPAN_KINDS, type SpanKind } from '@tendril/model/span';
import { NS_PER_MS, type TimeRange } from '@tendril/model/time-range';
import { jaegerTrace, type JaegerTrace } from '../../protocols/jaeger/jaeger-traces.ts';
import { traceDependencies } from '../../traces/dependencies.ts';
import { traceOperations, traceServices } from '../../traces/service-calls.ts';
import { tagSearchCondition } from '../../traces/tag-condition.ts';
import { findTraces } from '../../traces/trace-search.ts';
import { spansOfTraces } from '../../traces/trace-spans.ts';
import type { ReceiverCall } from '../http-receiver.ts';
import type { ReceiverDependencies } from '../receiver-dependencies.ts';
import { signalOf } from './call-signal.ts';
import { JaegerProblem } from './jaeger-problem.ts';
import { answerMetrics } from './metrics-api.ts';
import { durationParameter, integerParameter, traceIdParameter } from './trace-parameters.ts';

const NS_PER_US = 1_000n;
const HOUR_MS = 3_600_000n;
const DAY_MS: bigint = 24n * HOUR_MS;
/** Of a search that states none. */
const LOOKBACK_MS: bigint = 2n * DAY_MS;
const LIMIT_DEFAULT = 100n;
const LIMIT_MAX = 1_500n;
/** Names are of the days that Jaeger keeps by default. */
const NAMES_LOOKBACK = 'now-7d';

interface Answered {
  readonly data: unknown;
  readonly total: number;
  readonly limit: 0;
  readonly offset: 0;
  readonly errors: readonly { readonly msg: string; readonly traceID: string }[] | null;
}

export async function answerFirstApi(
  call: ReceiverCall,
  dependencies: ReceiverDependencies,
): Promise<unknown> {
  const [, api = '', resource = '', ...rest] = call.path.split('/').map(unescaped);
  if (api !== 'api') throw notFound();
  const [name = ''] = rest;
  switch (resource) {
    case 'services':
      if (rest.length === 0) return counted(await serviceNames(dependencies, call));
      // A service may have slashes in its name.
      if (rest.length < 2 || rest.at(-1) !== 'operations') throw notFound();
      return counted(await operationNames(dependencies, call, rest.slice(0, -1).join('/')));
    case 'operations':
      return counted(await operations(dependencies, call));
    case 'traces':
      if (rest.length === 0) return await search(dependencies, call);
      if (rest.length > 1) throw notFound();
      return await oneTrace(dependencies, call, name);
    case 'dependencies':
      return listed(await dependencyLinks(dependencies, call), 0);
    case 'metrics':
      return await answerMetrics(call, dependencies, rest.join('/'));
    default:
      throw notFound();
  }
}

function counted(data: readonly unknown[]): Answered {
  return listed(data, data.length);
}

function listed(data: unknown, total: number): Answered {
  return { data, total, limit: 0, offset: 0, errors: null };
}

export async function serviceNames(
  { spanReader }: ReceiverDependencies,
  call: ReceiverCall,
): Promise<readonly string[]> {
  const range = { from: NAMES_LOOKBACK, to: 'now+1d' };
  const { services } = await traceServices(spanReader, range, signalOf(call));
  return services.map(({ service }) => service).sort();
}

export interface JaegerOperation {
  readonly name: string;
  readonly spanKind: string;
}

/** By name; one for each kind. */
export async function operationsOf(
  { spanReader }: ReceiverDependencies,
  call: ReceiverCall,
  { service, kind }: { readonly service: string; readonly kind: string },
): Promise<readonly JaegerOperation[]> {
  const range = { from: NAMES_LOOKBACK, to: 'now+1d', service };
  const found = await traceOperations(spanReader, range, signalOf(call));
  return found.operations
    .filter((each) => kind === '' || each.kind === kind)
    .map((each) => ({ name: each.operation, spanKind: jaegerKind(each.kind) }))
    .toSorted((one, other) => (one.name < other.name ? -1 : 1));
}

function jaegerKind(kind: SpanKind): string {
  return kind === SPAN_KINDS[0] ? '' : kind;
}

async function operationNames(
  dependencies: ReceiverDependencies,
  call: ReceiverCall,
  service: string,
): Promise<readonly string[]> {
  const all = await operationsOf(dependencies, call, { service, kind: '' });
  return [...new Set(all.map(({ name }) => name))];
}

async function operations(
  dependencies: ReceiverDependencies,
  call: ReceiverCall,
): Promise<readonly JaegerOperation[]> {
  const service = call.query.get('service') ?? '';
  if (service === '') throw serviceRequired();
  const kind = call.query.get('spanKind') ?? '';
  return await operationsOf(dependencies, call, { service, kind });
}

async function search(dependencies: ReceiverDependencies, call: ReceiverCall): Promise<Answered> {
  const parsed = parseSearch(call.query, dependencies.nowMs());
  if (parsed.traceIds.length > 0) return await searchByIds(dependencies, call, parsed.traceIds);
  const { spanReader } = dependencies;
  const options = { budget: spanReader.budget(), signal: signalOf(call) };
  const { range } = parsed;
  // First, since which tags there are is known by what has reached the engine.
  await spanReader.flushed(options.signal, range);
  await spanReader.density.ready(options.signal);
  const condition = await tagSearchCondition(spanReader, parsed, options);
  const ids = await findTraces(spanReader, { range, condition, limit: parsed.limit }, options);
  return listed(await tracesOf(dependencies, call, ids), 0);
}

async function searchByIds(
  dependencies: ReceiverDependencies,
  call: ReceiverCall,
  ids: readonly string[],
): Promise<Answered> {
  await dependencies.spanReader.flushed(signalOf(call));
  const traces = await tracesOf(dependencies, call, ids);
  const found = new Set(traces.map(({ traceID }) => traceID));
  const missing = ids.filter((id) => !found.has(id));
  const errors = missing.map((traceID) => ({ msg: TRACE_NOT_FOUND, traceID }));
  return { ...listed(traces, 0), errors: errors.length === 0 ? null : errors };
}

const TRACE_NOT_FOUND = 'trace not found';

async function oneTrace(
  dependencies: ReceiverDependencies,
  call: ReceiverCall,
  id: string,
): Promise<Answered> {
  const traceId = traceIdParameter(id);
  await dependencies.spanReader.flushed(signalOf(call));
  const traces = await tracesOf(dependencies, call, [traceId]);
  // An empty list makes Grafana's source fail.
  if (traces.length === 0) throw new JaegerProblem(404, TRACE_NOT_FOUND);
  return listed(traces, 0);
}

async function tracesOf(
  { spanReader }: ReceiverDependencies,
  call: ReceiverCall,
  ids: readonly string[],
): Promise<readonly JaegerTrace[]> {
  const options = { budget: spanReader.budget(), signal: signalOf(call) };
  const spans = await spansOfTraces(spanReader, ids, options);
  return [...spans].map(([traceId, found]) => jaegerTrace(traceId, found));
}

async function dependencyLinks(
  { spanReader, nowMs }: ReceiverDependencies,
  call: ReceiverCall,
): Promise<readonly unknown[]> {
  const endMs = integerParameter(call.query, 'endTs') ?? BigInt(nowMs());
  const lookbackMs = integerParameter(call.query, 'lookback') ?? DAY_MS;
  const service = call.query.get('service') ?? '';
  const range = { from: String(nanoseconds(endMs - lookbackMs)), to: String(nanoseconds(endMs)) };
  const { edges } = await traceDependencies(spanReader, range, signalOf(call));
  return edges
    .filter(({ kind }) => kind === 'call')
    .filter(({ caller, callee }) => service === '' || caller === service || callee === service)
    .map(({ caller, callee, calls }) => ({
      parent: caller,
      child: callee,
      callCount: Math.round(calls),
    }));
}

function nanoseconds(ms: bigint): bigint {
  return (ms < 0n ? 0n : ms) * NS_PER_MS;
}

interface ParsedSearch {
  readonly service: string;
  readonly operation: string | undefined;
  readonly tags: ReadonlyMap<string, string>;
  readonly range: TimeRange;
  readonly limit: number;
  readonly durationMinNs: bigint | undefined;
  readonly durationMaxNs: bigint | undefined;
  readonly traceIds: readonly string[];
}

function parseSearch(query: URLSearchParams, nowMs: number): ParsedSearch {
  const nowUs = BigInt(Math.floor(nowMs)) * 1_000n;
  const startUs = integerParameter(query, 'start') ?? nowUs - LOOKBACK_MS * 1_000n;
  const endUs = integerParameter(query, 'end') ?? nowUs;
  const tags = parseTags(query);
  const limit = integerParameter(query, 'limit') ?? LIMIT_DEFAULT;
  const durationMinNs = durationParameter(query, 'minDuration');
  const durationMaxNs = durationParameter(query, 'maxDuration');
  const traceIds = query.getAll('traceID').map(traceIdParameter);
  const service = query.get('service') ?? '';
  if (traceIds.length === 0 && service === '') throw serviceRequired();
  if (limit <= 0n) throw refused('invalid parameter: limit must be greater than 0');
  if (startUs > endUs) throw refused('invalid parameter: start time must be before end time');
  if (durationMinNs !== undefined && durationMaxNs !== undefined && durationMaxNs < durationMinNs) {
    throw refused("'maxDuration' should be greater than 'minDuration'");
  }
  return {
    service,
    operation: query.get('operation') || undefined,
    tags,
    // Both ends belong to it.
    range: { fromNs: startUs < 0n ? 0n : startUs * NS_PER_US, toNs: (endUs + 1n) * NS_PER_US },
    limit: Number(limit < LIMIT_MAX ? limit : LIMIT_MAX),
    durationMinNs,
    durationMaxNs,
    traceIds,
  };
}

function parseTags(query: URLSearchParams): ReadonlyMap<string, string> {
  const tags = new Map<string, string>();
  for (const tag of query.getAll('tag')) {
    const colon = tag.indexOf(':');
    if (colon < 0) {
      throw refused(`malformed 'tag' parameter, expecting key:value, received: ${tag}`);
    }
    tags.set(tag.slice(0, colon), tag.slice(colon + 1));
  }
  for (const text of query.getAll('tags')) {
    for (const [key, value] of tagEntries(text)) tags.set(key, value);
  }
  return tags;
}

function tagEntries(text: string): readonly (readonly [string, string])[] {
  const parsed = parsedJson(text);
  const isObject = typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed);
  const entries: [string, unknown][] = isObject ? Object.entries(parsed) : [['', undefined]];
  return entries.map(([key, value]) => {
    if (typeof value === 'string') return [key, value] as const;
    throw refused("malformed 'tags' parameter, cannot unmarshal JSON: expecting strings");
  });
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw refused("malformed 'tags' parameter, cannot unmarshal JSON: not valid JSON");
  }
}

function serviceRequired(): JaegerProblem {
  return refused("parameter 'service' is required");
}

function refused(message: string): JaegerProblem {
  return new JaegerProblem(400, message);
}

function notFound(): JaegerProblem {
  return new JaegerProblem(404, '404 page not found');
}

function unescaped(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
