/** What sends a canary record through one receiver, as a shipper of its protocol would. */
import type { CanaryRecord } from './canary-record.ts';

export interface CanaryTarget {
  readonly receiver: string;
  /** As the receiver says it. */
  readonly url: string;
  /** For protocols with tokens. */
  readonly token: string;
  /** Of Fluent's handshake. */
  readonly sharedKey?: string | undefined;
}

/** Resolves when the receiver has acknowledged, or has been sent to where it acknowledges nothing. */
export type SendCanary = (
  record: CanaryRecord,
  target: CanaryTarget,
  signal: AbortSignal,
) => Promise<void>;

/** A receiver on all addresses is reached on this machine. */
export function reachable(url: string): URL {
  const parsed = new URL(url);
  if (parsed.hostname === '0.0.0.0') parsed.hostname = '127.0.0.1';
  if (parsed.hostname === '[::]') parsed.hostname = '[::1]';
  return parsed;
}
