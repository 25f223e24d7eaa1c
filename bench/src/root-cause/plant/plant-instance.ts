/** One instance of a service in a plant: where it is, what is wrong with it, how it works and speaks. */
import { sleep, type Time } from '@tendril/im-demo/net/time';
import { hexId } from '@tendril/im-demo/seeded-random';
import { Failure, type Place } from './failure.ts';
import { Gate } from './gate.ts';
import { SOUND, type InstanceSettings } from './instance-settings.ts';
import type { TelemetryBook } from './telemetry-book.ts';
import type { Level, ServicePlan } from './topology.ts';

export interface InstanceOptions {
  readonly plan: ServicePlan;
  readonly number: number;
  /** Of the service among all. */
  readonly place: number;
  readonly time: Time;
  readonly random: () => number;
  readonly book: TelemetryBook;
}

export class PlantInstance {
  readonly plan: ServicePlan;
  readonly pod: string;
  readonly pid: number;
  readonly host: Place;
  readonly time: Time;
  readonly book: TelemetryBook;
  readonly workers: Gate;
  version: string;
  settings: InstanceSettings = SOUND;
  private readonly random: () => number;
  private readonly pools = new Map<string, Gate>();
  private stillUntilMs = 0;
  private upFromMs = 0;
  private budget = 0;
  private budgetAtMs = 0;

  constructor({ plan, number, place, time, random, book }: InstanceOptions) {
    this.plan = plan;
    this.time = time;
    this.book = book;
    this.random = random;
    this.version = plan.version;
    this.pid = 100 + Math.floor(random() * 900);
    const isStateful = plan.system !== undefined || plan.isExternal === true;
    this.pod = isStateful
      ? `${plan.name}-${number}`
      : `${plan.name}-${hexId(random, 4)}-${hexId(random, 2)}`;
    // Services behind a virtual address have one name and one address, whichever instance answers.
    const name = isStateful && plan.instances > 1 ? this.pod : plan.name;
    this.host = { name, ip: `10.96.${place}.${isStateful ? 10 + number : 1}`, port: plan.port };
    this.workers = new Gate(time);
  }

  clockMs(): number {
    return this.time.nowMs();
  }

  pool(service: string): Gate {
    const known = this.pools.get(service) ?? new Gate(this.time);
    this.pools.set(service, known);
    return known;
  }

  async wait(ms: number): Promise<void> {
    await sleep(this.time, ms);
  }

  /** Work whose time varies as such times do. */
  async work(ms: number): Promise<void> {
    const varied = ms * Math.exp(0.25 * (this.random() + this.random() + this.random() - 1.5) * 2);
    await this.wait(varied + Math.max(0, this.stillUntilMs - this.time.nowMs()));
  }

  /** What comes before each request. */
  async handle(): Promise<void> {
    const { delayMs, errorShare, errorText } = this.settings;
    this.limit();
    await this.work(0.5);
    if (delayMs > 0) await this.work(delayMs);
    if (this.random() < errorShare) throw new Failure(500, errorText);
  }

  standStill(ms: number): void {
    this.stillUntilMs = this.time.nowMs() + ms;
  }

  crash(downMs: number): void {
    this.upFromMs = this.time.nowMs() + downMs;
    this.time.after(downMs, () => this.say('info', 'listening'));
  }

  isRestarting(): boolean {
    return this.time.nowMs() < this.upFromMs;
  }

  say(level: Level, text: string): void {
    this.sayOf({ traceId: '', spanId: '' }, level, text, {});
  }

  sayOf(
    ids: { readonly traceId: string; readonly spanId: string },
    level: Level,
    text: string,
    fields: Readonly<Record<string, string | number>>,
  ): void {
    const logger = this.plan.name;
    this.book.say(this, { timeMs: this.clockMs(), level, logger, text, fields, ...ids });
  }

  private limit(): void {
    const { requestsPerSecond } = this.settings;
    if (requestsPerSecond === Infinity) return;
    const nowMs = this.time.nowMs();
    const earned = ((nowMs - this.budgetAtMs) / 1_000) * requestsPerSecond;
    this.budget = Math.min(requestsPerSecond, this.budget + earned);
    this.budgetAtMs = nowMs;
    if (this.budget < 1) throw new Failure(429, 'rate limit exceeded');
    this.budget -= 1;
  }
}
