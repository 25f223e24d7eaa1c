/** What comes with a request, checked where it enters: JSON bodies, query strings, raw bodies. */
import type { z } from 'zod';
import { Failure } from '@tendril/model/failure';
import { decompress } from '../receivers/http-body.ts';

/** A query of 64 KiB is the longest thing in a JSON body; escapes may make it six times longer. */
const JSON_BYTES_MAX: number = 512 * 1024;
/** A sender that sends nothing for so long in the middle of a body is cut off. */
const IDLE_TIMEOUT_MS = 30_000;

export async function jsonInput<T>(request: Request, schema: z.ZodType<T>): Promise<T> {
  const mediaType = mediaTypeOf(request);
  if (mediaType !== 'application/json') {
    throw new Failure({
      code: 'unsupported_media_type',
      detail: 'the body must be JSON, sent with "Content-Type: application/json"',
      params: { mediaType: mediaType.slice(0, 100), isForm: 'no' },
    });
  }
  const bytes = await readBytes(request, JSON_BYTES_MAX);
  return checked(parseJson(bytes), schema);
}

export function queryInput<T>(url: URL, schema: z.ZodType<T>): T {
  return checked(Object.fromEntries(url.searchParams), schema);
}

/** Decompressed; the limit holds before and after. */
export async function bytesInput(request: Request, bytesMax: number): Promise<Uint8Array> {
  const encoding = request.headers.get('content-encoding') ?? 'identity';
  return await decompress(await readBytes(request, bytesMax), encoding, bytesMax);
}

export function mediaTypeOf(request: Request): string {
  const header = request.headers.get('content-type') ?? '';
  return (header.split(';', 1)[0] ?? '').trim().toLowerCase();
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new Failure({ code: 'malformed', detail: 'the body is not valid JSON', cause });
  }
}

function checked<T>(input: unknown, schema: z.ZodType<T>): T {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const field = issue?.path.join('.') ?? '';
  const reason = issue?.message ?? 'not valid';
  throw new Failure({
    code: 'bad_request',
    detail: field === '' ? reason : `${field}: ${reason}`,
    params: { field, reason },
  });
}

async function readBytes(request: Request, bytesMax: number): Promise<Buffer> {
  if (Number(request.headers.get('content-length')) > bytesMax) throw tooLarge(bytesMax);
  const reader = request.body?.getReader();
  if (reader === undefined) return Buffer.alloc(0);
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for (;;) {
      const { done, value } = await beforeIdle(reader.read());
      if (done) return Buffer.concat(chunks, length);
      length += value.byteLength;
      if (length > bytesMax) throw tooLarge(bytesMax);
      chunks.push(value);
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

async function beforeIdle<T>(read: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const idle = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Failure({ code: 'timeout', detail: `no data for ${IDLE_TIMEOUT_MS} ms` }));
    }, IDLE_TIMEOUT_MS);
  });
  try {
    return await Promise.race([read, idle]);
  } finally {
    clearTimeout(timer);
  }
}

function tooLarge(bytesMax: number): Failure {
  return new Failure({
    code: 'too_large',
    detail: `the request is larger than ${bytesMax} bytes`,
    params: { bytesMax },
  });
}
