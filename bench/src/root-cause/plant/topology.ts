/**
 * A back end as data: who serves what, what each route does, how each logs, and what may break. Faults change
 * settings of instances; what follows from them, the plant works out (`plant.ts`).
 */
import type { InstanceSettings } from './instance-settings.ts';

/** How a service writes its log; `none`: it has none that anybody collects. */
export type LogStyle =
  | 'zap'
  | 'spring'
  | 'python-json'
  | 'logfmt'
  | 'tracing'
  | 'nginx'
  | 'postgres'
  | 'plain'
  | 'none';

export interface ServicePlan {
  readonly name: string;
  readonly instances: number;
  readonly port: number;
  readonly version: string;
  readonly logs: LogStyle;
  /** Whether it sends spans. */
  readonly isTraced: boolean;
  /** Of a database, cache or queue its name in OpenTelemetry's registry. */
  readonly system?: string;
  /** Somebody else's, over HTTP. */
  readonly isExternal?: true;
  /** Requests that an instance works on at once. */
  readonly workers?: number;
  readonly routes?: Readonly<Record<string, readonly Step[]>>;
}

export type Step =
  | { readonly kind: 'work'; readonly ms: number }
  | { readonly kind: 'say'; readonly text: string; readonly level?: Level; readonly share?: number }
  /** Another service over HTTP. */
  | {
      readonly kind: 'call';
      readonly service: string;
      readonly route: string;
      readonly timeoutMs?: number;
      readonly retries?: number;
      /** Its failure is noted, and the request goes on. */
      readonly isOptional?: true;
    }
  | {
      readonly kind: 'query';
      readonly service: string;
      readonly operation: string;
      readonly ms: number;
      readonly isWrite?: true;
      readonly timeoutMs?: number;
      readonly isOptional?: true;
    }
  | { readonly kind: 'publish'; readonly broker: string; readonly topic: string }
  /** At the same time. */
  | { readonly kind: 'all'; readonly steps: readonly Step[] }
  /** The client asked for what it cannot have. */
  | {
      readonly kind: 'refuse';
      readonly share: number;
      readonly status: number;
      readonly text: string;
    };

export type Level = 'info' | 'warn' | 'error';

/** What the world asks of it. */
export interface EntryPlan {
  readonly action: string;
  readonly service: string;
  readonly route: string;
  readonly perSecond: number;
  /** Topics in which something has to be done before it is over. */
  readonly awaits?: readonly string[];
}

export interface ConsumerPlan {
  readonly topic: string;
  readonly broker: string;
  readonly service: string;
  readonly route: string;
}

export interface Topology {
  readonly name: string;
  readonly services: readonly ServicePlan[];
  readonly entries: readonly EntryPlan[];
  readonly consumers: readonly ConsumerPlan[];
  readonly faults: readonly PlantFault[];
}

export interface PlantFault {
  readonly name: string;
  readonly target: string;
  readonly scope: 'one' | 'all';
  readonly settings: (intensity: number) => Partial<InstanceSettings>;
  readonly change?: { readonly kind: 'deploy' | 'config'; readonly title: string };
  /** The version that its telemetry states from then on. */
  readonly version?: string;
  readonly cause: {
    readonly kind: 'instance' | 'service' | 'dependency';
    readonly service: string;
  };
  readonly seenAs: 'failed' | 'undelivered' | 'slow';
  readonly symptoms: readonly string[];
}

/** A figure that grows, or falls, with the intensity (0 to 1) of a fault. */
export function between(from: number, to: number): (intensity: number) => number {
  return (intensity) => from + (to - from) * intensity;
}

/** Causes: something that services call, */
export function dependency(name: string): PlantFault['cause'] {
  return { kind: 'dependency', service: name };
}

/** one instance of a service, */
export function instance(name: string): PlantFault['cause'] {
  return { kind: 'instance', service: name };
}

/** all of its instances. */
export function service(name: string): PlantFault['cause'] {
  return { kind: 'service', service: name };
}
