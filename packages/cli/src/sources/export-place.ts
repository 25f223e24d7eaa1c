/** Logs of a place as they are, one after the other: text with the log's name before each line, or NDJSON. */
import type { LineSource } from '@tendril/intake/sources/line-source';
import type { Invocation } from '../command.ts';
import { printable, printableJson } from '../output/printable.ts';
import type { LogPlace } from './log-place.ts';

export type PlaceFormat = 'txt' | 'ndjson';

export interface ExportedPlace {
  readonly pieces: AsyncIterable<Uint8Array>;
  /** So far. */
  readonly counts: { logs: number; lines: number };
}

export async function exportPlace(
  invocation: Invocation,
  place: LogPlace,
  format: PlaceFormat,
): Promise<ExportedPlace> {
  const { messages, signal, stderr } = invocation;
  const sources = await place.sources(signal);
  const counts = { logs: 0, lines: 0 };
  const pieces = async function* (): AsyncGenerator<Uint8Array> {
    for (const pending of sources) {
      signal.throwIfAborted();
      const source = await pending.open();
      for await (const { lines } of source.read({ signal })) {
        counts.lines += lines.length;
        const printed = lines.map((line) => `${printedLine(source, line, format)}\n`);
        yield Buffer.from(printed.join(''));
      }
      counts.logs += 1;
      if (!stderr.isTerminal) continue;
      const said = { done: counts.logs, all: sources.length, log: printable(source.name) };
      await stderr.line(stderr.style('dim', messages.text('say.export.log', said)));
    }
  };
  return { pieces: pieces(), counts };
}

function printedLine({ name, resource }: LineSource, line: string, format: PlaceFormat): string {
  return format === 'ndjson'
    ? printableJson({ log: name, line, resource })
    : `${printable(name)}  ${printable(line)}`;
}
