/**
 * One instance in a worker thread, with an event loop and a memory of its own: everything that a process of
 * its own would have but the process id, which the cluster gives it.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { REAL_NETWORK } from '../net/network.ts';
import { runProgram } from '../net/program.ts';
import { REAL_TIME } from '../net/time.ts';
import { otlpLogs, otlpSpans } from '../telemetry/otlp.ts';
import { startInstance } from './instance-process.ts';
import type { FromInstance, InstanceStart, ToInstance } from './messages.ts';

const start = workerData as InstanceStart;
const { otlpUrl: url, token } = start.destination;
await startInstance(
  start,
  {
    time: REAL_TIME,
    network: REAL_NETWORK,
    runProgram,
    sendLogs: otlpLogs({ url, token }),
    spans: otlpSpans({ url, token }),
    crash: () => process.exit(1),
    tell: (message: FromInstance) => parentPort?.postMessage(message),
  },
  (take) => parentPort?.on('message', (message: ToInstance) => take(message)),
);
