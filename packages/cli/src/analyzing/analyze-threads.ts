/**
 * Parts of files, analysed by as many threads as there are cores. What they counted is added up in the order of
 * the parts, so the report does not depend on how many threads there were and which was first.
 */
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { AnalysisState } from '@tendril/intake/analysis/analysis';
import type { FilePart } from './analyze-parts.ts';
import type { WorkerSettings } from './analyze-worker.ts';

export type ToWorker =
  | { readonly kind: 'part'; readonly part: FilePart }
  | { readonly kind: 'end' };

/** What a thread found in a part. */
export interface PartFindings {
  readonly state: AnalysisState;
  /** Times that were taken in the zone of the source, which nobody had said. */
  readonly zoneAssumed: number;
  /** Why it could not be read to its end; empty when it could. */
  readonly unreadable: string;
}

export type FromWorker =
  /** For its first part. */
  | { readonly kind: 'ready' }
  | { readonly kind: 'read'; readonly bytes: number }
  /** And ready for the next part. */
  | { readonly kind: 'found'; readonly findings: PartFindings };

export interface ThreadOptions {
  readonly parts: readonly FilePart[];
  readonly settings: WorkerSettings;
  readonly signal: AbortSignal;
  /** In the order of the parts. */
  readonly onFound: (part: FilePart, findings: PartFindings) => void;
  readonly onRead: (bytes: number) => void;
  /** For tests. */
  readonly threads?: number;
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
  const { parts, threads = Math.min(THREADS_MAX, availableParallelism()) } = options;
  const queue = new PartQueue(options);
  const count = Math.min(threads, parts.length);
  await Promise.all(Array.from({ length: count }, () => runThread(queue, options)));
}

async function runThread(
  queue: PartQueue,
  { onRead, settings, signal }: ThreadOptions,
): Promise<void> {
  const worker = new Worker(WORKER, {
    workerData: settings,
    resourceLimits: { maxOldGenerationSizeMb: THREAD_MEGABYTES_MAX, maxYoungGenerationSizeMb: 48 },
    ...(isSource && { execArgv: ['--conditions=source'] }),
  });
  const { promise, reject, resolve } = Promise.withResolvers<void>();
  let at = 0;
  const giveNext = (): void =>
    queue.take((part, index) => {
      at = index;
      const message: ToWorker = part ? { kind: 'part', part } : { kind: 'end' };
      worker.postMessage(message);
    });
  worker.on('error', reject);
  worker.on('exit', () => resolve());
  worker.on('message', (message: FromWorker) => {
    if (message.kind === 'read') {
      onRead(message.bytes);
      return;
    }
    if (message.kind === 'found') queue.found(at, message.findings);
    giveNext();
  });
  const stop = (): void => void worker.terminate();
  signal.addEventListener('abort', stop, { once: true });
  try {
    await promise;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** Findings that wait at most for those of a part before theirs: each may take some megabytes. */
const WAITING_MAX = 16;

type GivePart = (part: FilePart | undefined, index: number) => void;

/** Hands out parts in order, and their findings in the same order. */
class PartQueue {
  private readonly options: ThreadOptions;
  private readonly waiting: Map<number, PartFindings> = new Map();
  private readonly takers: GivePart[] = [];
  private given = 0;
  private told = 0;

  constructor(options: ThreadOptions) {
    this.options = options;
  }

  /** Undefined when there are no more; later, when the findings of too many parts wait. */
  take(give: GivePart): void {
    this.takers.push(give);
    this.give();
  }

  found(index: number, findings: PartFindings): void {
    this.waiting.set(index, findings);
    for (let next = this.waiting.get(this.told); next; next = this.waiting.get(this.told)) {
      const part = this.options.parts[this.told];
      this.waiting.delete(this.told);
      this.told += 1;
      if (part) this.options.onFound(part, next);
    }
    this.give();
  }

  private give(): void {
    const { parts, signal } = this.options;
    while (this.takers.length > 0 && this.given - this.told < WAITING_MAX) {
      const index = this.given;
      const part = signal.aborted ? undefined : parts[index];
      if (part) this.given += 1;
      this.takers.shift()?.(part, index);
    }
  }
}
