/** `tendril parse`: what would be stored of lines, without a server. */
import { randomBytes } from 'node:crypto';
import { linesSource } from '@tendril/intake/formats/body-source';
import type { FormatTable } from '@tendril/intake/format-table';
import { formatsWith, loadPacks } from '@tendril/intake/packs/load-packs';
import { createRedactor } from '@tendril/intake/redact/redactor';
import { RecordDesk, RecordReader, type ReadRecord } from '@tendril/intake/record-reader';
import type { LineSource } from '@tendril/intake/sources/line-source';
import { sourcesOf, type PendingSource } from '@tendril/intake/sources/registry';
import { Failure } from '@tendril/model/failure';
import type { Command, Invocation } from '../command.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { badUsage, isSet } from '../flag-values.ts';
import { printable, printableJson } from '../output/printable.ts';
import { RecordPrinter } from '../output/record-line.ts';
import { checkFormat, PACK_FLAGS, packFolders } from '../parsing/pack-flags.ts';
import { ParseSummary } from '../parsing/parse-summary.ts';
import { withQuiet } from '../parsing/quiet-batches.ts';
import {
  lineOrigin,
  ORIGIN_FLAGS,
  withAttributes,
  type LineOrigin,
} from '../shipping/line-origin.ts';

export const parse: Command = {
  name: 'parse',
  summary: 'parse.summary',
  usage: 'parse PATH… | - [--format NAME] [--zone ZONE] [--service NAME] [--json]',
  examples: [
    { line: 'parse app.log', summary: 'parse.example.file' },
    {
      line: 'parse - --json < <(kubectl logs api) | jq .format',
      summary: 'parse.example.pipe',
    },
    { line: 'parse app.log --format openim --zone +08:00', summary: 'parse.example.format' },
  ],
  flags: {
    ...ORIGIN_FLAGS,
    ...PACK_FLAGS,
    full: { type: 'boolean', summary: 'search.flag.full' },
  },

  async run(invocation) {
    const { flags, positionals, stdin, messages, signal } = invocation;
    if (positionals.length === 0) {
      throw badUsage(messages.text('say.usage.missing', { what: ' PATH' }).trim());
    }
    const origin = lineOrigin(flags);
    const packs = loadPacks({ folders: packFolders(invocation), sections: ['formats'] });
    const formats = formatsWith(packs);
    checkFormat(origin, formats);
    const sources = await sourcesOf(positionals, { stdin });
    const parsing = new Parsing(invocation, origin, formats);
    for (const source of sources) {
      if (signal.aborted) break;
      await parsing.take(source);
    }
    return await parsing.finish();
  },
};

class Parsing {
  private readonly invocation: Invocation;
  private readonly origin: LineOrigin;
  private readonly formats: FormatTable;
  private readonly desk: RecordDesk;
  private readonly summary = new ParseSummary();
  private readonly print: (read: ReadRecord) => string;
  private skipped = 0;

  constructor(invocation: Invocation, origin: LineOrigin, formats: FormatTable) {
    this.formats = formats;
    this.invocation = invocation;
    this.origin = origin;
    // Of this run alone: equal secrets look equal in its output, and nowhere else.
    const redactor = createRedactor({ key: randomBytes(32) });
    const { flags, nowMs, stdout } = invocation;
    this.desk = new RecordDesk({ redactor, nowMs });
    const printer = new RecordPrinter(stdout, { full: isSet(flags, 'full') });
    const isForPeople = stdout.isTerminal && !isSet(flags, 'json');
    this.print = isForPeople ? ({ record }) => printer.print(record) : jsonOf;
  }

  async take(pending: PendingSource): Promise<void> {
    const { signal } = this.invocation;
    try {
      await this.read(await pending.open());
    } catch (error) {
      if (signal.aborted) return;
      // One file that cannot be read must not keep the others out.
      if (!(error instanceof Failure) || !OF_ONE_FILE.has(error.code)) throw error;
      this.skipped += 1;
      await this.saySkipped(pending.name, error);
    }
  }

  async finish(): Promise<ExitCode> {
    const { stderr, messages, signal } = this.invocation;
    const { zone, hostZone = 'UTC' } = this.origin;
    const taken = { name: zone ?? hostZone, isGiven: zone !== undefined };
    for (const sentence of this.summary.sentences(messages, taken)) {
      await stderr.line(stderr.style('dim', sentence));
    }
    if (signal.aborted) return EXIT.interrupted;
    if (this.skipped > 0) return EXIT.partial;
    return this.summary.records > 0 ? EXIT.ok : EXIT.nothingFound;
  }

  private async read(source: LineSource): Promise<void> {
    const { nowMs, signal } = this.invocation;
    const { name, modifiedAtMs } = source;
    const asOfMs = modifiedAtMs ?? nowMs();
    const origin = withAttributes(this.origin, source.resource);
    const nowNs = BigInt(Math.trunc(asOfMs)) * 1_000_000n;
    const reader = new RecordReader({
      source: linesSource(origin, this.formats, nowNs),
      desk: this.desk,
    });
    this.summary.addSource();
    for await (const batch of withQuiet(source.read({ signal }))) {
      await this.show(name, batch ? reader.read(batch.lines) : reader.flush());
      this.summary.cutLines += batch?.cutLines ?? 0;
    }
    await this.show(name, reader.flush());
  }

  private async show(source: string, records: readonly ReadRecord[]): Promise<void> {
    if (records.length === 0) return;
    for (const record of records) this.summary.add(source, record);
    await this.invocation.stdout.write(records.map((record) => `${this.print(record)}\n`).join(''));
  }

  private async saySkipped(path: string, { code, params, message }: Failure): Promise<void> {
    const { stderr, messages } = this.invocation;
    const reason = printable(messages.failure({ code, params, detail: message }));
    await stderr.line(messages.text('say.import.skipped', { path: printable(path), reason }));
  }
}

const OF_ONE_FILE: ReadonlySet<string> = new Set(['unreadable_file', 'binary_file']);

// The record as everywhere, then how it was read.
function jsonOf({ record, facts }: ReadRecord): string {
  const { format, transports, lineCount, assumed } = facts;
  return printableJson({
    ...record,
    format: format?.name ?? '',
    transports,
    physicalLines: lineCount,
    line: record.original === '' ? record.body : record.original,
    assumed: Object.entries(assumed).flatMap(([name, isAssumed]) => (isAssumed ? [name] : [])),
  });
}
