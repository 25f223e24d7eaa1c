/** One source to the server: read, batched, sent a few batches at once, its checkpoint moved behind. */
import { createHash, randomUUID } from 'node:crypto';
import type { Client } from '@tendril/api/client';
import type { IngestResponse } from '@tendril/api/ingest';
import type { Checkpoint, LineBatch, LineSource } from '@tendril/intake/sources/line-source';
import type { ImportMeter } from './import-meter.ts';
import type { ImportProgress } from './import-progress.ts';
import { LineBatcher } from './line-batches.ts';
import { withAttributes, type LineOrigin } from './line-origin.ts';
import { OrderedWindow } from './ordered-window.ts';
import { sendBatch } from './sender.ts';

/** How long an import waits for a server that is away; it can be run again. */
const PATIENCE_MS = 60_000;

export interface ImportContext {
  readonly api: Pick<Client, 'ingest'>;
  readonly signal: AbortSignal;
  readonly nowMs: () => number;
  readonly origin: LineOrigin;
  readonly parallel: number;
  readonly progress: ImportProgress;
  readonly meter: ImportMeter;
  readonly totals: ImportTotals;
  readonly isRestart: boolean;
}

export interface ImportTotals {
  files: number;
  unchangedFiles: number;
  readonly records: number;
  cutLines: number;
  add(response: IngestResponse): void;
}

export async function importSource(source: LineSource, context: ImportContext): Promise<void> {
  const { progress, meter, totals, signal, isRestart } = context;
  const checkpoint = isRestart ? undefined : progress.checkpointOf(source.name);
  meter.nextFile(0);
  const sending = new SourceSending(source, context, checkpoint);
  for await (const batch of source.read({ checkpoint, signal })) {
    await sending.take(batch);
    await meter.read(batch.readBytes, totals.records);
  }
  await sending.finish();
  if (sending.hasLines || checkpoint === undefined) totals.files += 1;
  else totals.unchangedFiles += 1;
}

/** Lines of one source on their way, with the place up to which they are stored. */
class SourceSending {
  hasLines = false;
  private readonly source: LineSource;
  private readonly context: ImportContext;
  private readonly batcher: LineBatcher = new LineBatcher();
  private readonly window: OrderedWindow;
  private readonly run: string;
  // Where the first line in the batcher begins.
  private batchFrom: Checkpoint | undefined;
  private readonly read: LinePlaces;
  private sequence = 0;

  constructor(source: LineSource, context: ImportContext, from: Checkpoint | undefined) {
    this.batchFrom = from;
    this.read = new LinePlaces(from);
    this.source = source;
    this.context = context;
    this.window = new OrderedWindow(context.parallel);
    // A file gives the same ids when it is imported again, standard input and a restart do not.
    this.run = context.isRestart || source.sizeBytes === undefined ? randomUUID() : '';
  }

  async take(batch: LineBatch): Promise<void> {
    this.hasLines = true;
    this.context.totals.cutLines += batch.cutLines;
    this.read.add(batch);
    for (const line of batch.lines) {
      const complete = this.batcher.push(line);
      if (complete) await this.send(complete, this.read.placeBefore(this.batcher.nextNumber));
    }
  }

  async finish(): Promise<void> {
    const rest = this.batcher.take();
    if (rest.length > 0) await this.send(rest, this.read.placeBefore(this.batcher.nextNumber));
    await this.window.drain();
  }

  private async send(lines: readonly string[], storedTo: Checkpoint | undefined): Promise<void> {
    const { source, context } = this;
    const { api, signal, nowMs, progress, totals } = context;
    const body = lines.join('\n');
    const call = {
      body,
      contentType: 'text/plain',
      batchId: this.nextBatchId(body),
      sender: 'import' as const,
      ...withAttributes(context.origin, source.resource),
      ...(source.modifiedAtMs !== undefined && {
        asOf: new Date(source.modifiedAtMs).toISOString(),
      }),
    };
    this.batchFrom = storedTo;
    await this.window.add(
      async () => sendBatch(call, { api, signal, nowMs, patienceMs: PATIENCE_MS }),
      (response) => {
        totals.add(response);
        if (storedTo) progress.move(source.name, storedTo);
      },
    );
  }

  // The same lines at the same place of the same file have the same id.
  private nextBatchId(body: string): string {
    const { source, context, run, batchFrom } = this;
    this.sequence += 1;
    const place = run === '' ? [batchFrom?.offset ?? 0] : [run, this.sequence];
    const text = JSON.stringify([source.name, context.origin, ...place]);
    return `import-${createHash('sha256').update(text).update(body).digest('base64url').slice(0, 32)}`;
  }
}

/** Which place of the source a line, by its number from 0, begins at. */
class LinePlaces {
  private batches: { readonly from: number; readonly batch: LineBatch }[] = [];
  private lineCount = 0;
  private place: Checkpoint | undefined;

  constructor(from: Checkpoint | undefined) {
    this.place = from;
  }

  add(batch: LineBatch): void {
    this.batches.push({ from: this.lineCount, batch });
    this.lineCount += batch.lines.length;
  }

  /** Asked for higher and higher numbers: what lies before is forgotten. */
  placeBefore(number: number): Checkpoint | undefined {
    const current = this.batches.findLastIndex(({ from }) => from < number);
    const found = this.batches[current];
    if (!found) return this.place;
    this.place = found.batch.checkpointAfter(number - found.from);
    this.batches = this.batches.slice(current);
    return this.place;
  }
}
