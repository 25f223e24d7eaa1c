/**
 * The journal of systemd, as `journalctl` reads it: a child process that prints entries as JSON, followed from a
 * cursor on. Selected by unit, it has what systemd itself says of a unit too: exits, and restarts.
 */
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { Failure, messageOf } from '@tendril/model/failure';
import { LineSplitter } from '../line-splitter.ts';
import type { OriginLines, SourceEvent, StreamPlace } from '../origin-lines.ts';
import { waitFor } from '../timed/silence-watch.ts';

export interface JournalSelection {
  /** All of the journal when empty. Globs as systemd has them. */
  readonly units: readonly string[];
  /** Folder of another journal than this machine's. */
  readonly directory?: string | undefined;
}

export interface JournalStart {
  readonly sinceMs?: number | undefined;
  /** Entries before those that come; all when undefined. */
  readonly tail?: number | undefined;
}

export interface FollowJournalOptions {
  readonly selection: JournalSelection;
  /** Of places: one journal may be read with several selections. */
  readonly id: string;
  readonly cursor: string | undefined;
  readonly start: JournalStart;
  readonly signal: AbortSignal;
  readonly onEvent: (event: SourceEvent) => void;
}

const PROGRAM = 'journalctl';
const PAUSE_MS = { min: 500, max: 15_000 };
/** Of what the program says when it fails. */
const COMPLAINT_LENGTH_MAX = 2_000;
const CURSOR = /"__CURSOR"\s*:\s*"((?:[^"\\]|\\.)*)"/;

/** Until the signal is given. */
export async function* followJournal(options: FollowJournalOptions): AsyncGenerator<OriginLines> {
  const { onEvent, selection, signal } = options;
  const path = nameOf(selection);
  let { cursor } = options;
  onEvent({ kind: 'opened', path, detail: '' });
  let pauseMs = PAUSE_MS.min;
  while (!signal.aborted) {
    try {
      for await (const lines of entries(options, journalArguments(options, cursor))) {
        const place = lines.placeAfter(lines.lines.length);
        cursor = place.cursor || cursor;
        pauseMs = PAUSE_MS.min;
        yield lines;
      }
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof Failure) throw error;
      onEvent({ kind: 'interrupted', path, detail: messageOf(error) });
    }
    await waitFor(pauseMs, signal);
    pauseMs = Math.min(PAUSE_MS.max, pauseMs * 2);
  }
}

/** What is there, once. */
export async function* readJournal(
  options: Omit<FollowJournalOptions, 'cursor'>,
): AsyncGenerator<OriginLines> {
  const [, ...args] = journalArguments(options, undefined);
  yield* entries(options, args);
}

/** The units that the journal has entries of. */
export async function journalUnits(
  selection: JournalSelection,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const args = ['--field=_SYSTEMD_UNIT', '--no-pager', ...whichJournal(selection)];
  const units: string[] = [];
  for await (const { lines } of printed(args, signal)) units.push(...lines);
  return units.toSorted();
}

function journalArguments(
  { selection, start }: Pick<FollowJournalOptions, 'selection' | 'start'>,
  cursor: string | undefined,
): readonly string[] {
  return [
    '--follow',
    '--output=json',
    // Long fields and those that are not text would come as null.
    '--all',
    '--no-pager',
    '--quiet',
    ...startArguments(start, cursor),
    ...whichJournal(selection),
    ...selection.units.map((unit) => `--unit=${unit}`),
  ];
}

function startArguments({ sinceMs, tail }: JournalStart, cursor: string | undefined): string[] {
  if (cursor !== undefined && cursor !== '') return ['--no-tail', `--after-cursor=${cursor}`];
  const since = sinceMs === undefined ? [] : [`--since=@${Math.floor(sinceMs / 1000)}`];
  return [...since, tail === undefined ? '--lines=all' : `--lines=${tail}`];
}

/** For people. */
function nameOf({ units }: JournalSelection): string {
  return ['journald', ...units].join(' ');
}

function whichJournal({ directory }: JournalSelection): string[] {
  return directory === undefined ? [] : [`--directory=${directory}`];
}

async function* entries(
  { id, selection, signal }: Pick<FollowJournalOptions, 'id' | 'selection' | 'signal'>,
  args: readonly string[],
): AsyncGenerator<OriginLines> {
  const origin = { id, name: nameOf(selection), resource: {} };
  for await (const { cutLines, lines } of printed(args, signal)) {
    const placeAfter = (count: number): StreamPlace => ({
      id,
      cursor: cursorOf(lines[count - 1] ?? ''),
    });
    yield { origin, lines, placeAfter, cutLines };
  }
}

function cursorOf(line: string): string {
  const [, cursor = ''] = CURSOR.exec(line) ?? [];
  return cursor;
}

interface PrintedLines {
  readonly lines: readonly string[];
  readonly cutLines: number;
}

async function* printed(
  args: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<PrintedLines> {
  const child = spawn(PROGRAM, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = endOf(child);
  const stop = (): void => void child.kill();
  signal.addEventListener('abort', stop, { once: true });
  const splitter = new LineSplitter();
  try {
    for await (const chunk of child.stdout) {
      const cutBefore = splitter.cutLines;
      const { lines } = splitter.push(chunk as Buffer);
      if (lines.length > 0) yield { lines, cutLines: splitter.cutLines - cutBefore };
    }
    const complaint = await ended;
    if (complaint !== undefined && !signal.aborted) throw new Error(complaint);
  } finally {
    signal.removeEventListener('abort', stop);
    child.kill();
    // Its end has to be awaited, or its failure would be nobody's.
    await ended.catch(() => undefined);
  }
}

/** What the program complains of; undefined when it ended well. Throws a `Failure` when there is no such program. */
async function endOf(
  child: ChildProcessByStdio<null, Readable, Readable>,
): Promise<string | undefined> {
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => {
    if (complaint.length < COMPLAINT_LENGTH_MAX) complaint += chunk.toString();
  });
  try {
    const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
    return code === 0 ? undefined : complaint.trim() || `it ended with ${code ?? signal ?? ''}`;
  } catch (cause) {
    const reason = messageOf(cause);
    throw new Failure({
      code: 'no_journalctl',
      detail: `cannot run ${PROGRAM}: ${reason}`,
      params: { program: PROGRAM, reason },
      cause,
    });
  }
}
