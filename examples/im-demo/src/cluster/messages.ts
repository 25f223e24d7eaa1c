/** What the cluster and its instances tell each other. */
import type { Outcome } from '../instance.ts';
import type { Peer } from '../net/names.ts';
import type { Settings } from '../settings.ts';
import type { Identity } from '../topology.ts';

/** Where telemetry goes. */
export interface Destination {
  /** Base URL of an OTLP/HTTP receiver. */
  readonly otlpUrl: string;
  readonly token: string;
  readonly environment: string;
}

/** What an instance starts with. */
export interface InstanceStart {
  readonly identity: Identity;
  readonly settings: Settings;
  readonly destination: Destination;
  readonly seed: number;
}

export type ToInstance =
  | { readonly kind: 'settings'; readonly settings: Settings }
  | { readonly kind: 'peers'; readonly peers: readonly Peer[] }
  | { readonly kind: 'flush'; readonly number: number };

export type FromInstance =
  | { readonly kind: 'ready'; readonly socketPort: number }
  | { readonly kind: 'outcome'; readonly outcome: Outcome }
  | { readonly kind: 'flushed'; readonly number: number };
