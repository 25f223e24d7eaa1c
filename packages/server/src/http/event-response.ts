/**
 * Streamed answers. The first event is awaited before the status is sent, so that what fails at once
 * is a proper problem; what fails later is the last event.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { ErrorEvent } from '@tendril/api/answer';
import { jsonText } from './json-response.ts';
import { problemOf } from './problem-response.ts';

/** Rows of a window come together, so they can travel together. */
const CHUNK_CHARACTERS_MAX: number = 64 * 1024;

interface StreamedEvent {
  readonly kind: string;
}

export interface EventSource<E extends StreamedEvent> {
  /** Given a signal that fires when the client goes away. */
  readonly open: (signal: AbortSignal) => AsyncIterable<E>;
  /** Of the request. */
  readonly signal: AbortSignal;
  /** For our log. */
  readonly onError: (error: unknown) => void;
}

/** One JSON object per line. */
export async function ndjsonResponse<E extends StreamedEvent>(
  source: EventSource<E>,
): Promise<Response> {
  const body = await eventStream(source, {
    print: (event) => `${jsonText(event)}\n`,
    mayWait: ({ kind }) => TRAVEL_TOGETHER.has(kind),
  });
  return new Response(body, { headers: { 'content-type': 'application/x-ndjson' } });
}

const TRAVEL_TOGETHER: ReadonlySet<string> = new Set(['row', 'cells', 'bucket']);

/** How often a connection without events says that it lives; proxies close silent ones after 30 s or more. */
const KEEP_ALIVE_MS = 15_000;

/** Server-sent events, named by their kind. */
export async function sseResponse<E extends StreamedEvent>(
  source: EventSource<E>,
  keepAliveMs: number = KEEP_ALIVE_MS,
): Promise<Response> {
  const body = await eventStream(source, {
    print: (event) => `event: ${event.kind}\ndata: ${jsonText(event)}\n\n`,
    mayWait: () => false,
    keepAlive: { everyMs: keepAliveMs, text: ': keep-alive\n\n' },
  });
  const headers = { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' };
  return new Response(body, { headers });
}

interface Printing<E> {
  readonly print: (event: E | ErrorEvent) => string;
  /** Whether an event may be sent together with the next one. */
  readonly mayWait: (event: E) => boolean;
  readonly keepAlive?: { readonly everyMs: number; readonly text: string };
}

async function eventStream<E extends StreamedEvent>(
  { open, signal, onError }: EventSource<E>,
  printing: Printing<E>,
): Promise<ReadableStream<Uint8Array>> {
  const leaving = new AbortController();
  const events = open(AbortSignal.any([signal, leaving.signal]))[Symbol.asyncIterator]();
  const first = await events.next();
  const pump = new EventPump(events, first, printing);
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>(
    {
      // Whoever reads on does it for the request: its queries belong to the request's trace.
      pull: AsyncLocalStorage.bind(
        async (controller: ReadableStreamDefaultController<Uint8Array>) => {
          const text = await pump.next().catch((error: unknown) => {
            onError(error);
            pump.end();
            return leaving.signal.aborted
              ? ''
              : printing.print({ kind: 'error', problem: problemOf(error) });
          });
          if (text !== '') controller.enqueue(encoder.encode(text));
          if (pump.isOver) controller.close();
        },
      ),
      cancel: () => {
        leaving.abort();
        // It ends by the signal; what it says then is of no interest.
        events.return?.(undefined).catch(() => undefined);
      },
    },
    // Nothing is read ahead: a slow reader slows the source down.
    { highWaterMark: 0 },
  );
}

/** Takes events and prints as many as travel together. */
class EventPump<E extends StreamedEvent> {
  private readonly events: AsyncIterator<E>;
  private readonly printing: Printing<E>;
  private pending: Promise<IteratorResult<E>>;
  isOver = false;

  constructor(events: AsyncIterator<E>, first: IteratorResult<E>, printing: Printing<E>) {
    this.events = events;
    this.printing = printing;
    this.pending = Promise.resolve(first);
  }

  end(): void {
    this.isOver = true;
  }

  async next(): Promise<string> {
    const pieces: string[] = [];
    let length = 0;
    while (length < CHUNK_CHARACTERS_MAX) {
      const settled = await this.nextOrKeepAlive();
      if (settled === undefined) return this.printing.keepAlive?.text ?? '';
      if (settled.done === true) {
        this.end();
        break;
      }
      const piece = this.printing.print(settled.value);
      pieces.push(piece);
      length += piece.length;
      this.pending = this.events.next();
      if (!this.printing.mayWait(settled.value)) break;
    }
    return pieces.join('');
  }

  /** Undefined when it is time for a sign of life. */
  private async nextOrKeepAlive(): Promise<IteratorResult<E> | undefined> {
    const { keepAlive } = this.printing;
    if (keepAlive === undefined) return await this.pending;
    let timer: NodeJS.Timeout | undefined;
    const silence = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), keepAlive.everyMs);
    });
    try {
      return await Promise.race([this.pending, silence]);
    } finally {
      clearTimeout(timer);
    }
  }
}
