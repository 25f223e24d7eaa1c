/**
 * What Jaeger's pages draw as a monitor of services: call rates, shares of errors and latencies over time.
 * Jaeger asks Prometheus for them; here they are counted from the spans.
 */
import { SPAN_KINDS, type SpanKind } from '@tendril/model/span';
import { NS_PER_MINUTE, NS_PER_MS } from '@tendril/model/time-range';
import { callMetrics, type CallMetric } from '../../traces/call-metrics.ts';
import type { ReceiverCall } from '../http-receiver.ts';
import type { ReceiverDependencies } from '../receiver-dependencies.ts';
import { signalOf } from './call-signal.ts';
import { JaegerProblem } from './jaeger-problem.ts';
import { integerParameter, unparsed } from './trace-parameters.ts';

const MS_PER_MINUTE = 60_000n;
const LOOKBACK_MS: bigint = 60n * MS_PER_MINUTE;
const RATE_MS: bigint = 10n * MS_PER_MINUTE;
/** Of one series; a smaller step is made longer. */
const POINTS_MAX = 1_000n;
const SERVICES_MAX = 100;

type Family = 'calls' | 'errors' | 'latencies';

interface Metric {
  readonly labels: readonly { readonly name: string; readonly value: string }[];
  readonly metricPoints: readonly MetricPoint[];
}

interface MetricPoint {
  readonly gaugeValue: { readonly doubleValue: number };
  readonly timestamp: string;
}

export async function answerMetrics(
  call: ReceiverCall,
  dependencies: ReceiverDependencies,
  name: string,
): Promise<unknown> {
  if (name === 'minstep') return { data: Number(MS_PER_MINUTE), ...NOTHING_MORE };
  const family = FAMILIES.find((each) => each === name);
  if (family === undefined) throw new JaegerProblem(404, '404 page not found');
  const { spanReader, nowMs } = dependencies;
  const asked = parseMetrics(call.query, BigInt(Math.floor(nowMs())), family);
  const { startNs, endNs, windowNs } = asked;
  const range = { fromNs: family === 'latencies' ? startNs : startNs - windowNs, toNs: endNs };
  const rows = await callMetrics(spanReader, { ...asked, range }, signalOf(call));
  const series = Map.groupBy(rows, ({ service, operation }) =>
    JSON.stringify([service, operation]),
  );
  return {
    ...described(family, asked),
    type: 'GAUGE',
    metrics: [...series.values()].map((each) => metricOf(each, family, asked)),
  };
}

const FAMILIES = ['calls', 'errors', 'latencies'] as const;
const NOTHING_MORE = { total: 0, limit: 0, offset: 0, errors: null };

interface AskedMetrics {
  readonly services: readonly string[];
  readonly kinds: readonly SpanKind[];
  readonly byOperation: boolean;
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly stepMinutes: number;
  /** Rates are of so long before each point. */
  readonly windowNs: bigint;
  readonly quantile: number;
}

function parseMetrics(query: URLSearchParams, nowMs: bigint, family: Family): AskedMetrics {
  const quantile = family === 'latencies' ? parseQuantile(query) : 0.95;
  const services = query.getAll('service').slice(0, SERVICES_MAX);
  if (services.length === 0) {
    throw unparsed('service', 'please provide at least one service name');
  }
  const kinds = query.getAll('spanKind').map(parseKind);
  const endMs = integerParameter(query, 'endTs') ?? nowMs;
  const lookbackMs = positive(query, 'lookback') ?? LOOKBACK_MS;
  const stepMs = positive(query, 'step') ?? MS_PER_MINUTE;
  const rateMs = positive(query, 'ratePer') ?? RATE_MS;
  const endNs = floored(endMs < 0n ? 0n : endMs * NS_PER_MS);
  const startNs = endNs - floored(lookbackMs * NS_PER_MS);
  const stepMsMin = lookbackMs / POINTS_MAX;
  const stepMinutes = minutesOf(stepMs < stepMsMin ? stepMsMin : stepMs);
  return {
    services,
    kinds: kinds.length === 0 ? ['server'] : kinds,
    byOperation: parseBoolean(query, 'groupByOperation'),
    startNs: startNs < 0n ? 0n : startNs,
    endNs,
    stepMinutes,
    windowNs: BigInt(minutesOf(rateMs)) * NS_PER_MINUTE,
    quantile,
  };
}

function parseQuantile(query: URLSearchParams): number {
  const text = query.get('quantile') ?? '';
  const quantile = text === '' ? Number.NaN : Number(text);
  if (quantile >= 0 && quantile <= 1) return quantile;
  throw unparsed('quantile', `strconv.ParseFloat: parsing ${JSON.stringify(text)}: invalid syntax`);
}

function parseKind(text: string): SpanKind {
  const kind = SPAN_KINDS.find((each) => each === text);
  if (kind === undefined) throw unparsed('spanKind', `unsupported span kind: '${text}'`);
  return kind;
}

const TRUE_WORDS: ReadonlySet<string> = new Set(['1', 't', 'T', 'true', 'TRUE', 'True']);
const FALSE_WORDS: ReadonlySet<string> = new Set(['', '0', 'f', 'F', 'false', 'FALSE', 'False']);

function parseBoolean(query: URLSearchParams, name: string): boolean {
  const text = query.get(name) ?? '';
  if (TRUE_WORDS.has(text)) return true;
  if (FALSE_WORDS.has(text)) return false;
  throw unparsed(name, `strconv.ParseBool: parsing ${JSON.stringify(text)}: invalid syntax`);
}

function positive(query: URLSearchParams, name: string): bigint | undefined {
  const value = integerParameter(query, name);
  if (value !== undefined && value <= 0n) throw unparsed(name, 'it is not above zero');
  return value;
}

function minutesOf(ms: bigint): number {
  return Math.max(1, Number((ms + MS_PER_MINUTE - 1n) / MS_PER_MINUTE));
}

function floored(ns: bigint): bigint {
  return (ns / NS_PER_MINUTE) * NS_PER_MINUTE;
}

function described(
  family: Family,
  { byOperation, quantile }: AskedMetrics,
): { readonly name: string; readonly help: string } {
  const subject = byOperation ? 'service_operation' : 'service';
  const grouped = byOperation ? 'grouped by service & operation' : 'grouped by service';
  switch (family) {
    case 'calls':
      return { name: `${subject}_call_rate`, help: `calls/sec, ${grouped}` };
    case 'errors':
      return {
        name: `${subject}_error_rate`,
        help: `error rate, computed as a fraction of errors/sec over calls/sec, ${grouped}`,
      };
    case 'latencies':
      return {
        name: `${subject}_latencies`,
        help: `${quantile.toFixed(2)}th quantile latency, ${grouped}`,
      };
  }
}

function metricOf(rows: readonly CallMetric[], family: Family, asked: AskedMetrics): Metric {
  const [first] = rows;
  const labels = [
    ...(asked.byOperation ? [{ name: 'operation', value: first?.operation ?? '' }] : []),
    { name: 'service_name', value: first?.service ?? '' },
  ];
  return {
    labels,
    metricPoints: family === 'latencies' ? latencies(rows, asked) : rates(rows, family, asked),
  };
}

/** Of the spans of each step. */
function latencies(rows: readonly CallMetric[], { stepMinutes }: AskedMetrics): MetricPoint[] {
  const stepNs = BigInt(stepMinutes) * NS_PER_MINUTE;
  return rows.map(({ startNs, quantileNs }) => pointOf(startNs + stepNs, quantileNs / 1e6));
}

/** At the end of each step, of the window before it; where nothing was called there is no share of errors. */
function rates(
  rows: readonly CallMetric[],
  family: Family,
  { startNs, endNs, stepMinutes, windowNs }: AskedMetrics,
): MetricPoint[] {
  const stepNs = BigInt(stepMinutes) * NS_PER_MINUTE;
  const windowSteps = windowNs > stepNs ? windowNs / stepNs : 1n;
  const coveredSeconds = Number((windowSteps * stepNs) / 1_000_000_000n);
  const points: MetricPoint[] = [];
  const window = { calls: 0, errors: 0 };
  let [entering, leaving] = [0, 0];
  for (let endOfStep = (startNs / stepNs + 1n) * stepNs; endOfStep <= endNs; endOfStep += stepNs) {
    for (; (rows[entering]?.startNs ?? endNs) < endOfStep; entering += 1) {
      window.calls += rows[entering]?.calls ?? 0;
      window.errors += rows[entering]?.errors ?? 0;
    }
    for (; (rows[leaving]?.startNs ?? endNs) < endOfStep - windowSteps * stepNs; leaving += 1) {
      window.calls -= rows[leaving]?.calls ?? 0;
      window.errors -= rows[leaving]?.errors ?? 0;
    }
    if (family === 'calls') points.push(pointOf(endOfStep, window.calls / coveredSeconds));
    else if (window.calls > 0) points.push(pointOf(endOfStep, window.errors / window.calls));
  }
  return points;
}

function pointOf(ns: bigint, value: number): MetricPoint {
  const timestamp = new Date(Number(ns / NS_PER_MS)).toISOString().replace('.000Z', 'Z');
  return { gaugeValue: { doubleValue: value }, timestamp };
}
