/** Logs of a place as they are, one after the other: text with the log's name before each line, or NDJSON. */
import type { LineSource } from '@tendril/intake/sources/line-source';
import type { PendingSource } from '@tendril/intake/sources/registry';
import type { Invocation } from '../command.ts';
import { printable, printableJson } from '../output/printable.ts';
import type { LogPlace } from './log-place.ts';

export type PlaceFormat = 'txt' | 'ndjson';

export interface ExportedPlace {
  readonly pieces: AsyncIterable<Uint8Array>;
  readonly progress: Readonly<PlaceProgress>;
}

/** So far. */
interface PlaceProgress {
  readonly logsMax: number;
  logs: number;
  lines: number;
  /** The one that is read. */
  log: string;
  /** Those that could not be read, or not to their end, and why. */
  readonly failed: { readonly log: string; readonly error: unknown }[];
}

export async function exportPlace(
  invocation: Pick<Invocation, 'signal'>,
  place: LogPlace,
  format: PlaceFormat,
): Promise<ExportedPlace> {
  const { signal } = invocation;
  const sources = await place.sources(signal);
  const progress: PlaceProgress = {
    logsMax: sources.length,
    logs: 0,
    lines: 0,
    log: '',
    failed: [],
  };
  const pieces = async function* (): AsyncGenerator<Uint8Array> {
    for (const pending of sources) {
      progress.log = pending.name;
      try {
        yield* logPieces(pending, { format, progress, signal });
        progress.logs += 1;
      } catch (error) {
        signal.throwIfAborted();
        progress.failed.push({ log: pending.name, error });
      }
    }
  };
  return { pieces: pieces(), progress };
}

interface LogPrinting {
  readonly format: PlaceFormat;
  readonly progress: PlaceProgress;
  readonly signal: AbortSignal;
}

async function* logPieces(
  pending: PendingSource,
  { format, progress, signal }: LogPrinting,
): AsyncGenerator<Uint8Array> {
  signal.throwIfAborted();
  const source = await pending.open();
  for await (const { lines } of source.read({ signal })) {
    progress.lines += lines.length;
    const printed = lines.map((line) => `${printedLine(source, line, format)}\n`);
    yield Buffer.from(printed.join(''));
  }
}

function printedLine({ name, resource }: LineSource, line: string, format: PlaceFormat): string {
  return format === 'ndjson'
    ? printableJson({ log: name, line, resource })
    : `${printable(name)}  ${printable(line)}`;
}
