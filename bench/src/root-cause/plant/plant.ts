/**
 * A back end that is run on simulated time: clients ask, requests go their ways, messages wait in queues. What is
 * wrong is only ever a setting of an instance.
 */
import { SimulatedTime } from '@tendril/im-demo/simulation/simulated-time';
import { hexId } from '@tendril/im-demo/seeded-random';
import { seededRandom } from '../../faults/seeded-random.ts';
import { Failure } from './failure.ts';
import { PlantInstance } from './plant-instance.ts';
import { asFailure, Requests, type Message, type RunningOperation } from './requests.ts';
import { TelemetryBook } from './telemetry-book.ts';
import type { ConsumerPlan, EntryPlan, Topology } from './topology.ts';

export interface PlantOperation {
  readonly traceId: string;
  readonly action: string;
  readonly startedAtMs: number;
  readonly durationMs: number;
  readonly result: 'ok' | 'refused' | 'failed' | 'undelivered';
  readonly reason: string;
  /** Pods that it went by, or should have. */
  readonly pods: ReadonlySet<string>;
}

const IDLE_MS = 5;
const CONSUMERS_EACH = 2;
const PAUSE_EVERY_MS = 500;

export class Plant {
  readonly book: TelemetryBook = new TelemetryBook();
  readonly instances: readonly PlantInstance[];
  private readonly clock: SimulatedTime;
  private readonly random: () => number;
  private readonly queues = new Map<string, Message[]>();
  private readonly done: RunningOperation[] = [];
  private readonly requests: Requests;

  constructor(
    topology: Topology,
    { startMs, seed }: { readonly startMs: number; readonly seed: number },
  ) {
    this.clock = new SimulatedTime(startMs);
    this.random = seededRandom(seed);
    this.requests = new Requests({
      random: this.random,
      choose: (service) => this.choose(service),
      enqueue: (topic, message) => this.enqueue(topic, message),
    });
    const time = this.clock.timeOf({ busyUntilMs: 0, isGone: false });
    this.instances = topology.services.flatMap((plan, place) =>
      Array.from(
        { length: plan.instances },
        (_, number) =>
          new PlantInstance({ plan, number, place, time, random: this.random, book: this.book }),
      ),
    );
    for (const entry of topology.entries) this.ask(entry);
    for (const consumer of topology.consumers)
      for (const instance of this.of(consumer.service))
        for (let count = 0; count < CONSUMERS_EACH; count += 1)
          void this.consume(consumer, instance);
  }

  nowMs(): number {
    return this.clock.nowMs();
  }

  async run(ms: number): Promise<void> {
    await this.clock.run(ms);
  }

  operations(): readonly PlantOperation[] {
    return this.done.map(({ error, awaits, arrived, lastMs, ...operation }) => {
      const isLost = !error && awaits.some((topic) => !arrived.has(topic));
      const result = error
        ? error.isRefusal
          ? 'refused'
          : 'failed'
        : isLost
          ? 'undelivered'
          : 'ok';
      const durationMs = lastMs - operation.startedAtMs;
      return { ...operation, durationMs, result, reason: error?.message ?? '' };
    });
  }

  of(service: string): readonly PlantInstance[] {
    return this.instances.filter(({ plan }) => plan.name === service);
  }

  private ask(entry: EntryPlan): void {
    const next = (): void => {
      this.clock.after((-Math.log(1 - this.random()) * 1_000) / entry.perSecond, () => {
        next();
        void this.operation(entry);
      });
    };
    next();
  }

  private async operation({ action, service, route, awaits = [] }: EntryPlan): Promise<void> {
    const operation: RunningOperation = {
      traceId: hexId(this.random, 16),
      action,
      startedAtMs: this.nowMs(),
      pods: new Set(),
      awaits,
      arrived: new Set(),
      lastMs: Infinity,
      error: undefined,
    };
    const at = this.choose(service);
    try {
      if (!at.settings.isListening) throw new Failure(503, 'nobody answered');
      await this.requests.serve({ operation, at, spanId: '' }, route, 'server');
    } catch (error) {
      operation.error = asFailure(error);
    }
    operation.lastMs = this.nowMs();
    this.done.push(operation);
  }

  private enqueue(topic: string, message: Message): void {
    const waiting = this.queues.get(topic) ?? [];
    this.queues.set(topic, waiting);
    waiting.push(message);
  }

  private choose(service: string): PlantInstance {
    const all = this.of(service);
    const chosen = all[Math.floor(this.random() * all.length)];
    if (!chosen) throw new TypeError(`there is no service ${service}`);
    return chosen;
  }

  /** Takes one message after the other, as long as the plant runs. */
  private async consume(consumer: ConsumerPlan, at: PlantInstance): Promise<void> {
    const { topic, route, broker } = consumer;
    for (;;) {
      const isUp = at.settings.isListening && this.choose(broker).settings.isListening;
      const message = isUp ? this.queues.get(topic)?.shift() : undefined;
      if (!message) {
        await at.wait(IDLE_MS);
        continue;
      }
      const { operation, spanId } = message;
      try {
        operation.pods.add(at.pod);
        if (this.random() < at.settings.dropShare) continue;
        await this.requests.serve({ operation, at, spanId }, route, 'consumer');
        operation.arrived.add(topic);
        operation.lastMs = Math.max(operation.lastMs, this.nowMs());
      } catch {
        // It said so itself; the message is gone.
      }
    }
  }

  /** Of instances that pause again and again. */
  async pauses(untilMs: number): Promise<void> {
    for (const instance of this.instances) {
      const { pauseMs } = instance.settings;
      if (pauseMs > 0) instance.standStill(pauseMs);
    }
    const leftMs = untilMs - this.nowMs();
    if (leftMs > 0) {
      await this.run(Math.min(PAUSE_EVERY_MS, leftMs));
      await this.pauses(untilMs);
    }
  }
}
