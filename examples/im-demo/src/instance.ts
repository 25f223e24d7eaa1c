/** What a service gets to work with: who it is, its settings, its telemetry, and the way to others. */
import type { Network } from './net/network.ts';
import type { RunProgram } from './net/program.ts';
import type { Time } from './net/time.ts';
import type { Names } from './net/names.ts';
import type { LocalPorts } from './net/local-ports.ts';
import type { Settings } from './settings.ts';
import type { Clock } from './telemetry/clock.ts';
import type { Logger } from './telemetry/logger.ts';
import type { Tracing } from './telemetry/tracing.ts';
import type { Identity } from './topology.ts';

export interface Instance {
  readonly identity: Identity;
  readonly settings: () => Settings;
  /** What waiting is done by. */
  readonly time: Time;
  readonly network: Network;
  /** Undefined on simulated time, where no other program lives. */
  readonly runProgram: RunProgram | undefined;
  /** What is written into telemetry. */
  readonly clock: Clock;
  readonly log: Logger;
  readonly tracing: Tracing;
  readonly names: Names;
  readonly localPorts: LocalPorts;
  /** From 0 to 1, the same for the same seed. */
  readonly random: () => number;
  /** Ends the process as a crash would, without a word. */
  readonly crash: () => Promise<never>;
  /** Tells the cluster what a client saw; only clients do. */
  readonly report: (outcome: Outcome) => void;
}

export type OutcomeResult = 'ok' | 'refused' | 'failed';

/** How an operation went for the user who began it. */
export type Outcome =
  | {
      readonly kind: 'done';
      readonly operationId: string;
      readonly action: string;
      readonly startedAtMs: number;
      readonly durationMs: number;
      readonly result: OutcomeResult;
      readonly reason: string;
      /** Of a message that was taken: who should get it. */
      readonly messageId: string;
      readonly receivers: number;
    }
  | { readonly kind: 'received'; readonly messageId: string; readonly atMs: number };

/** What a service is to the process that runs it. */
export interface Running {
  /** 0 when it listens nowhere. */
  readonly socketPort: number;
  /** Called after settings changed. */
  readonly settingsChanged?: () => void;
}

export type Start = (instance: Instance) => Promise<Running>;
