/** Ingest of lines over HTTP: JSON objects or text, one per line, answered when they are on disk. */
import { createHash } from 'node:crypto';
import { BATCH_ID_HEADER, INGEST, ingestRequestSchema } from '@tendril/api/ingest';
import { Failure } from '@tendril/model/failure';
import type { HttpDependencies } from './http-dependencies.ts';
import { jsonResponse } from './json-response.ts';
import type { Mount } from './mount.ts';
import { bytesInput, mediaTypeOf, queryInput } from './request-input.ts';

/** Account of requests that name no sender. */
const SOURCE = 'ndjson';
const BATCH_ID_LENGTH_MAX = 128;

/**
 * A page of another site can send `text/plain` without asking (it is a simple request), so plain text
 * is safe only because Origin is checked; forms, which send no Origin in old browsers, are refused.
 */
const MEDIA_TYPES: ReadonlySet<string> = new Set([
  '',
  'application/x-ndjson',
  'application/ndjson',
  'application/jsonl',
  'application/json',
  'application/octet-stream',
  'text/plain',
]);

export function mountIngest(
  mount: Mount,
  { pipeline, decodeLines, limits }: HttpDependencies,
): void {
  mount(INGEST, async ({ request, url }) => {
    const source = queryInput(url, ingestRequestSchema);
    refuseForms(request);
    const body = await bytesInput(request, limits.requestBytesMax);
    const requestId = requestIdOf(request);
    return jsonResponse(
      await pipeline.ingestLogs({
        source: source.sender ?? SOURCE,
        ...(requestId !== undefined && { requestId }),
        decode: (sink) => decodeLines(body, source, sink),
      }),
    );
  });
}

/** What `curl -d` says unless it is told otherwise; it also takes the line ends out of a file. */
const FORM_TYPE = 'application/x-www-form-urlencoded';
const CURL_ADVICE = `; with curl: --data-binary @FILE -H 'content-type: text/plain' (-d removes line ends)`;

function refuseForms(request: Request): void {
  const mediaType = mediaTypeOf(request);
  if (MEDIA_TYPES.has(mediaType)) return;
  const isForm = mediaType === FORM_TYPE;
  const shown = mediaType.slice(0, 100);
  throw new Failure({
    code: 'unsupported_media_type',
    detail: `lines are taken as application/x-ndjson or text/plain, not as ${shown}${isForm ? CURL_ADVICE : ''}`,
    params: { mediaType: shown, isForm: isForm ? 'yes' : 'no' },
  });
}

/**
 * Without an id lines are stored at least once: two requests with the same lines may well be two
 * events.
 */
function requestIdOf(request: Request): string | undefined {
  const id = request.headers.get(BATCH_ID_HEADER);
  if (id === null || id === '') return undefined;
  if (id.length <= BATCH_ID_LENGTH_MAX) return `id:${id}`;
  return `id:${createHash('sha256').update(id).digest('base64url')}`;
}
