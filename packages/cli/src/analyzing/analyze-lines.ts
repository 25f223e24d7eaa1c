/** Lines into an analysis. */
import type { Analysis } from '@tendril/intake/analysis/analysis';
import { RecordFeed } from '@tendril/intake/analysis/record-feed';
import type { FormatTable } from '@tendril/intake/format-table';
import { linesSource } from '@tendril/intake/formats/body-source';
import type { LineBatch } from '@tendril/intake/sources/line-source';
import type { LineOrigin } from '../shipping/line-origin.ts';

export interface AnalyzeSource {
  readonly name: string;
  readonly asOfMs: number;
  readonly lines: AsyncIterable<LineBatch>;
}

export interface AnalyzeContext {
  readonly analysis: Analysis;
  readonly formats: FormatTable;
  readonly origin: LineOrigin;
  readonly onRead: (bytes: number) => void;
}

/** Returns how many times were taken in the zone that the source was assumed to have. */
export async function analyzeLines(
  { asOfMs, lines, name }: AnalyzeSource,
  { analysis, formats, onRead, origin }: AnalyzeContext,
): Promise<number> {
  const path = `log.file.path=${encodeURIComponent(name)}`;
  const resource = [path, origin.resource].filter(Boolean).join(',');
  const nowNs = BigInt(Math.trunc(asOfMs)) * 1_000_000n;
  const feed = new RecordFeed(linesSource({ ...origin, resource }, formats, nowNs), (record) =>
    analysis.add(record),
  );
  let before = 0;
  for await (const batch of lines) {
    for (const line of batch.lines) feed.push(line);
    onRead(batch.readBytes - before);
    before = batch.readBytes;
  }
  feed.flush();
  return feed.facts.zoneAssumed;
}
