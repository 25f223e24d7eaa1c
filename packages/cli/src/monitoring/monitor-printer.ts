/** Records of several logs as lines: a colour for each log, so that the eye keeps them apart. */
import type { LogRecord } from '@tendril/model/log-record';
import { Unwrapper } from '@tendril/intake/transport/unwrapper';
import type { Output, Style } from '../output/output.ts';
import { printable, printableJson } from '../output/printable.ts';
import { RecordPrinter, type RecordLabel } from '../output/record-line.ts';

export const MONITOR_FORMATS = ['default', 'raw', 'json'] as const;
export type MonitorFormat = (typeof MONITOR_FORMATS)[number];

/** Those that mean no severity. */
const STYLES: readonly Style[] = ['cyan', 'green', 'blue', 'magenta', 'yellow'];
/** Logs whose colour is remembered. */
const LABELS_MAX = 10_000;

export class MonitorPrinter {
  private readonly format: MonitorFormat;
  private readonly records: RecordPrinter;
  private readonly labels: Map<string, RecordLabel> = new Map();
  private readonly unwrapper: Unwrapper = new Unwrapper();

  constructor(output: Output, format: MonitorFormat, { full }: { readonly full: boolean }) {
    this.format = format;
    this.records = new RecordPrinter(output, { full });
  }

  /** `log` is the name of the log that the record is of. */
  print(record: LogRecord, log: string): string {
    switch (this.format) {
      case 'json':
        return printableJson({ log, ...record });
      case 'raw':
        return this.raw(record);
      case 'default':
        return this.records.print(record, this.label(log));
      default:
        return this.format satisfies never;
    }
  }

  /** As the program wrote it, without what a transport put around it. */
  private raw({ body, original }: LogRecord): string {
    return (original || body)
      .split('\n')
      .map((line) => printable(this.unwrapper.unwrap(line)?.wrapped.text ?? line))
      .join('\n');
  }

  private label(log: string): RecordLabel {
    const known = this.labels.get(log);
    if (known) return known;
    if (this.labels.size >= LABELS_MAX) this.labels.clear();
    const label = { text: log, style: STYLES[this.labels.size % STYLES.length] ?? 'cyan' };
    this.labels.set(log, label);
    return label;
  }
}
