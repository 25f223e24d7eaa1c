/**
 * A file that is made while it is sent. The first piece is awaited before the status is sent, so that what
 * fails at once is a proper problem; what fails later cuts the connection.
 */
import type { MediaType } from '@tendril/api/route';

/** Small pieces travel together. */
const CHUNK_CHARACTERS_MAX: number = 64 * 1024;

const BINARY: ReadonlySet<MediaType> = new Set(['application/vnd.apache.parquet']);

export interface Download {
  /** Given a signal that fires when the client goes away. */
  readonly open: (signal: AbortSignal) => AsyncIterable<string | Uint8Array>;
  /** Of the request. */
  readonly signal: AbortSignal;
  readonly mediaType: MediaType;
  readonly filename: string;
  /** For our log. */
  readonly onError: (error: unknown) => void;
}

export async function downloadResponse(download: Download): Promise<Response> {
  const { open, signal, mediaType, filename, onError } = download;
  const leaving = new AbortController();
  const pieces = open(AbortSignal.any([signal, leaving.signal]))[Symbol.asyncIterator]();
  let next = await pieces.next();
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        try {
          let text = '';
          while (
            next.done !== true &&
            typeof next.value === 'string' &&
            text.length < CHUNK_CHARACTERS_MAX
          ) {
            text += next.value;
            next = await pieces.next();
          }
          if (text !== '') controller.enqueue(encoder.encode(text));
          else if (next.done !== true && typeof next.value !== 'string') {
            controller.enqueue(next.value);
            next = await pieces.next();
          }
          if (next.done === true) controller.close();
        } catch (error) {
          if (!leaving.signal.aborted) onError(error);
          controller.error(error);
        }
      },
      cancel: () => {
        leaving.abort();
        pieces.return?.(undefined).catch(() => undefined);
      },
    },
    // Nothing is read ahead: a slow reader slows the source down.
    { highWaterMark: 0 },
  );
  return new Response(body, {
    headers: {
      'content-type': BINARY.has(mediaType) ? mediaType : `${mediaType}; charset=utf-8`,
      'content-disposition': contentDisposition(filename),
    },
  });
}

/** RFC 6266: the name in ASCII, and as it is. Both without anything that could be a path or a header. */
export function contentDisposition(filename: string): string {
  const name = filename.toWellFormed();
  const plain = name.replaceAll(/[^A-Za-z0-9._-]/g, '_');
  const encoded = encodeURIComponent(name).replaceAll(/['()*]/g, percentEncoded);
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}

function percentEncoded(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}

const NAME_CHARACTERS_MAX = 100;

/** A name that a person wrote, as a file may have it; the ending is ours. */
export function safeFilename(wanted: string, ending: string): string {
  const name = wanted
    .normalize('NFC')
    .replaceAll(/[\p{C}\p{Zl}\p{Zp}/\\:*?"<>|]/gu, '_')
    .replace(/^[.\s]+/, '')
    .slice(0, NAME_CHARACTERS_MAX)
    .trim();
  return `${name === '' ? 'logs' : name}.${ending}`;
}
