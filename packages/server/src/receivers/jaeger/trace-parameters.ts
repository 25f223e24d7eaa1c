/** Values in the query strings of Jaeger's API, with its words for what is wrong. */
import { parseDurationNs } from '@tendril/model/duration';
import { JaegerProblem } from './jaeger-problem.ts';

const INT64_MAX = 9_223_372_036_854_775_807n;
/** Go's `time.ParseDuration`. */
const DURATION = /^[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$|^0$/;

/** Undefined when it is not set. */
export function integerParameter(query: URLSearchParams, name: string): bigint | undefined {
  const text = query.get(name) ?? '';
  if (text === '') return undefined;
  const isInteger = /^[+-]?\d+$/.test(text);
  const value = isInteger ? BigInt(text.replace('+', '')) : 0n;
  if (isInteger && value <= INT64_MAX && value >= -INT64_MAX) return value;
  const reason = isInteger ? 'value out of range' : 'invalid syntax';
  throw unparsed(name, `strconv.ParseInt: parsing ${JSON.stringify(text)}: ${reason}`);
}

/** In nanoseconds; undefined when it is not set or zero. */
export function durationParameter(query: URLSearchParams, name: string): bigint | undefined {
  const text = query.get(name) ?? '';
  if (text === '') return undefined;
  const ns = DURATION.test(text) ? durationNs(text) : undefined;
  if (ns === undefined) throw unparsed(name, `time: invalid duration ${JSON.stringify(text)}`);
  return ns === 0n ? undefined : ns;
}

/** Of Go: also a sign and numbers without a digit before the point. */
export function durationNs(text: string): bigint | undefined {
  const isNegative = text.startsWith('-');
  const plain = text.replace(/^[+-]/, '').replaceAll(/(^|[a-z])\./g, '$10.');
  if (plain === '0') return 0n;
  const ns = parseDurationNs(plain.replaceAll(/\.(?=[a-zµμ])/g, ''), 0);
  return ns === undefined ? undefined : BigInt(Math.round(ns)) * (isNegative ? -1n : 1n);
}

export function unparsed(name: string, reason: string): JaegerProblem {
  return new JaegerProblem(400, `unable to parse param '${name}': ${reason}`);
}

/** Up to 32 hexadecimal digits. */
export function traceIdParameter(text: string): string {
  if (/^[0-9a-f]{1,32}$/i.test(text)) return text.toLowerCase().padStart(32, '0');
  if (text.length > 32) {
    throw new JaegerProblem(
      400,
      `TraceID cannot be longer than 32 hex characters: ${text.slice(0, 64)}`,
    );
  }
  throw new JaegerProblem(
    400,
    `strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`,
  );
}
