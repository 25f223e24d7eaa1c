/** Parts of files, analysed by as many threads as there are cores. */
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { AnalysisState } from '@tendril/intake/analysis/analysis';
import type { FilePart } from './analyze-parts.ts';
import type { WorkerSettings } from './analyze-worker.ts';

export type ToWorker =
  | { readonly kind: 'part'; readonly part: FilePart }
  | { readonly kind: 'end' };

export type FromWorker =
  /** For the next part. */
  | { readonly kind: 'ready' }
  | { readonly kind: 'read'; readonly bytes: number }
  | { readonly kind: 'unreadable'; readonly path: string; readonly reason: string }
  | { readonly kind: 'state'; readonly state: AnalysisState; readonly zoneAssumed: number };

export interface ThreadOptions {
  readonly parts: readonly FilePart[];
  readonly settings: WorkerSettings;
  readonly signal: AbortSignal;
  readonly onState: (state: AnalysisState, zoneAssumed: number) => void;
  readonly onRead: (bytes: number) => void;
  readonly onUnreadable: (path: string, reason: string) => void;
}

/** More than these share the memory bus, and each holds some 80 MB. */
const THREADS_MAX = 8;
/** Of one thread; what is counted is bounded, so it is not reached. */
const THREAD_MEGABYTES_MAX = 256;

const isSource = import.meta.url.endsWith('.ts');
const WORKER = fileURLToPath(
  new URL(isSource ? './analyze-worker.ts' : './analyze-worker.js', import.meta.url),
);

export async function analyzeInThreads(options: ThreadOptions): Promise<void> {
  const count = Math.min(THREADS_MAX, availableParallelism(), options.parts.length);
  const waiting = [...options.parts];
  await Promise.all(Array.from({ length: count }, () => runThread(waiting, options)));
}

async function runThread(
  waiting: FilePart[],
  { onRead, onState, onUnreadable, settings, signal }: ThreadOptions,
): Promise<void> {
  const worker = new Worker(WORKER, {
    workerData: settings,
    resourceLimits: { maxOldGenerationSizeMb: THREAD_MEGABYTES_MAX, maxYoungGenerationSizeMb: 48 },
    ...(isSource && { execArgv: ['--conditions=source'] }),
  });
  const { promise, reject, resolve } = Promise.withResolvers<void>();
  const give = (message: ToWorker): void => worker.postMessage(message);
  worker.on('error', reject);
  worker.on('exit', () => resolve());
  worker.on('message', (message: FromWorker) => {
    switch (message.kind) {
      case 'ready': {
        const part = signal.aborted ? undefined : waiting.shift();
        give(part ? { kind: 'part', part } : { kind: 'end' });
        return;
      }
      case 'read':
        onRead(message.bytes);
        return;
      case 'unreadable':
        onUnreadable(message.path, message.reason);
        return;
      case 'state':
        onState(message.state, message.zoneAssumed);
    }
  });
  const stop = (): void => void worker.terminate();
  signal.addEventListener('abort', stop, { once: true });
  try {
    await promise;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
