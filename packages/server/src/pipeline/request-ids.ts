/**
 * Requests answered within the last 10 minutes, so that a repeated one gets the first one's answer and
 * stores nothing. Bounded: the oldest are forgotten first.
 */
import { createHash } from 'node:crypto';
import type { CommittedRequest } from './wal/frame-meta.ts';

export interface RequestIdsOptions {
  readonly keepMs: number;
  /** 10 minutes of 400 requests a second. */
  readonly idsMax: number;
  readonly nowMs: () => number;
}

const KEY_LENGTH_MAX = 96;

/** Ids of different sources are different; a long one is hashed. */
export function requestKey(source: string, requestId: string): string {
  const key = `${source} ${requestId}`;
  return key.length <= KEY_LENGTH_MAX
    ? key
    : `${source} ${createHash('sha256').update(requestId).digest('base64url')}`;
}

export class RequestIds {
  readonly #options: RequestIdsOptions;
  /** In the order of their commits. */
  readonly #requests = new Map<string, CommittedRequest>();

  constructor(options: RequestIdsOptions, requests: readonly CommittedRequest[]) {
    this.#options = options;
    this.add(requests);
  }

  find(key: string): CommittedRequest | undefined {
    const request = this.#requests.get(key);
    return request !== undefined && request.atMs >= this.sinceMs() ? request : undefined;
  }

  add(requests: readonly CommittedRequest[]): void {
    for (const request of requests) {
      this.#requests.delete(request.key);
      this.#requests.set(request.key, request);
    }
    this.#forget();
  }

  /** Older ones are forgotten. */
  sinceMs(): number {
    return this.#options.nowMs() - this.#options.keepMs;
  }

  #forget(): void {
    const sinceMs = this.sinceMs();
    for (const [key, { atMs }] of this.#requests) {
      if (atMs >= sinceMs && this.#requests.size <= this.#options.idsMax) return;
      this.#requests.delete(key);
    }
  }
}
