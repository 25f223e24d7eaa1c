/** The lines of one source as records to be analysed; nothing is stored, so nothing is encoded. */
import { FormatDetector } from '../format-table.ts';
import type { ParsedFields } from '../format.ts';
import type { LinesSource } from '../assembled-to-batch.ts';
import { RecordAssembler, type AssembledRecord } from '../record-assembler.ts';
import { RecordContext } from '../record-context.ts';
import type { AnalysedRecord } from './analysed-record.ts';

const SERVICE_KEY = 'service.name';
const NO_FIELDS: ParsedFields = new Map();

export interface FeedFacts {
  /** Times that were taken in the zone of the source, which nobody had said. */
  zoneAssumed: number;
}

export class RecordFeed {
  readonly facts: FeedFacts = { zoneAssumed: 0 };
  private readonly assembler: RecordAssembler;
  private readonly detector: FormatDetector;
  private readonly context: RecordContext;
  private readonly serviceName: string;
  private readonly take: (record: AnalysedRecord) => void;

  constructor(source: LinesSource, take: (record: AnalysedRecord) => void) {
    this.assembler = new RecordAssembler((record) => this.read(record));
    this.detector = new FormatDetector(source.formats);
    this.context = new RecordContext(source.context, source.isZoneGiven === true);
    this.serviceName = String(source.resource[SERVICE_KEY] ?? '');
    this.take = take;
  }

  push(line: string): void {
    this.assembler.push(line);
  }

  flush(): void {
    this.assembler.flush();
  }

  private read({ lineCount, origin, text }: AssembledRecord): void {
    this.context.begin(origin.timeNs);
    const recognised = this.detector.recognise(text, this.context);
    const parsed = recognised?.parsed;
    const timeNs = parsed?.timeNs ?? origin.timeNs;
    if (parsed?.timeNs !== undefined && this.context.zone.isAssumed) this.facts.zoneAssumed += 1;
    this.take({
      timeMs: timeNs === undefined ? undefined : Number(timeNs / 1_000_000n),
      severityNumber: parsed?.severityNumber || origin.severityNumber,
      serviceName: String(
        parsed?.resource?.get(SERVICE_KEY) ??
          (this.serviceName || origin.service || recognised?.format.serviceHint || ''),
      ),
      body: parsed?.body ?? text,
      attributes: parsed?.attributes ?? NO_FIELDS,
      wrapping: origin.attributes,
      formatName: recognised?.format.name ?? '',
      lineCount,
      text,
    });
  }
}
