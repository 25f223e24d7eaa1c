/** One instance put together from what it runs on: time, network, and where its telemetry goes. */
import { hostname } from 'node:os';
import type { SpanProcessor } from '@opentelemetry/sdk-trace';
import type { Instance, Running } from '../instance.ts';
import { startLoad } from '../net/load.ts';
import { createLocalPorts } from '../net/local-ports.ts';
import { createNames } from '../net/names.ts';
import type { Network } from '../net/network.ts';
import type { RunProgram } from '../net/program.ts';
import type { Time } from '../net/time.ts';
import { seededRandom } from '../seeded-random.ts';
import { STARTS } from '../services/registry.ts';
import { createClock } from '../telemetry/clock.ts';
import { createLogger } from '../telemetry/logger.ts';
import { createLogShipper } from '../telemetry/log-shipper.ts';
import { createTracing } from '../telemetry/tracing.ts';
import type { FromInstance, InstanceStart, ToInstance } from './messages.ts';

/** What runs under the instance. */
export interface Ground {
  readonly time: Time;
  readonly network: Network;
  readonly runProgram?: RunProgram;
  readonly sendLogs: (request: object) => Promise<void>;
  readonly spans: SpanProcessor;
  readonly crash: () => Promise<never>;
  readonly tell: (message: FromInstance) => void;
}

/** Resolves when the instance runs; the answer takes what the cluster says. */
export async function startInstance(
  start: InstanceStart,
  ground: Ground,
  onMessage: (take: (message: ToInstance) => void) => void,
): Promise<void> {
  const { identity, seed } = start;
  const { time, network, runProgram, sendLogs, spans, crash, tell } = ground;
  let current = start.settings;
  const settings = (): typeof current => current;
  const resource = resourceOf(start);
  const clock = createClock(time, settings);
  const shipper = createLogShipper({ time, resource, send: sendLogs });
  const tracing = createTracing({
    resource,
    clock,
    processor: spans,
    random: seededRandom(seed + 1),
  });
  const names = createNames(settings);
  let running: Running | undefined;
  onMessage((message) => {
    switch (message.kind) {
      case 'settings':
        current = message.settings;
        running?.settingsChanged?.();
        return;
      case 'peers':
        names.replace(message.peers);
        return;
      case 'flush':
        void Promise.all([shipper.flush(), tracing.flush()]).then(() => {
          tell({ kind: 'flushed', number: message.number });
        });
    }
  });
  const instance: Instance = {
    identity,
    settings,
    time,
    network,
    runProgram,
    clock,
    log: createLogger(identity, clock, shipper),
    tracing,
    names,
    localPorts: createLocalPorts(time, settings),
    random: seededRandom(seed),
    crash,
    report: (outcome) => tell({ kind: 'outcome', outcome }),
  };
  startLoad(time, settings);
  const startService = await STARTS[identity.service]();
  running = await startService(instance);
  tell({ kind: 'ready', socketPort: running.socketPort });
}

function resourceOf({
  identity,
  destination,
}: InstanceStart): Readonly<Record<string, string | number>> {
  const { service, instance, version, pid } = identity;
  return {
    'service.name': service,
    'service.instance.id': instance,
    'service.version': version,
    'host.name': instance,
    'process.pid': pid,
    'deployment.environment.name': destination.environment,
    // By this the demo's data is known, and can be removed.
    'tendril.demo': hostname(),
  };
}
