/** `tendril import`: lines of files and standard input to the server, resumable. */
import type { IngestResponse } from '@tendril/api/ingest';
import { sourcesOf, type PendingSource } from '@tendril/intake/sources/registry';
import { Failure, messageOf } from '@tendril/model/failure';
import type { Command, Invocation } from '../command.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { badUsage, countFlag, isSet } from '../flag-values.ts';
import { printable, printableJson } from '../output/printable.ts';
import { bytesText } from '../output/quantity.ts';
import { ImportMeter } from '../shipping/import-meter.ts';
import { ImportProgress, importProgressPath } from '../shipping/import-progress.ts';
import { importSource } from '../shipping/import-source.ts';
import { lineOrigin, ORIGIN_FLAGS } from '../shipping/line-origin.ts';

const PARALLEL_DEFAULT = 4;

export const importLines: Command = {
  name: 'import',
  summary: 'import.summary',
  usage:
    'import PATH… [--service NAME] [--env NAME] [--resource KEY=VALUE] [--zone ZONE] [--format NAME]',
  examples: [
    { line: 'import /var/log/nginx ./logs/*.gz', summary: 'import.example.files' },
    { line: 'import - --service api < api.log', summary: 'import.example.stdin' },
    { line: 'import app.log --zone UTC', summary: 'import.example.zone' },
  ],
  flags: {
    ...ORIGIN_FLAGS,
    parallel: {
      type: 'string',
      value: 'N',
      summary: 'import.flag.parallel',
      default: String(PARALLEL_DEFAULT),
    },
    restart: { type: 'boolean', summary: 'import.flag.restart' },
  },

  async run(invocation) {
    const { flags, positionals, stdin, stderr, messages, nowMs, signal } = invocation;
    if (positionals.length === 0) {
      throw badUsage(messages.text('say.usage.missing', { what: ' PATH' }).trim());
    }
    const parallel = countFlag(flags, 'parallel', { min: 1, max: 64 }) ?? PARALLEL_DEFAULT;
    const origin = lineOrigin(flags);
    const sources = await sourcesOf(positionals, { stdin });
    const progress = new ImportProgress({
      path: importProgressPath(invocation.environment),
      server: invocation.serverUrl,
      nowMs,
    });
    const meter = new ImportMeter({ stderr, messages, nowMs });
    const totals = new Totals();
    const shared = { ...invocation, origin, parallel, progress, meter };
    try {
      await importAll(
        sources,
        totals,
        async (pending) => {
          const source = await pending.open();
          await importSource(source, { ...shared, totals, isRestart: isSet(flags, 'restart') });
        },
        { meter, signal },
      );
    } finally {
      progress.save();
      await meter.clear();
    }
    return await summarise(invocation, totals, meter);
  },
};

/** What came of all sources. */
export class Totals {
  files = 0;
  unchangedFiles = 0;
  records = 0;
  duplicates = 0;
  cutLines = 0;
  readonly rejected: Map<string, number> = new Map();
  rejectedMessage = '';
  readonly skipped: { readonly path: string; readonly reason: Failure }[] = [];

  add({ accepted, rejected, message, duplicate }: IngestResponse): void {
    if (duplicate) this.duplicates += accepted;
    this.records += accepted;
    for (const [reason, count] of Object.entries(rejected)) {
      this.rejected.set(reason, (this.rejected.get(reason) ?? 0) + count);
    }
    if (this.rejectedMessage === '') this.rejectedMessage = message;
  }
}

async function importAll(
  sources: readonly PendingSource[],
  totals: Totals,
  importOne: (source: PendingSource) => Promise<void>,
  { meter, signal }: { readonly meter: ImportMeter; readonly signal: AbortSignal },
): Promise<void> {
  meter.start(sources.map(({ name }) => name));
  for (const source of sources) {
    try {
      await importOne(source);
    } catch (error) {
      if (signal.aborted) return;
      // One file that cannot be read must not keep the others out.
      if (!(error instanceof Failure) || !OF_ONE_FILE.has(error.code)) throw error;
      totals.skipped.push({ path: source.name, reason: error });
    }
  }
}

const OF_ONE_FILE: ReadonlySet<string> = new Set(['unreadable_file', 'binary_file']);

async function summarise(
  { flags, stdout, stderr, messages, signal }: Invocation,
  totals: Totals,
  meter: ImportMeter,
): Promise<ExitCode> {
  const say = async (text: string): Promise<void> => stderr.line(text);
  for (const { path, reason } of totals.skipped) {
    const sentence = messages.failure({
      code: reason.code,
      params: reason.params,
      detail: messageOf(reason),
    });
    await say(
      messages.text('say.import.skipped', { path: printable(path), reason: printable(sentence) }),
    );
  }
  if (isSet(flags, 'json')) await stdout.line(printableJson(asJson(totals, meter)));
  else await sayDone(totals, meter, { messages, say });
  if (signal.aborted) {
    await say(messages.text('say.import.interrupted'));
    return EXIT.interrupted;
  }
  return totals.skipped.length > 0 || totals.rejected.size > 0 ? EXIT.partial : EXIT.ok;
}

function asJson(totals: Totals, { readBytes, seconds }: ImportMeter): object {
  const { files, unchangedFiles, records, duplicates, cutLines, rejected, skipped } = totals;
  return {
    files,
    unchangedFiles,
    records,
    duplicates,
    cutLines,
    rejected: Object.fromEntries(rejected),
    skipped: skipped.map(({ path, reason }) => ({
      path,
      code: reason.code,
      detail: reason.message,
    })),
    readBytes,
    seconds,
  };
}

interface Speech {
  readonly messages: Invocation['messages'];
  readonly say: (text: string) => Promise<void>;
}

async function sayDone(
  totals: Totals,
  meter: ImportMeter,
  { messages, say }: Speech,
): Promise<void> {
  const { files, unchangedFiles, records, duplicates, cutLines, rejected, rejectedMessage } =
    totals;
  const seconds = meter.seconds;
  if (files > 0 || unchangedFiles === 0) {
    const rate = messages.number(Math.round(records / Math.max(seconds, 0.001)));
    const size = bytesText(meter.readBytes);
    await say(
      messages.text('say.import.done', { records, files, size, seconds: seconds.toFixed(1), rate }),
    );
  }
  if (unchangedFiles > 0)
    await say(messages.text('say.import.unchanged', { files: unchangedFiles }));
  if (duplicates > 0)
    await say(messages.text('say.import.duplicate', { count: messages.number(duplicates) }));
  if (cutLines > 0) await say(messages.text('say.import.cut', { count: cutLines }));
  for (const [reason, count] of rejected) {
    const message = printable(rejectedMessage);
    await say(
      messages.text('say.import.rejected', {
        count: messages.number(count),
        reason: printable(reason),
        message,
      }),
    );
  }
}
