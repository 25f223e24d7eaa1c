/** How far an import is: one line that is drawn over on a terminal, nothing elsewhere. */
import { statSync } from 'node:fs';
import type { Messages } from '@tendril/messages/messages';
import type { Output } from '../output/output.ts';
import { ProgressLine } from '../output/progress-line.ts';
import { bytesText, clockText } from '../output/quantity.ts';

export interface ImportMeterOptions {
  readonly stderr: Output;
  readonly messages: Messages;
  readonly nowMs: () => number;
}

export class ImportMeter {
  private readonly options: ImportMeterOptions;
  private readonly startedMs: number;
  private readonly line: ProgressLine;
  private fileCount = 0;
  private fileNumber = 0;
  private sizeBytes: number | undefined;
  private finishedBytes = 0;
  private currentBytes = 0;
  private skippedBytes = 0;

  constructor(options: ImportMeterOptions) {
    this.options = options;
    this.startedMs = options.nowMs();
    this.line = new ProgressLine(options);
  }

  start(names: readonly string[]): void {
    this.fileCount = names.length;
    this.sizeBytes = sizeOf(names);
  }

  /** Of this run: what was imported before is not counted. */
  get readBytes(): number {
    return this.finishedBytes + this.currentBytes - this.skippedBytes;
  }

  get seconds(): number {
    return (this.options.nowMs() - this.startedMs) / 1000;
  }

  /** `skippedBytes` of the next file were imported before. */
  nextFile(skippedBytes: number): void {
    this.finishedBytes += this.currentBytes;
    this.skippedBytes += skippedBytes;
    this.currentBytes = skippedBytes;
    this.fileNumber += 1;
  }

  async read(bytes: number, records: number): Promise<void> {
    this.currentBytes = bytes;
    await this.line.draw(() => this.text(records));
  }

  /** Takes the line away. */
  async clear(): Promise<void> {
    await this.line.clear();
  }

  private text(records: number): string {
    const { messages } = this.options;
    const { seconds, readBytes, sizeBytes } = this;
    const rate = messages.number(Math.round(records / Math.max(seconds, 0.001)));
    const values = {
      read: bytesText(this.finishedBytes + this.currentBytes),
      records: messages.number(records),
      rate,
    };
    if (sizeBytes === undefined) return messages.text('say.import.progress.open', values);
    const leftBytes = sizeBytes - this.finishedBytes - this.currentBytes;
    return messages.text('say.import.progress', {
      ...values,
      file: this.fileNumber,
      files: this.fileCount,
      size: bytesText(sizeBytes),
      left: clockText(readBytes > 0 ? (leftBytes * seconds) / readBytes : 0),
    });
  }
}

// Undefined as soon as one has no size, as standard input.
function sizeOf(names: readonly string[]): number | undefined {
  let sum = 0;
  for (const name of names) {
    const stats = statSync(name, { throwIfNoEntry: false });
    if (!stats?.isFile()) return undefined;
    sum += stats.size;
  }
  return sum;
}
