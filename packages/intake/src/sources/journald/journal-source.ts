/** A journal as it is now, as a line source: read to its end, once. */
import type { LineBatch, LineSource } from '../line-source.ts';
import { readJournal, type JournalSelection, type JournalStart } from './follow-journal.ts';

export function journalSource(selection: JournalSelection, start: JournalStart): LineSource {
  return {
    name: selection.units.join(' ') || 'journald',
    resource: {},
    sizeBytes: undefined,
    modifiedAtMs: undefined,
    read: ({ signal = new AbortController().signal }) => batches(selection, start, signal),
  };
}

async function* batches(
  selection: JournalSelection,
  start: JournalStart,
  signal: AbortSignal,
): AsyncGenerator<LineBatch> {
  let readBytes = 0;
  const options = { selection, start, signal, id: '', onEvent: () => undefined };
  for await (const { cutLines, lines } of readJournal(options)) {
    readBytes += lines.reduce((sum, line) => sum + line.length + 1, 0);
    yield { lines, checkpointAfter: () => undefined, readBytes, cutLines };
  }
}
