/**
 * Requests and durations that only the message of a record has: `GET /api/users 200 response_time=12ms`. Looked
 * for in lines whose format has no fields for them.
 */

export interface TextRequest {
  readonly method: string;
  readonly path: string;
  /** Empty when it is not said. */
  readonly status: string;
  /** Empty when it is not said. */
  readonly client: string;
}

export interface TextFigures {
  readonly request: TextRequest | undefined;
  readonly durationMs: number | undefined;
}

/** Formats whose messages are looked into. */
const FORMATS: ReadonlySet<string> = new Set(['', 'text']);
/** Of a message, the rest is not looked at. */
const LENGTH_MAX = 2_048;

const REQUEST =
  /(?:^|[\s"'[(|])(?<method>GET|POST|PUT|DELETE|PATCH|HEAD|OPTIONS)[\s"':|]{1,4}(?<path>\/[^\s"'|,)\]]{0,512})/;
const STATUS_AFTER =
  /(?:\bstatus(?:_?code)?["']?[=: ]{1,2}["']?|HTTP\/\d(?:\.\d)?["']? |\s)([1-5]\d\d)(?=$|[\s",|)\]])/;
const ADDRESS = /(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])/;
const DURATION =
  /\b(?:response[_ -]?time|resp[_-]?time|latency|elapsed|duration|cost|took|rt|耗时|用时)["']?\s{0,2}[=:：]?\s{0,2}["']?(?<count>\d{1,12}(?:\.\d{1,9})?)\s?(?<unit>ns|us|µs|ms|s|毫秒|秒)?(?![\w.])/i;
const UNIT_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  毫秒: 1,
  s: 1_000,
  秒: 1_000,
};

const NONE: TextFigures = { request: undefined, durationMs: undefined };

/** `formatName` is that of the record. */
export function textFigures(body: string, formatName: string): TextFigures {
  if (!FORMATS.has(formatName)) return NONE;
  const text = body.length > LENGTH_MAX ? body.slice(0, LENGTH_MAX) : body;
  return { request: requestIn(text), durationMs: durationIn(text) };
}

function requestIn(text: string): TextRequest | undefined {
  const match = REQUEST.exec(text);
  if (!match) return undefined;
  const { method = '', path = '' } = match.groups ?? {};
  const rest = text.slice(match.index + match[0].length);
  return {
    method,
    path,
    status: STATUS_AFTER.exec(rest)?.[1] ?? '',
    client: ADDRESS.exec(text)?.[0] ?? '',
  };
}

// A number without a unit is of milliseconds, as scripts that add them up take it.
function durationIn(text: string): number | undefined {
  const groups = DURATION.exec(text)?.groups;
  if (!groups) return undefined;
  return Number(groups['count']) * (UNIT_MS[groups['unit'] ?? 'ms'] ?? 1);
}
