/** What was found in lines that were parsed: formats, what times did not say, clocks that differ. */
import { ClockDifferences } from '@tendril/intake/clock-differences';
import type { ReadRecord } from '@tendril/intake/record-reader';
import type { Messages } from '@tendril/messages/messages';
import { printable } from '../output/printable.ts';

/** Differences of clocks that are printed; the largest ones. */
const DIFFERENCES_PRINTED_MAX = 5;

export class ParseSummary {
  records = 0;
  cutLines = 0;
  private lines = 0;
  private sources = 0;
  private withoutTime = 0;
  private zoneAssumed = 0;
  private zoneInferred = 0;
  private yearAssumed = 0;
  private readonly formats: Map<string, number> = new Map();
  private readonly transports: Map<string, number> = new Map();
  private readonly clocks = new ClockDifferences();

  addSource(): void {
    this.sources += 1;
  }

  add(source: string, { record, facts }: ReadRecord): void {
    const { format, transports, lineCount, timeNs, transportNs, assumed } = facts;
    this.records += 1;
    this.lines += lineCount;
    count(this.formats, format?.name ?? '-');
    if (transports.length > 0) count(this.transports, transports.join('+'));
    if (timeNs === undefined && transportNs === undefined) this.withoutTime += 1;
    if (assumed.zone) this.zoneAssumed += 1;
    if (assumed.inferredZone) this.zoneInferred += 1;
    if (assumed.year) this.yearAssumed += 1;
    this.clocks.add({ source, timeNs, transportNs, operationId: record.operationId });
  }

  /** Sentences for people. `zone` is what times without one were taken in, given by somebody or assumed. */
  sentences(
    messages: Messages,
    zone: { readonly name: string; readonly isGiven: boolean },
  ): readonly string[] {
    const { records, lines, sources, cutLines } = this;
    const said = [messages.text('say.parse.done', { records, lines, sources })];
    if (this.formats.size > 0)
      said.push(messages.text('say.parse.formats', { formats: listOf(this.formats, messages) }));
    if (this.transports.size > 0)
      said.push(
        messages.text('say.parse.transports', { transports: listOf(this.transports, messages) }),
      );
    const counted = [
      ['say.parse.noTime', this.withoutTime],
      ['say.parse.zone', this.zoneAssumed],
      ['say.parse.zoneInferred', this.zoneInferred],
      ['say.parse.year', this.yearAssumed],
      ['say.import.cut', cutLines],
    ] as const;
    for (const [id, occurrences] of counted) {
      if (occurrences === 0) continue;
      const values = { count: occurrences, zone: zone.name, isGiven: String(zone.isGiven) };
      said.push(messages.text(id, values));
    }
    return [...said, ...this.clockSentences(messages)];
  }

  private clockSentences(messages: Messages): readonly string[] {
    return this.clocks
      .differences()
      .slice(0, DIFFERENCES_PRINTED_MAX)
      .map(({ source, other, differenceMs }) => {
        const values = {
          source: printable(source),
          other: printable(other),
          seconds: messages.number(Math.round(Math.abs(differenceMs) / 100) / 10),
          side: differenceMs < 0 ? 'behind' : 'ahead',
        };
        return other === ''
          ? messages.text('say.parse.transportClock', values)
          : messages.text('say.parse.clock', values);
      });
  }
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

function listOf(counts: ReadonlyMap<string, number>, messages: Messages): string {
  return [...counts]
    .toSorted(([, a], [, b]) => b - a)
    .map(([name, occurrences]) => `${printable(name)} ${messages.number(occurrences)}`)
    .join(messages.text('say.parse.separator'));
}
