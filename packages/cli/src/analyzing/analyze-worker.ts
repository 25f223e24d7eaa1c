/** A thread of `tendril analyze`: takes parts of files and hands over what it counted in each. */
import { parentPort, workerData } from 'node:worker_threads';
import { Analysis } from '@tendril/intake/analysis/analysis';
import { formatsWith, knownErrorsOf, loadPacks } from '@tendril/intake/packs/load-packs';
import { createRedactor } from '@tendril/intake/redact/redactor';
import { messageOf } from '@tendril/model/failure';
import type { LineOrigin } from '../shipping/line-origin.ts';
import { analyzeLines } from './analyze-lines.ts';
import { linesOfPart, type FilePart } from './analyze-parts.ts';
import type { FromWorker, PartFindings, ToWorker } from './analyze-threads.ts';

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
const known = knownErrorsOf(packs);
const redactor = createRedactor({ key: redactionKey });
const { signal } = new AbortController();

parentPort?.on('message', (message: ToWorker) => void take(message));
tell({ kind: 'ready' });

async function take(message: ToWorker): Promise<void> {
  if (message.kind === 'end') parentPort?.close();
  else tell({ kind: 'found', findings: await analyze(message.part) });
}

async function analyze(part: FilePart): Promise<PartFindings> {
  const analysis = new Analysis({ known, redactor, sinceMs });
  const source = { name: part.path, asOfMs: part.modifiedAtMs, lines: linesOfPart(part, signal) };
  const onRead = (bytes: number): void => tell({ kind: 'read', bytes });
  let zoneAssumed = 0;
  let unreadable = '';
  try {
    zoneAssumed = await analyzeLines(source, { analysis, formats, origin, onRead });
  } catch (error) {
    unreadable = messageOf(error);
  }
  return { state: analysis.state(), zoneAssumed, unreadable };
}

function tell(message: FromWorker): void {
  parentPort?.postMessage(message);
}
