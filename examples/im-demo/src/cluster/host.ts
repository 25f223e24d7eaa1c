/** Where instances run: worker threads on the machine's time, or a simulation. */
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Time } from '../net/time.ts';
import { REAL_TIME } from '../net/time.ts';
import type { FromInstance, InstanceStart, ToInstance } from './messages.ts';

/** An instance that was started. */
export interface Handle {
  readonly tell: (message: ToInstance) => void;
  readonly end: () => Promise<void>;
}

export interface Watcher {
  readonly onMessage: (message: FromInstance) => void;
  /** Called when it ended by itself. */
  readonly onEnd: () => void;
}

export interface Host {
  readonly time: Time;
  launch(start: InstanceStart, watcher: Watcher): Handle;
}

const isSource = import.meta.url.endsWith('.ts');
const INSTANCE = fileURLToPath(
  new URL(isSource ? './instance-main.ts' : './instance-main.js', import.meta.url),
);

export const WORKER_HOST: Host = {
  time: REAL_TIME,
  launch: (start, { onMessage, onEnd }) => {
    const worker = new Worker(INSTANCE, { workerData: start });
    worker.on('message', onMessage);
    worker.on('exit', onEnd);
    // An instance that fails ends; that is told by `exit`.
    worker.on('error', () => undefined);
    return {
      tell: (message) => worker.postMessage(message),
      end: async () => {
        worker.off('exit', onEnd);
        await worker.terminate();
      },
    };
  },
};
