/**
 * One request to a Tendril server over `fetch`. Whatever goes wrong leaves as a `Failure`:
 * `unreachable` when there is no server, what the server said when it answered with a problem.
 */
import type { z } from 'zod';
import { Failure, messageOf } from '@tendril/model/failure';
import { traceHeaders, type TraceContext } from '@tendril/model/trace-context';
import { problemSchema, ProblemFailure } from './problem.ts';
import { pathWith, type Route } from './route.ts';

export interface HttpOptions {
  /** E.g. `http://127.0.0.1:7700`; empty in a page that this server served. */
  readonly baseUrl: string;
  readonly token?: string;
  /** What the calls are made for. */
  readonly trace?: TraceContext;
  readonly fetch?: typeof globalThis.fetch;
}

export interface HttpCall {
  readonly parameters?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  /** Sent as JSON. */
  readonly json?: unknown;
  readonly body?: BodyInit;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

/** The answer when its status says success. */
export async function send(options: HttpOptions, route: Route, call: HttpCall): Promise<Response> {
  const { fetch = globalThis.fetch } = options;
  const url = urlOf(options, route, call);
  const response = await fetch(url, initOf(options, route, call)).catch((cause: unknown) => {
    throw call.signal?.aborted === true ? cause : unreachable(options, cause);
  });
  if (response.ok) return response;
  throw await failureOf(response);
}

/** The answer's JSON, checked. */
export async function sendForJson<T>(
  options: HttpOptions,
  route: Route,
  call: HttpCall & { readonly schema: z.ZodType<T> },
): Promise<T> {
  const response = await send(options, route, call);
  const parsed = call.schema.safeParse(await response.json().catch(() => undefined));
  if (!parsed.success) throw notOurs(response, firstMistake(parsed.error));
  return parsed.data;
}

/** Where a call goes. */
export function urlOf(
  { baseUrl }: HttpOptions,
  route: Route,
  { parameters = {}, query = {} }: HttpCall,
): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) search.set(name, String(value));
  }
  const suffix = search.size === 0 ? '' : `?${search.toString()}`;
  return `${baseUrl.replace(/\/+$/, '')}${pathWith(route, parameters)}${suffix}`;
}

function initOf({ token, trace }: HttpOptions, route: Route, call: HttpCall): RequestInit {
  const body = call.json === undefined ? call.body : JSON.stringify(call.json);
  return {
    method: route.method,
    headers: {
      ...(trace && traceHeaders(trace)),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(call.json !== undefined && { 'content-type': 'application/json' }),
      ...call.headers,
    },
    ...(body !== undefined && { body }),
    // A body that is a stream is sent while it is read, which fetch wants to be told.
    ...(body instanceof ReadableStream && { duplex: 'half' as const }),
    ...(call.signal && { signal: call.signal }),
    redirect: 'error',
  };
}

export function unreachable({ baseUrl }: HttpOptions, cause: unknown): Failure {
  const reason = messageOf(
    cause instanceof Error && cause.cause !== undefined ? cause.cause : cause,
  );
  return new Failure({
    code: 'unreachable',
    detail: `cannot reach a server at ${baseUrl}: ${reason}`,
    params: { url: baseUrl, reason },
    cause,
  });
}

async function failureOf(response: Response): Promise<Failure> {
  const problem = problemSchema.safeParse(await response.json().catch(() => undefined));
  if (problem.success) return new ProblemFailure(problem.data);
  const code = CODE_OF_STATUS.get(response.status) ?? 'bad_answer';
  return new Failure({
    code,
    detail: `${response.url} answered ${response.status} ${response.statusText}`,
    params: { url: response.url, status: response.status },
  });
}

// A proxy in between answers without a problem; its status still says the kind.
const CODE_OF_STATUS: ReadonlyMap<number, string> = new Map([
  [401, 'unauthorized'],
  [403, 'forbidden'],
  [413, 'too_large'],
  [429, 'overloaded'],
  [502, 'unreachable'],
  [503, 'unavailable'],
  [504, 'unreachable'],
]);

/** Where it differs first; a list of everything would fill the screen. */
function firstMistake({ issues }: z.ZodError): string {
  const [first] = issues;
  if (!first) return 'unknown';
  const place = first.path.length === 0 ? 'answer' : first.path.join('.');
  return issues.length === 1
    ? `${place}: ${first.message}`
    : `${place}: ${first.message} (and ${issues.length - 1} more)`;
}

function notOurs(response: Response, reason: string): Failure {
  return new Failure({
    code: 'bad_answer',
    detail: `${response.url} gave an answer that is not of this API: ${reason}`,
    params: { url: response.url, status: response.status },
  });
}
