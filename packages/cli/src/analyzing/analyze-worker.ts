/** A thread of `tendril analyze`: takes parts of files until there are no more, then hands over its counts. */
import { parentPort, workerData } from 'node:worker_threads';
import { Analysis } from '@tendril/intake/analysis/analysis';
import { formatsWith, knownErrorsOf, loadPacks } from '@tendril/intake/packs/load-packs';
import { createRedactor } from '@tendril/intake/redact/redactor';
import { messageOf } from '@tendril/model/failure';
import type { LineOrigin } from '../shipping/line-origin.ts';
import { analyzeLines } from './analyze-lines.ts';
import { linesOfPart, type FilePart } from './analyze-parts.ts';
import type { FromWorker, ToWorker } from './analyze-threads.ts';

export interface WorkerSettings {
  readonly origin: LineOrigin;
  /** Of the user. */
  readonly packFolders: readonly string[];
  readonly redactionKey: Uint8Array;
  readonly sinceMs: number | undefined;
}

const { origin, packFolders, redactionKey, sinceMs } = workerData as WorkerSettings;
const packs = loadPacks({ folders: packFolders });
const formats = formatsWith(packs);
const analysis = new Analysis({
  known: knownErrorsOf(packs),
  redactor: createRedactor({ key: redactionKey }),
  sinceMs,
});
const { signal } = new AbortController();
let zoneAssumed = 0;

parentPort?.on('message', (message: ToWorker) => void take(message));
tell({ kind: 'ready' });

async function take(message: ToWorker): Promise<void> {
  if (message.kind === 'end') {
    tell({ kind: 'state', state: analysis.state(), zoneAssumed });
    parentPort?.close();
    return;
  }
  try {
    await analyze(message.part);
  } catch (error) {
    tell({ kind: 'unreadable', path: message.part.path, reason: messageOf(error) });
  }
  tell({ kind: 'ready' });
}

async function analyze(part: FilePart): Promise<void> {
  const source = { name: part.path, asOfMs: part.modifiedAtMs, lines: linesOfPart(part, signal) };
  zoneAssumed += await analyzeLines(source, {
    analysis,
    formats,
    origin,
    onRead: (bytes) => tell({ kind: 'read', bytes }),
  });
}

function tell(message: FromWorker): void {
  parentPort?.postMessage(message);
}
