/** `tendril export`: everything that a query finds, as a file or to another program. */
import { open, rename, rm } from 'node:fs/promises';
import { EXPORT_FORMATS, EXPORT_ROWS_MAX, printColumnNames } from '@tendril/api/log-export';
import { Failure } from '@tendril/model/failure';
import type { Command, FlagValues, Invocation } from '../command.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { badUsage, badValue, countFlag, isSet, textFlag } from '../flag-values.ts';
import { failureText } from '../output/failure-text.ts';
import { printable } from '../output/printable.ts';
import { ProgressLine } from '../output/progress-line.ts';
import { bytesText } from '../output/quantity.ts';
import { RANGE_FLAGS, rangeOf } from '../range-flags.ts';
import { choosePlace, openPlace } from '../sources/choose-place.ts';
import { exportPlace, type PlaceFormat } from '../sources/export-place.ts';
import { hasSelection, placeFlag, SINCE_FLAGS, SOURCE_FLAGS } from '../sources/source-flags.ts';

type Format = (typeof EXPORT_FORMATS)[number];

export const exportRecords: Command = {
  name: 'export',
  summary: 'export.summary',
  usage:
    'export [QUERY] [--since DURATION | --from TIME --to TIME] [--format NAME] [--columns NAMES] [--limit N] [--output FILE] | export -n NAMESPACE [-p PATTERN] [-t TIME] [--from PLACE]',
  examples: [
    { line: "export 'level:error' --since 1d --output errors.csv", summary: 'export.example.file' },
    {
      line: "export 'service.name:openim-push' --since 7d --output push.parquet",
      summary: 'export.example.parquet',
    },
    {
      line: "export '* | stats count() by service.name' --format ndjson > counts.ndjson",
      summary: 'export.example.table',
    },
  ],
  flags: {
    ...SOURCE_FLAGS,
    ...RANGE_FLAGS,
    ...SINCE_FLAGS,
    format: { type: 'string', value: 'NAME', summary: 'export.flag.format' },
    columns: { type: 'string', value: 'NAMES', summary: 'export.flag.columns' },
    limit: { type: 'string', value: 'N', summary: 'export.flag.limit' },
    output: { type: 'string', short: 'o', value: 'FILE', summary: 'export.flag.output' },
  },

  async run(invocation) {
    if (hasSelection(invocation.flags) && placeFlag(invocation.flags) !== 'server') {
      return await exportLogs(invocation);
    }
    const { api, flags, nowMs, positionals, signal, stdout, stderr, messages } = invocation;
    const file = textFlag(flags, 'output');
    const format = formatOf(flags, file);
    if (file === undefined && stdout.isTerminal && format !== 'txt') {
      throw badUsage(messages.text('say.export.terminal'));
    }
    const response = await api.exportLogs(
      {
        query: positionals.join(' '),
        ...rangeOf(placeFlag(flags) === 'server' ? { ...flags, from: undefined } : flags),
        format,
        columns: printColumnNames(namesOf(flags)),
        ...(textFlag(flags, 'limit') !== undefined && {
          limit: countFlag(flags, 'limit', { min: 1, max: EXPORT_ROWS_MAX }),
        }),
      },
      signal,
    );
    const startedMs = nowMs();
    const pieces = shown(invocation, unbroken(response.body ?? [], signal), (bytes) => {
      const seconds = Math.max(0.001, (nowMs() - startedMs) / 1000);
      const values = { size: bytesText(bytes), rate: bytesText(bytes / seconds) };
      return messages.text('say.export.progress', values);
    });
    if (file === undefined) {
      for await (const piece of pieces) await stdout.write(piece);
      return EXIT.ok;
    }
    const bytes = await writeWhole(file, pieces);
    const values = { file: printable(file), size: bytesText(bytes) };
    await stderr.line(messages.text('say.export.done', values));
    return EXIT.ok;
  },
};

/** Logs where they are: of pods, containers, the journal. */
async function exportLogs(invocation: Invocation): Promise<ExitCode> {
  const { flags, messages, stderr, stdout } = invocation;
  const file = textFlag(flags, 'output');
  const kind = choosePlace(invocation);
  if (kind === 'server') throw badUsage(messages.text('say.export.place'));
  const place = await openPlace(invocation, kind);
  try {
    const exported = await exportPlace(invocation, place, placeFormat(flags, file));
    const { progress } = exported;
    const pieces = shown(invocation, exported.pieces, (bytes) => {
      const { lines, log, logs, logsMax } = progress;
      const values = { done: logs, all: logsMax, log: printable(log), lines };
      return messages.text('say.export.log', { ...values, size: bytesText(bytes) });
    });
    if (file === undefined) for await (const piece of pieces) await stdout.write(piece);
    else await writeWhole(file, pieces);
    const { failed, lines, logs } = progress;
    for (const { error, log } of failed) {
      const said = { path: printable(log), reason: failureText(error, messages) };
      await stderr.line(messages.text('say.import.skipped', said));
    }
    await stderr.line(
      messages.text('say.export.logs', { lines, logs, where: printable(place.where) }),
    );
    if (failed.length > 0) return EXIT.partial;
    return lines > 0 ? EXIT.ok : EXIT.nothingFound;
  } finally {
    place.close();
  }
}

function placeFormat(flags: FlagValues, file: string | undefined): PlaceFormat {
  const told = textFlag(flags, 'format') ?? (isSet(flags, 'json') ? 'ndjson' : undefined);
  if (told !== undefined && told !== 'txt' && told !== 'ndjson') {
    throw badValue('--format', told, 'txt, ndjson');
  }
  return told ?? (/\.(?:ndjson|jsonl)$/i.test(file ?? '') ? 'ndjson' : 'txt');
}

/** The pieces, with a line that says how far they are where they are not what the terminal shows. */
async function* shown(
  { flags, nowMs, stderr, stdout }: Invocation,
  pieces: AsyncIterable<Uint8Array>,
  text: (bytes: number) => string,
): AsyncGenerator<Uint8Array> {
  const line = new ProgressLine({ stderr, nowMs });
  const isSeen = stdout.isTerminal && textFlag(flags, 'output') === undefined;
  let bytes = 0;
  try {
    for await (const piece of pieces) {
      bytes += piece.byteLength;
      const now = bytes;
      if (!isSeen) await line.draw(() => text(now));
      yield piece;
    }
  } finally {
    await line.clear();
  }
}

/** The server breaks off what it cannot send whole. */
async function* unbroken(
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  try {
    yield* pieces;
  } catch (cause) {
    if (signal.aborted) throw cause;
    throw new Failure({
      code: 'export_broken',
      detail:
        'the export broke off: the server reached a limit or went away; what came is not whole',
      cause,
    });
  }
}

/** Told, or what the file's name ends with. */
function formatOf(flags: FlagValues, file: string | undefined): Format {
  const told = textFlag(flags, 'format') ?? (isSet(flags, 'json') ? 'ndjson' : undefined);
  const ending = /\.(\w+)$/.exec(file ?? '')?.[1]?.toLowerCase();
  const name = told ?? (ending === 'jsonl' ? 'ndjson' : ending);
  const format = EXPORT_FORMATS.find((each) => each === name);
  if (format) return format;
  if (told !== undefined) throw badValue('--format', told, EXPORT_FORMATS.join(', '));
  return file === undefined ? 'txt' : 'csv';
}

function namesOf(flags: FlagValues): readonly string[] {
  const names = textFlag(flags, 'columns')?.split(',') ?? [];
  return names.map((name) => name.trim()).filter((name) => name !== '');
}

/** Under its name only when it is whole. */
async function writeWhole(file: string, pieces: AsyncIterable<Uint8Array>): Promise<number> {
  const part = `${file}.part`;
  const handle = await open(part, 'w');
  let bytes = 0;
  try {
    for await (const piece of pieces) {
      await handle.writeFile(piece);
      bytes += piece.byteLength;
    }
    await handle.close();
    await rename(part, file);
    return bytes;
  } catch (error) {
    await handle.close();
    await rm(part, { force: true });
    throw error;
  }
}
