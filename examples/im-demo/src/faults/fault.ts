/** A fault as data: what it is called, what it changes, and who is to blame. */
import type { Settings } from '../settings.ts';
import type { Service } from '../topology.ts';

/** In English and Chinese. */
export interface Text {
  readonly en: string;
  readonly zh: string;
}

export interface Fault {
  readonly name: string;
  readonly description: Text;
  /** The service whose instance (or all of them) is changed. */
  readonly target: Service;
  /** `one`: one instance, chosen when it is switched on. */
  readonly scope: 'one' | 'all';
  /** The settings that make it, from an intensity of 0 (hardly felt) to 1. */
  readonly settings: (intensity: number) => Partial<Settings>;
  /** The instance is started again, with this version when it is not empty. */
  readonly restart?: string;
  /** The change that an operator or pipeline tells of, where one did it. */
  readonly change?: {
    readonly kind: 'deploy' | 'config';
    readonly title: string;
    readonly before: string;
    readonly after: string;
  };
  /** Who did it: service, and the instance when not all of them are to blame. */
  readonly cause: {
    readonly kind: 'instance' | 'service' | 'dependency' | 'client';
    readonly service: Service;
  };
  /** How users notice; `background`: they do not, though something failed behind their backs. */
  readonly seenAs: 'failed' | 'undelivered' | 'slow' | 'background';
  /** Actions of clients that suffer from it. */
  readonly symptoms: readonly string[];
  /** Not looked at while the reasoning was tuned. */
  readonly isHeldOut?: true;
}

/** Between two values, as far as the intensity says. */
export function between(from: number, to: number): (intensity: number) => number {
  return (intensity) => from + (to - from) * Math.min(1, Math.max(0, intensity));
}
