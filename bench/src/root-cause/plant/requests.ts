/**
 * Requests on their ways through a plant: what an instance does for one, whom it calls, what it says of it. Time-outs,
 * retries and full pools come of what is wrong with instances; nothing here knows a fault.
 */
import { within } from '@tendril/im-demo/net/time';
import { hexId } from '@tendril/im-demo/seeded-random';
import { Failure, troubleText, type Trouble } from './failure.ts';
import type { PlantInstance } from './plant-instance.ts';
import type { Level, Step } from './topology.ts';

/** An operation as far as it has got. */
export interface RunningOperation {
  readonly traceId: string;
  readonly action: string;
  readonly startedAtMs: number;
  readonly pods: Set<string>;
  readonly awaits: readonly string[];
  readonly arrived: Set<string>;
  lastMs: number;
  error: Failure | undefined;
}

/** Where a request is: in an instance, below a span. */
export interface Scope {
  readonly operation: RunningOperation;
  readonly at: PlantInstance;
  readonly spanId: string;
}

export interface Message {
  readonly operation: RunningOperation;
  readonly spanId: string;
}

const TIMEOUT_MS = 1_000;
const QUERY_TIMEOUT_MS = 800;
const POOL_WAIT_MS = 400;
const WIRE_MS = 0.4;
const SLOW_QUERY_MS = 150;
const RESTART_MS = 120;

export interface RequestsOptions {
  readonly random: () => number;
  readonly choose: (service: string) => PlantInstance;
  readonly enqueue: (topic: string, message: Message) => void;
}

export class Requests {
  private readonly random: () => number;
  private readonly choose: RequestsOptions['choose'];
  private readonly enqueue: RequestsOptions['enqueue'];

  constructor({ random, choose, enqueue }: RequestsOptions) {
    this.random = random;
    this.choose = choose;
    this.enqueue = enqueue;
  }

  /** One request in one instance. */
  async serve(scope: Scope, route: string, kind: 'server' | 'consumer'): Promise<void> {
    const { at, operation, spanId: parentSpanId } = scope;
    operation.pods.add(at.pod);
    const spanId = hexId(this.random, 8);
    const inside = { ...scope, spanId };
    const startMs = at.clockMs();
    const end = (status: number, error: string): void => {
      const { traceId } = operation;
      const span = {
        traceId,
        spanId,
        parentSpanId,
        name: route,
        kind,
        startMs,
        endMs: at.clockMs(),
      };
      const [method = '', path = ''] = route.split(' ');
      const attributes = {
        'http.request.method': method,
        'http.route': path,
        'http.response.status_code': status,
      };
      at.book.note(at, { ...span, attributes, error: status >= 500 ? error : '' });
      const isAccessLog = at.plan.logs === 'nginx';
      const took = Math.round((at.clockMs() - startMs) * 10) / 10;
      if (isAccessLog) this.say(inside, 'info', route, { status });
      else if (status < 500)
        this.say(inside, 'info', `${route} done`, { status, duration_ms: took });
      else this.say(inside, 'error', `${route} failed`, { status, duration_ms: took, error });
    };
    try {
      if (!(await at.workers.enter(at.plan.workers ?? 16, TIMEOUT_MS * 2)))
        throw new Failure(503, 'server overloaded: too many requests in line');
      try {
        await at.handle();
        await this.steps(inside, at.plan.routes?.[route] ?? []);
      } finally {
        at.workers.leave();
      }
      end(200, '');
    } catch (error) {
      const failure = asFailure(error);
      end(failure.status, failure.message);
      throw failure;
    }
  }

  private async steps(scope: Scope, steps: readonly Step[]): Promise<void> {
    for (const step of steps) await this.step(scope, step);
  }

  private async step(scope: Scope, step: Step): Promise<void> {
    const { at } = scope;
    switch (step.kind) {
      case 'work':
        return await at.work(step.ms);
      case 'say':
        if (this.random() < (step.share ?? 1)) this.say(scope, step.level ?? 'info', step.text, {});
        return;
      case 'refuse':
        if (this.random() >= step.share) return;
        this.say(scope, 'warn', step.text, { status: step.status });
        throw new Failure(step.status, step.text);
      case 'all':
        await Promise.all(step.steps.map(async (each) => this.step(scope, each)));
        return;
      case 'call':
        return await this.optional(scope, step, async () => this.call(scope, step));
      case 'query':
        return await this.optional(scope, step, async () => this.query(scope, step));
      case 'publish':
        return await this.publish(scope, step.broker, step.topic);
    }
  }

  private async optional(
    scope: Scope,
    { isOptional, service }: { readonly isOptional?: true; readonly service: string },
    work: () => Promise<void>,
  ): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (isOptional !== true) throw error;
      this.say(scope, 'warn', `going on without ${service}`, { error: asFailure(error).message });
    }
  }

  private async call(scope: Scope, step: Step & { readonly kind: 'call' }): Promise<void> {
    for (let left = step.retries ?? 0; ; left -= 1) {
      try {
        return await this.callOnce(scope, step);
      } catch (error) {
        const failure = asFailure(error);
        if (left === 0 || failure.isRefusal) throw failure;
        this.say(scope, 'warn', `${step.route} failed, trying again`, { error: failure.message });
      }
    }
  }

  private async callOnce(
    scope: Scope,
    { service, route, timeoutMs = TIMEOUT_MS }: Step & { readonly kind: 'call' },
  ): Promise<void> {
    const { at } = scope;
    const callee = this.choose(service);
    const [method = '', path = ''] = route.split(' ');
    const { name, port } = callee.host;
    const url = port === 443 ? `https://${name}${path}` : `http://${name}:${port}${path}`;
    const attributes = {
      'http.request.method': method,
      'url.full': url,
      'server.address': service,
      'server.port': callee.plan.port,
    };
    await this.spanned(scope, { name: method, kind: 'client', attributes }, async (inside) => {
      const work = async (): Promise<void> => {
        await this.reach(inside, callee, url);
        if (at.settings.unauthorised.includes(service))
          throw new Failure(401, 'invalid credentials');
        await this.serve({ ...inside, at: callee }, route, 'server');
      };
      try {
        await this.patiently(scope, { callee, url, ms: timeoutMs }, work());
      } catch (error) {
        throw this.upstream(scope, url, route, asFailure(error));
      }
    });
  }

  /** What a service makes of another's answer, and says of it. */
  private upstream(scope: Scope, url: string, route: string, failure: Failure): Failure {
    if (failure.isRefusal && failure.status !== 401) return failure;
    const { status, message } = failure;
    const isAnswer = status >= 400 && !(failure instanceof Unreached);
    const error = isAnswer ? `${route.split(' ')[0] ?? ''} ${url}: status ${status}` : message;
    this.say(scope, 'error', `cannot ${route.split(' ').at(-1) ?? ''}`, { error });
    return new Failure(status === 504 ? 504 : 502, error);
  }

  private async query(scope: Scope, step: Step & { readonly kind: 'query' }): Promise<void> {
    const { at, operation } = scope;
    const { service, operation: command, ms, isWrite, timeoutMs = QUERY_TIMEOUT_MS } = step;
    const database = this.choose(service);
    operation.pods.add(database.pod);
    const { system = service, port } = database.plan;
    const attributes = {
      'db.system.name': system,
      'db.query.summary': command,
      'server.address': database.host.name,
      'server.port': port,
    };
    const work = async (inside: Scope): Promise<void> => {
      const pool = at.pool(service);
      if (!(await pool.enter(at.settings.poolMax, POOL_WAIT_MS)))
        throw new Failure(500, 'failed to acquire a connection from the pool: timed out');
      try {
        const patience = { callee: database, url: '', ms: timeoutMs };
        await this.patiently(
          scope,
          patience,
          this.command(inside, database, { ms, isWrite, command }),
        );
      } finally {
        if (this.random() >= at.settings.poolLeakShare) pool.leave();
      }
    };
    try {
      await this.spanned(scope, { name: command, kind: 'client', attributes }, work);
    } catch (error) {
      const { message } = asFailure(error);
      this.say(scope, 'error', `${command} failed`, { error: message });
      throw new Failure(500, message);
    }
  }

  private async command(
    scope: Scope,
    database: PlantInstance,
    {
      ms,
      isWrite,
      command,
    }: { readonly ms: number; readonly isWrite?: true | undefined; readonly command: string },
  ): Promise<void> {
    const { at } = scope;
    await this.reach(scope, database, '');
    const { settings } = database;
    const startMs = at.clockMs();
    if (!(await database.workers.enter(database.plan.workers ?? 24, TIMEOUT_MS * 4)))
      throw new Failure(500, 'too many clients already');
    await database.work(ms + settings.delayMs);
    database.workers.leave();
    const tookMs = at.clockMs() - startMs;
    if (tookMs > SLOW_QUERY_MS)
      database.say('info', `duration: ${tookMs.toFixed(3)} ms  statement: ${command}`);
    if (isWrite && settings.writeRefusal !== '') {
      database.say('error', settings.writeRefusal);
      throw new Failure(500, settings.writeRefusal);
    }
  }

  private async publish(scope: Scope, broker: string, topic: string): Promise<void> {
    const { at, operation } = scope;
    if (this.random() < at.settings.dropShare) return;
    const server = this.choose(broker);
    const { system = broker, port } = server.plan;
    const attributes = {
      'messaging.system': system,
      'messaging.destination.name': topic,
      'server.address': server.host.name,
      'server.port': port,
    };
    try {
      await this.spanned(
        scope,
        { name: `${topic} publish`, kind: 'producer', attributes },
        async (inside) => {
          const patience = { callee: server, url: '', ms: TIMEOUT_MS };
          await this.patiently(
            scope,
            patience,
            this.command(inside, server, { ms: 1, isWrite: true, command: topic }),
          );
          this.enqueue(topic, { operation, spanId: inside.spanId });
        },
      );
      this.say(scope, 'info', `published to ${topic}`, {});
    } catch (error) {
      const { message } = asFailure(error);
      this.say(scope, 'error', `cannot publish to ${topic}`, { error: message });
      throw new Failure(500, message);
    }
  }

  private async reach({ at, operation }: Scope, callee: PlantInstance, url: string): Promise<void> {
    const { name } = callee.plan;
    const { unresolvable, unreachable, misaddressed } = at.settings;
    operation.pods.add(callee.pod);
    const unreached = (trouble: Trouble, place = callee.host): Failure =>
      new Unreached(503, troubleText(at.plan.logs, trouble, { place, url }));
    if (unresolvable.includes(name)) throw unreached('unresolved');
    if (unreachable.includes(name)) return await new Promise<never>(() => undefined);
    await at.wait(WIRE_MS * (1 + this.random()));
    if (misaddressed.includes(name))
      throw unreached('refused', { ...callee.host, port: callee.plan.port + 1 });
    if (!callee.settings.isListening || callee.isRestarting()) throw unreached('refused');
    if (this.random() < callee.settings.crashShare) {
      callee.crash(RESTART_MS);
      throw unreached('reset');
    }
  }

  private async patiently(
    { at }: Scope,
    {
      callee,
      url,
      ms,
    }: { readonly callee: PlantInstance; readonly url: string; readonly ms: number },
    work: Promise<void>,
  ): Promise<void> {
    const reason = troubleText(at.plan.logs, 'timeout', { place: callee.host, url });
    try {
      await within(work, { time: at.time, ms, reason });
    } catch (error) {
      if (error instanceof Failure) throw error;
      throw new Unreached(504, reason);
    }
  }

  private async spanned(
    scope: Scope,
    {
      name,
      kind,
      attributes,
    }: {
      readonly name: string;
      readonly kind: 'client' | 'producer';
      readonly attributes: Readonly<Record<string, string | number>>;
    },
    work: (inside: Scope) => Promise<void>,
  ): Promise<void> {
    const { at, operation, spanId: parentSpanId } = scope;
    // What sends no spans hands on the context that it got.
    const spanId = at.plan.isTraced ? hexId(this.random, 8) : parentSpanId;
    const startMs = at.clockMs();
    const { traceId } = operation;
    const note = (error: string): void =>
      at.book.note(at, {
        traceId,
        spanId,
        parentSpanId,
        name,
        kind,
        startMs,
        endMs: at.clockMs(),
        attributes,
        error,
      });
    try {
      await work({ ...scope, spanId });
      note('');
    } catch (error) {
      note(asFailure(error).message);
      throw error;
    }
  }

  private say(
    { at, operation, spanId }: Scope,
    level: Level,
    text: string,
    fields: Readonly<Record<string, string | number>>,
  ): void {
    at.sayOf({ traceId: operation.traceId, spanId }, level, text, fields);
  }
}

/** The other end was not heard of. */
class Unreached extends Failure {}

export function asFailure(error: unknown): Failure {
  return error instanceof Failure ? error : new Failure(500, String(error));
}
