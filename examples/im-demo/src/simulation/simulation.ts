/**
 * The demo on simulated time and network, all of it in this process. Telemetry is given to a function instead
 * of being sent. This is how runs are recorded: quickly, the same on a busy machine, and again the same.
 */
import { SimpleSpanProcessor, type ReadableSpan } from '@opentelemetry/sdk-trace';
import { startInstance } from '../cluster/instance-process.ts';
import type { Host } from '../cluster/host.ts';
import { seededRandom } from '../seeded-random.ts';
import { STARTS } from '../services/registry.ts';
import { SimulatedNetwork } from './simulated-network.ts';
import { SimulatedTime, type Process } from './simulated-time.ts';

export interface TelemetrySink {
  /** An OTLP request in JSON. */
  readonly logs: (request: object) => void;
  readonly spans: (spans: readonly ReadableSpan[]) => void;
}

export interface Simulation {
  readonly host: Host;
  /** Lets so much time pass. */
  run(ms: number): Promise<void>;
  /** Lets time pass until the work is done. */
  until<T>(work: Promise<T>): Promise<T>;
}

const STEP_MS = 20;

export async function createSimulation(
  { startMs, seed }: { readonly startMs: number; readonly seed: number },
  sink: TelemetrySink,
): Promise<Simulation> {
  // Loading takes real time, during which simulated time would pass.
  await Promise.all(Object.values(STARTS).map(async (load) => load()));
  const time = new SimulatedTime(startMs);
  const network = new SimulatedNetwork(time, seededRandom(seed));
  const host = hostOf(time, network, sink);
  return {
    host,
    run: async (ms) => time.run(ms),
    until: async (work) => {
      const state = { isDone: false };
      const done = work.finally(() => (state.isDone = true));
      done.catch(() => undefined);
      while (!state.isDone) await time.run(STEP_MS);
      return await done;
    },
  };
}

function hostOf(time: SimulatedTime, network: SimulatedNetwork, sink: TelemetrySink): Host {
  const own: Process = { busyUntilMs: 0, isGone: false };
  return {
    time: time.timeOf(own),
    launch: (start, { onMessage, onEnd }) => {
      const process: Process = { busyUntilMs: 0, isGone: false };
      const end = (): void => {
        process.isGone = true;
        network.drop(process);
        time.stir();
      };
      let take: ((message: Parameters<ReturnType<Host['launch']>['tell']>[0]) => void) | undefined;
      const waiting: Parameters<ReturnType<Host['launch']>['tell']>[0][] = [];
      const ground = {
        time: time.timeOf(process),
        network: network.networkOf(process),
        sendLogs: async (request: object) => Promise.resolve(sink.logs(request)),
        spans: spanProcessor(sink),
        crash: async () => {
          end();
          onEnd();
          return await new Promise<never>(() => undefined);
        },
        tell: (message: Parameters<typeof onMessage>[0]) => {
          if (!process.isGone || message.kind === 'flushed') onMessage(message);
        },
      };
      void startInstance(start, ground, (taker) => {
        take = taker;
        for (const message of waiting.splice(0)) taker(message);
      });
      return {
        tell: (message) => {
          time.stir();
          if (take) take(message);
          else waiting.push(message);
        },
        end: async () => Promise.resolve(end()),
      };
    },
  };
}

function spanProcessor(sink: TelemetrySink): SimpleSpanProcessor {
  return new SimpleSpanProcessor({
    exporter: {
      export: (spans, done) => {
        sink.spans(spans);
        done({ code: 0 });
      },
      shutdown: async () => Promise.resolve(),
      forceFlush: async () => Promise.resolve(),
    },
  });
}
