/** The journal of this machine, or of a folder that `--directory` names. */
import { existsSync } from 'node:fs';
import {
  followJournal,
  journalUnits,
  type JournalSelection,
} from '@tendril/intake/sources/journald/follow-journal';
import { journalSource } from '@tendril/intake/sources/journald/journal-source';
import { namePattern } from '@tendril/intake/sources/name-pattern';
import { Failure } from '@tendril/model/failure';
import { namesText, TAIL_DEFAULT, type LogPlace, type Selection } from './log-place.ts';

/** Where systemd keeps journals; without one of them there is none to read. */
const JOURNAL_FOLDERS = ['/var/log/journal', '/run/log/journal'];

export function hasJournal(): boolean {
  return JOURNAL_FOLDERS.some((folder) => existsSync(folder));
}

export function journaldPlace({
  journalDirectory,
  pattern,
  sinceMs,
  tailLines,
  units,
}: Selection): LogPlace {
  const selectionOf = async (signal: AbortSignal): Promise<JournalSelection> => {
    const journal = { directory: journalDirectory, units };
    if (pattern === undefined) return journal;
    const isMeant = namePattern(pattern);
    const all = await journalUnits(journal, signal);
    const found = all.filter(isMeant);
    if (found.length > 0) return { ...journal, units: found };
    const known = namesText(all) || '-';
    const detail = `no unit of the journal matches ${pattern}; there are: ${known}`;
    throw new Failure({ code: 'no_units', detail, params: { asked: pattern, known } });
  };
  return {
    kind: 'journald',
    where: units.join(' ') || (pattern ?? '*'),
    async list(signal) {
      const { units: chosen } = await selectionOf(signal);
      const all =
        chosen.length > 0
          ? chosen
          : await journalUnits({ units, directory: journalDirectory }, signal);
      return {
        columns: [{ key: 'unit', title: 'list.column.unit' }],
        rows: all.map((unit) => [unit]),
      };
    },
    sources: async (signal) => {
      const source = journalSource(await selectionOf(signal), { sinceMs, tail: tailLines });
      return [{ name: source.name, open: async () => source }];
    },
    async *follow({ onEvent, signal }) {
      const tail = tailLines ?? (sinceMs === undefined ? TAIL_DEFAULT : undefined);
      const selection = await selectionOf(signal);
      const start = { sinceMs, tail };
      yield* followJournal({
        selection,
        id: 'journald',
        cursor: undefined,
        start,
        signal,
        onEvent,
      });
    },
    close: () => undefined,
  };
}
