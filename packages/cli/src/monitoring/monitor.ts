/** Follows logs and prints their records in the order of time, until it is stopped. */
import type { ReadRecord } from '@tendril/intake/record-reader';
import type { OriginLines, SourceEvent } from '@tendril/intake/sources/origin-lines';
import type { LogRecord } from '@tendril/model/log-record';
import type { RecordMatcher } from '@tendril/query/match';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Invocation } from '../command.ts';
import { printable } from '../output/printable.ts';
import type { LogRecords } from './log-records.ts';
import type { MonitorPrinter } from './monitor-printer.ts';
import { TimeOrder } from './time-order.ts';

/** Between looks at what is due: less than the eye notices. */
const LOOK_EVERY_MS = 50;

export interface MonitorOptions {
  readonly invocation: Invocation;
  readonly printer: MonitorPrinter;
  readonly matches: RecordMatcher;
  readonly records: LogRecords;
  /** What a log is called on the screen, by the name of its origin and one of its records. */
  readonly nameOf: (origin: string, record: LogRecord) => string;
}

interface Shown {
  readonly record: LogRecord;
  readonly log: string;
}

export class Monitor {
  /** Records that were printed. */
  printed = 0;
  private readonly options: MonitorOptions;
  private readonly order: TimeOrder<Shown> = new TimeOrder();
  private readonly names: Map<string, string> = new Map();
  private isOver = false;

  constructor(options: MonitorOptions) {
    this.options = options;
  }

  async follow(source: AsyncIterable<OriginLines<unknown>>): Promise<void> {
    const printing = this.printRegularly();
    try {
      for await (const { lines, origin } of source) {
        const { nowMs } = this.options.invocation;
        this.names.set(origin.id, origin.name);
        this.add(origin.id, this.options.records.read(origin, lines, nowMs()));
        while (this.order.isFull && !this.isOver) await sleep(LOOK_EVERY_MS);
      }
    } finally {
      this.isOver = true;
      await printing;
    }
    this.flushQuiet(Number.POSITIVE_INFINITY);
    await this.print(this.order.takeAll());
  }

  /** One of a server, in its order already. */
  async show(record: LogRecord, log: string): Promise<void> {
    await this.print([{ record, log }]);
  }

  tell({ detail, kind, path }: SourceEvent): void {
    const { messages, stderr } = this.options.invocation;
    if (kind === 'opened' || kind === 'closed') return;
    const sentence = messages.text(`say.monitor.${kind}`, {
      log: printable(path),
      detail: printable(detail),
    });
    void stderr.line(stderr.style('dim', sentence));
  }

  private add(id: string, read: readonly ReadRecord[]): void {
    const { invocation, matches, nameOf } = this.options;
    const nowMs = invocation.nowMs();
    const origin = this.names.get(id) ?? id;
    for (const { record } of read) {
      if (!matches(record)) continue;
      const log = nameOf(origin, record);
      const timeMs = Number(BigInt(record.timestamp) / 1_000n) / 1_000;
      this.order.add({ record, log }, { log: id, timeMs, nowMs });
    }
  }

  private async printRegularly(): Promise<void> {
    const { nowMs } = this.options.invocation;
    while (!this.isOver) {
      this.flushQuiet(nowMs());
      await this.print(this.order.take(nowMs()));
      await sleep(LOOK_EVERY_MS);
    }
  }

  private flushQuiet(nowMs: number): void {
    for (const [id, read] of this.options.records.quiet(nowMs)) this.add(id, read);
  }

  private async print(shown: readonly Shown[]): Promise<void> {
    if (shown.length === 0) return;
    const { invocation, printer } = this.options;
    this.printed += shown.length;
    const lines = shown.map(({ log, record }) => `${printer.print(record, log)}\n`);
    await invocation.stdout.write(lines.join(''));
  }
}
