/** journalctl over a journal that systemd wrote. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isPeerMissing } from '@tendril/testkit/debian-peer';
import { JOURNAL_REMOTE, writeJournal, type JournalEntry } from '@tendril/testkit/journal-folder';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SourceEvent } from '../origin-lines.ts';
import { followJournal, journalUnits } from './follow-journal.ts';
import { journalSource } from './journal-source.ts';

const FIRST_MS = Date.parse('2026-06-02T08:00:00Z');

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tendril-journal-'));
});
afterEach(async () => await rm(folder, { recursive: true }));

function entryOf(unit: string, message: string): JournalEntry {
  return {
    MESSAGE: message,
    PRIORITY: '6',
    _SYSTEMD_UNIT: unit,
    _PID: '812',
    SYSLOG_IDENTIFIER: unit.replace('.service', ''),
  };
}

/** As systemd tells of a unit: in its own name. */
const EXITED: JournalEntry = {
  MESSAGE: 'openim-api.service: Main process exited, code=exited, status=2/INVALIDARGUMENT',
  PRIORITY: '5',
  _PID: '1',
  _UID: '0',
  _COMM: 'systemd',
  _SYSTEMD_UNIT: 'init.scope',
  UNIT: 'openim-api.service',
  EXIT_CODE: 'exited',
  EXIT_STATUS: '2',
};

async function follow(
  { cursor, units = [] }: { readonly cursor?: string; readonly units?: readonly string[] },
  count: number,
  onCount: (count: number) => void = () => undefined,
): Promise<{ readonly messages: readonly string[]; readonly cursor: string }> {
  const stopping = new AbortController();
  const messages: string[] = [];
  const events: SourceEvent[] = [];
  let last = '';
  const following = followJournal({
    selection: { units, directory: folder },
    id: 'journald:test',
    cursor,
    start: {},
    signal: stopping.signal,
    onEvent: (event) => events.push(event),
  });
  for await (const { lines, placeAfter } of following) {
    messages.push(...lines.map((line) => String((JSON.parse(line) as JournalEntry)['MESSAGE'])));
    last = placeAfter(lines.length).cursor;
    if (messages.length >= count) stopping.abort();
    else onCount(messages.length);
  }
  const path = ['journald', ...units].join(' ');
  expect(events).toEqual([{ kind: 'opened', path, detail: '' }]);
  return { messages, cursor: last };
}

describe.skipIf(isPeerMissing(JOURNAL_REMOTE))('followJournal', () => {
  test('reads what is there, then what is written, and goes on behind its cursor', async () => {
    const [one = {}, two = {}, three = {}] = ['one', 'two', 'three'].map((text) =>
      entryOf('openim-api.service', text),
    );
    await writeJournal(folder, [one, two], FIRST_MS);
    let writing: Promise<void> | undefined;
    const first = await follow({}, 3, () => {
      writing ??= writeJournal(folder, [three], FIRST_MS + 5_000);
    });
    await writing;
    expect(first.messages).toEqual(['one', 'two', 'three']);
    await writeJournal(folder, [entryOf('openim-api.service', 'four')], FIRST_MS + 9_000);
    const second = await follow({ cursor: first.cursor }, 1);
    expect(second.messages).toEqual(['four']);
  });

  test('takes units, with what systemd says of them', async () => {
    const api = entryOf('openim-api.service', 'of the api');
    await writeJournal(folder, [entryOf('ssh.service', 'of ssh'), api, EXITED], FIRST_MS);
    const { messages } = await follow({ units: ['openim-api.service'] }, 2);
    expect(messages).toEqual(['of the api', EXITED['MESSAGE']]);
    const selection = { units: [], directory: folder };
    expect(await journalUnits(selection, new AbortController().signal)).toContain('ssh.service');
  });

  test('reads once as a line source', async () => {
    await writeJournal(folder, [entryOf('a.service', 'x'), entryOf('b.service', 'y')], FIRST_MS);
    const lines: string[] = [];
    const source = journalSource({ units: [], directory: folder }, { tail: 1 });
    for await (const batch of source.read({})) lines.push(...batch.lines);
    expect(lines.map((line) => (JSON.parse(line) as JournalEntry)['MESSAGE'])).toEqual(['y']);
  });
});
