/** One OTLP request to the server, until it is acknowledged or refused for good. */
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '@tendril/model/failure';
import { rejectedOf, type Rejected } from '../otlp/export-response.ts';

export interface SendTarget {
  readonly url: string;
  readonly token: string | undefined;
  readonly fetch: typeof globalThis.fetch;
}

export interface Outgoing {
  readonly batchId: string;
  /** Compressed with zstd. */
  readonly body: Uint8Array<ArrayBuffer>;
}

export type SendOutcome =
  | {
      readonly kind: 'acknowledged';
      /** Those that the server left out of it. */
      readonly rejected: Rejected | undefined;
    }
  /** Sending it again would be refused again. */
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'stopped' };

export interface SendOptions {
  readonly signal: AbortSignal;
  /** Called before each wait. */
  readonly onWait: (reason: string) => void;
}

const PAUSE_MS_MIN = 200;
const PAUSE_MS_MAX = 30_000;
const TIMEOUT_MS = 30_000;
/** Answers that may be another one later (OTLP/HTTP, section "Retryable Response Codes"); 401 and 403 until somebody mends the token. */
const PASSING: ReadonlySet<number> = new Set([401, 403, 408, 429, 502, 503, 504]);

export async function sendRequest(
  target: SendTarget,
  outgoing: Outgoing,
  { signal, onWait }: SendOptions,
): Promise<SendOutcome> {
  for (let pauseMs = PAUSE_MS_MIN; ; pauseMs = Math.min(PAUSE_MS_MAX, pauseMs * 2)) {
    const answer = await trySend(target, outgoing, signal);
    if (answer.kind !== 'wait') return answer;
    if (signal.aborted) return { kind: 'stopped' };
    onWait(answer.reason);
    // Agents that lost the same server do not come back in step.
    const waitMs = Math.max(answer.askedMs, pauseMs * (0.5 + Math.random()));
    try {
      await sleep(Math.min(waitMs, PAUSE_MS_MAX), undefined, { signal });
    } catch {
      return { kind: 'stopped' };
    }
  }
}

type Answer =
  | SendOutcome
  | { readonly kind: 'wait'; readonly reason: string; readonly askedMs: number };

async function trySend(
  { fetch, token, url }: SendTarget,
  { batchId, body }: Outgoing,
  signal: AbortSignal,
): Promise<Answer> {
  try {
    const response = await fetch(`${url}/v1/logs`, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-protobuf',
        'content-encoding': 'zstd',
        'tendril-batch-id': batchId,
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      body,
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    if (response.ok) {
      return { kind: 'acknowledged', rejected: rejectedOf(await response.bytes()) };
    }
    const text = await response.text();
    const reason = `${response.status} ${text.slice(0, 200)}`.trim();
    if (!PASSING.has(response.status)) return { kind: 'refused', reason };
    const askedMs = Number(response.headers.get('retry-after') ?? 0) * 1000;
    return { kind: 'wait', reason, askedMs: Number.isFinite(askedMs) ? askedMs : 0 };
  } catch (error) {
    return { kind: 'wait', reason: reasonOf(error), askedMs: 0 };
  }
}

/** `fetch failed` is all that fetch itself says; its cause is which address, and why. */
function reasonOf(error: unknown): string {
  return messageOf(error instanceof Error && error.cause instanceof Error ? error.cause : error);
}
