/** What a thrown error means to a client of the API. */
import { STATUS_CODES } from 'node:http';
import { PROBLEM_MEDIA_TYPE, type Problem } from '@tendril/api/problem';
import { Failure } from '@tendril/model/failure';
import { QueryFailure } from '@tendril/query/query-failure';

const STATUS_OF_CODE: ReadonlyMap<string, number> = new Map([
  ['malformed', 400],
  ['bad_request', 400],
  ['bad_time', 400],
  ['bad_range', 400],
  ['bad_trace_id', 400],
  ['query_pipe_of_logs', 400],
  ['bad_cursor', 400],
  ['bad_address', 400],
  ['query_unknown_field', 400],
  ['unsupported_encoding', 415],
  ['unsupported_media_type', 415],
  ['unauthorized', 401],
  ['forbidden', 403],
  ['forbidden_host', 403],
  ['forbidden_origin', 403],
  ['not_found', 404],
  ['pages_not_built', 404],
  ['method_not_allowed', 405],
  ['timeout', 408],
  ['query_pipe_unfit', 400],
  ['view_changed', 409],
  ['too_many_views', 409],
  ['token_of_file', 409],
  ['too_many_tokens', 409],
  ['too_large', 413],
  ['query_too_large', 422],
  ['export_incomplete', 422],
  ['overloaded', 429],
  ['too_many_subscribers', 429],
  ['query_cancelled', 499],
  ['aborted', 499],
  ['bad_query', 500],
  ['internal', 500],
  ['query_timeout', 504],
]);

/** Client Closed Request, as proxies log it; nobody reads the answer. */
const TITLES: ReadonlyMap<number, string> = new Map([[499, 'Client Closed Request']]);

export function problemOf(error: unknown): Problem {
  // What was not foreseen may quote anything, so its text stays in our own log.
  const failure =
    error instanceof Failure
      ? error
      : new Failure({ code: 'internal', detail: 'something went wrong inside the server' });
  const status = statusOf(failure);
  return {
    type: 'about:blank',
    title: TITLES.get(status) ?? STATUS_CODES[status] ?? '',
    status,
    code: failure.code,
    detail: failure.message,
    params: failure.params,
    ...(failure instanceof QueryFailure && {
      position: failure.position,
      ...(failure.hint !== '' && { hint: failure.hint }),
    }),
  };
}

// A failure that is not listed is of the server's parts (engine away, disk full) and passes.
function statusOf(failure: Failure): number {
  if (failure instanceof QueryFailure) return 400;
  return STATUS_OF_CODE.get(failure.code) ?? 503;
}

const RETRY_SECONDS = 1;

export function problemResponse(error: unknown): Response {
  const problem = problemOf(error);
  const headers = new Headers({ 'content-type': PROBLEM_MEDIA_TYPE });
  if (problem.status === 401) headers.set('www-authenticate', 'Bearer');
  if (problem.status === 429 || problem.status === 503)
    headers.set('retry-after', String(problem.params['retryAfterSeconds'] ?? RETRY_SECONDS));
  return new Response(JSON.stringify(problem), { status: problem.status, headers });
}
