/** A streamed answer: one JSON object per line, each with a `kind`, the last one a summary. */
import { Failure } from '@tendril/model/failure';
import type { ErrorEvent } from './answer.ts';
import { send, unreachable, type HttpCall, type HttpOptions } from './http.ts';
import { linesOf } from './ndjson.ts';
import { ProblemFailure } from './problem.ts';
import type { Route } from './route.ts';

interface Event {
  readonly kind: string;
}

/** The `error` event is thrown, so readers never see it. */
export type WithoutError<E extends Event> = Exclude<E, ErrorEvent>;

/** Ends after the summary; a stream that breaks off before it is an error, not a short answer. */
export async function* streamEvents<E extends Event>(
  options: HttpOptions,
  route: Route,
  call: HttpCall,
): AsyncGenerator<WithoutError<E>> {
  const response = await send(options, route, call);
  for await (const line of linesOfResponse(response, options, call.signal)) {
    if (line === '') continue;
    const event = eventOf<E>(line);
    yield event;
    if (event.kind === 'summary') return;
  }
  throw unreachable(options, new Error('the answer ended before its summary'));
}

/** Lines of the body; a connection that breaks is `unreachable`. */
export async function* linesOfResponse(
  response: Response,
  options: HttpOptions,
  signal: AbortSignal | undefined,
): AsyncGenerator<string> {
  if (response.body === null) return;
  const lines = linesOf(response.body);
  try {
    for (;;) {
      const next = await lines.next().catch((cause: unknown) => {
        throw signal?.aborted === true ? cause : unreachable(options, cause);
      });
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    await lines.return(undefined);
  }
}

/**
 * Throws what an `error` event says. The server is trusted for the rest of the shape: checking every
 * row against its schema would cost more than showing it.
 */
export function eventOf<E extends Event>(text: string): WithoutError<E> {
  const event: unknown = parse(text);
  if (typeof event !== 'object' || event === null || !('kind' in event)) throw notAnEvent();
  if (event.kind === 'error') throw new ProblemFailure((event as ErrorEvent).problem);
  return event as WithoutError<E>;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw notAnEvent(cause);
  }
}

function notAnEvent(cause?: unknown): Failure {
  return new Failure({
    code: 'bad_answer',
    detail: 'the server sent a line that is not an event of this API',
    cause,
  });
}
