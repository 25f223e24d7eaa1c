/** `tendril analyze`: what an expert would say first of log files, without a server. */
import { randomBytes } from 'node:crypto';
import { constants } from 'node:os';
import { Analysis } from '@tendril/intake/analysis/analysis';
import { keyOfError } from '@tendril/intake/analysis/known-failures';
import type { FormatTable } from '@tendril/intake/format-table';
import { reportOf, type AnalysisReport } from '@tendril/intake/analysis/report';
import type { KnownErrors } from '@tendril/intake/packs/known-errors';
import {
  formatsWith,
  knownErrorsOf,
  loadPacks,
  type Packs,
} from '@tendril/intake/packs/load-packs';
import { createRedactor } from '@tendril/intake/redact/redactor';
import { STDIN_NAME } from '@tendril/intake/sources/stdin/stdin-source';
import { sourcesOf, type PendingSource } from '@tendril/intake/sources/registry';
import { UTC, zoneOf } from '@tendril/intake/zone';
import { Failure, messageOf } from '@tendril/model/failure';
import { parseTime } from '@tendril/query/time-value';
import { analyzeLines } from '../analyzing/analyze-lines.ts';
import { partsOf, type FilePart } from '../analyzing/analyze-parts.ts';
import { analyzeInThreads } from '../analyzing/analyze-threads.ts';
import {
  ReportPrinter,
  type ExplainedCount,
  type ExplainedFailure,
  type ExplainedStep,
} from '../analyzing/report-printer.ts';
import type { Command, Invocation } from '../command.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { badUsage, badValue, countFlag, isSet, textFlag } from '../flag-values.ts';
import { printable, printableJson } from '../output/printable.ts';
import { checkFormat, PACK_FLAGS, packFolders } from '../parsing/pack-flags.ts';
import { ImportMeter } from '../shipping/import-meter.ts';
import { lineOrigin, ORIGIN_FLAGS } from '../shipping/line-origin.ts';

const ROWS_DEFAULT = 10;
/** Of the pack `host`. */
const EXIT_TABLE = 'exit';
/** Less is read before threads are ready. */
const THREADS_BYTES_MIN: number = 24 * 1024 * 1024;

export const analyze: Command = {
  name: 'analyze',
  summary: 'analyze.summary',
  usage: 'analyze PATH… | - [--since TIME] [--rows N] [--zone ZONE] [--json]',
  examples: [
    { line: 'analyze logs/', summary: 'analyze.example.folder' },
    { line: 'analyze build.log', summary: 'analyze.example.build' },
    { line: 'kubectl logs api --since 1h | tendril analyze -', summary: 'analyze.example.pipe' },
  ],
  flags: {
    since: { type: 'string', value: 'TIME', summary: 'analyze.flag.since', short: 't' },
    rows: {
      type: 'string',
      value: 'N',
      summary: 'analyze.flag.rows',
      default: String(ROWS_DEFAULT),
    },
    ...PACK_FLAGS,
    ...ORIGIN_FLAGS,
  },

  async run(invocation) {
    const { messages, positionals, signal } = invocation;
    if (positionals.length === 0) {
      throw badUsage(messages.text('say.usage.missing', { what: ' PATH' }).trim());
    }
    const analyzing = new Analyzing(invocation);
    await analyzing.read();
    if (signal.aborted) return EXIT.interrupted;
    return await analyzing.tell();
  },
};

class Analyzing {
  private readonly invocation: Invocation;
  private readonly packFolders: readonly string[];
  private readonly packs: Packs;
  private readonly formats: FormatTable;
  private readonly known: KnownErrors;
  private readonly origin: ReturnType<typeof lineOrigin>;
  private readonly redactionKey = randomBytes(32);
  private readonly sinceMs: number | undefined;
  private readonly analysis: Analysis;
  private readonly meter: ImportMeter;
  private sourceCount = 0;
  private skipped = 0;
  private zoneAssumed = 0;
  private readBytes = 0;

  constructor(invocation: Invocation) {
    const { flags, messages, nowMs, stderr } = invocation;
    this.invocation = invocation;
    this.origin = lineOrigin(flags);
    this.packFolders = packFolders(invocation);
    this.packs = loadPacks({ folders: this.packFolders });
    this.formats = formatsWith(this.packs);
    this.known = knownErrorsOf(this.packs);
    checkFormat(this.origin, this.formats);
    this.sinceMs = sinceOf(invocation);
    this.meter = new ImportMeter({ stderr, messages, nowMs });
    this.analysis = new Analysis({
      known: this.known,
      redactor: createRedactor({ key: this.redactionKey }),
      sinceMs: this.sinceMs,
    });
  }

  async read(): Promise<void> {
    const { positionals, stdin } = this.invocation;
    const sources = await sourcesOf(positionals, { stdin });
    this.sourceCount = sources.length;
    this.meter.start(sources.map(({ name }) => name));
    const paths = sources.map(({ name }) => name).filter((name) => name !== STDIN_NAME);
    const parts = await this.partsOf(paths);
    const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
    if (bytes >= THREADS_BYTES_MIN) await this.readInThreads(parts);
    for (const source of sources) {
      if (bytes >= THREADS_BYTES_MIN && source.name !== STDIN_NAME) continue;
      await this.readHere(source).catch((error: unknown) => this.skip(source.name, error));
    }
    await this.meter.clear();
  }

  async tell(): Promise<ExitCode> {
    const { flags, messages, stderr, stdout } = this.invocation;
    const report = reportOf(this.analysis);
    if (report.records === 0) {
      await stderr.line(messages.text('analyze.nothing'));
      return EXIT.nothingFound;
    }
    const failures = this.explain(report);
    const codes = this.codesOf(report);
    const steps = this.stepsOf(report);
    if (isSet(flags, 'json')) {
      await stdout.line(
        printableJson({ ...report, failures, errorCodes: codes, steps: steps.map(stepJson) }),
      );
    } else {
      const rowsMax = countFlag(flags, 'rows', { min: 1, max: 1_000 }) ?? ROWS_DEFAULT;
      const { hostZone = 'UTC', zone } = this.origin;
      await new ReportPrinter({ stdout, messages, rowsMax }).print({
        report,
        steps,
        failures,
        codes,
        sourceCount: this.sourceCount,
        zone: zoneOf(zone ?? hostZone) ?? UTC,
        isZoneAssumed: zone === undefined && this.zoneAssumed > 0,
      });
    }
    return this.skipped > 0 ? EXIT.partial : EXIT.ok;
  }

  private async partsOf(paths: readonly string[]): Promise<readonly FilePart[]> {
    const parts: FilePart[] = [];
    for (const path of paths) {
      const found = await partsOf(path, this.formats).catch(() => []);
      parts.push(...found);
    }
    return parts;
  }

  private async readInThreads(parts: readonly FilePart[]): Promise<void> {
    const { origin, packFolders, redactionKey, sinceMs } = this;
    const unreadable: [string, string][] = [];
    await analyzeInThreads({
      parts,
      settings: { origin, packFolders, redactionKey, sinceMs },
      signal: this.invocation.signal,
      onState: (state, zoneAssumed) => {
        this.analysis.absorb(state);
        this.zoneAssumed += zoneAssumed;
      },
      onRead: (bytes) => this.noteRead(bytes),
      onUnreadable: (path, reason) => void unreadable.push([path, reason]),
    });
    for (const [path, reason] of unreadable) await this.skip(path, reason);
  }

  private async readHere(pending: PendingSource): Promise<void> {
    const source = await pending.open();
    const { nowMs, signal } = this.invocation;
    this.zoneAssumed += await analyzeLines(
      {
        name: pending.name,
        asOfMs: source.modifiedAtMs ?? nowMs(),
        lines: source.read({ signal }),
      },
      {
        analysis: this.analysis,
        formats: this.formats,
        origin: this.origin,
        onRead: (bytes) => this.noteRead(bytes),
      },
    );
  }

  private noteRead(bytes: number): void {
    this.readBytes += bytes;
    void this.meter.read(this.readBytes, this.analysis.records);
  }

  private async skip(path: string, error: unknown): Promise<void> {
    const { messages, signal, stderr } = this.invocation;
    if (signal.aborted) return;
    this.skipped += 1;
    const reason =
      error instanceof Failure
        ? messages.failure({ code: error.code, params: error.params, detail: error.message })
        : messageOf(error);
    await this.meter.clear();
    const said = { path: printable(path), reason: printable(reason) };
    await stderr.line(messages.text('say.import.skipped', said));
  }

  private explain({ failures }: AnalysisReport): readonly ExplainedFailure[] {
    const { language } = this.invocation.messages;
    const specs = new Map(
      [...this.packs.errors.values()].map((error) => [keyOfError(error), error.spec]),
    );
    return failures.flatMap(({ count, example, firstMs, key, lastMs }) => {
      const spec = specs.get(key);
      if (!spec || spec.level === 'noise') return [];
      const { action, cause, title } = spec;
      return [
        {
          title: title[language],
          cause: cause[language],
          action: action[language],
          count,
          firstMs,
          lastMs,
          example,
        },
      ];
    });
  }

  private stepsOf({ steps }: AnalysisReport): readonly ExplainedStep[] {
    const { language } = this.invocation.messages;
    const titles = new Map(
      [...this.packs.errors.values()].map((error) => [keyOfError(error), error.spec.title]),
    );
    return steps.map((step) => ({
      step,
      exitMeaning: this.meaningOf(exitCodeOf(step.exit), EXIT_TABLE),
      codes: step.errorCodes.map((code) => `${code}  ${this.meaningOf(code)}`.trimEnd()),
      known: step.known.flatMap((key) => titles.get(key)?.[language] ?? []),
    }));
  }

  private meaningOf(code: string, tableId?: string): string {
    const { language } = this.invocation.messages;
    const [explained] = this.known.explain(code, tableId);
    return explained ? `${explained.code.name}: ${explained.code.meaning[language]}` : '';
  }

  private codesOf({ errorCodes }: AnalysisReport): readonly ExplainedCount[] {
    return errorCodes.map(([code, count]) => ({ code, count, meaning: this.meaningOf(code) }));
  }
}

/** A shell adds 128 to the number of the signal that ended a program. */
function exitCodeOf(exit: string): string {
  const signals: Readonly<Record<string, number>> = constants.signals;
  const signal = signals[`SIG${exit}`];
  return signal === undefined ? exit : String(128 + signal);
}

function stepJson({ codes, exitMeaning, known, step }: ExplainedStep): object {
  return { ...step, exitMeaning, errorCodes: codes, known };
}

function sinceOf({ flags, nowMs }: Invocation): number | undefined {
  const text = textFlag(flags, 'since');
  if (text === undefined) return undefined;
  const isDuration = /^\d+(?:\.\d+)?[a-z]+$/i.test(text);
  const time = parseTime(
    isDuration ? `now-${text}` : text,
    BigInt(Math.trunc(nowMs())) * 1_000_000n,
  );
  if (!time) throw badValue('--since', text, '30m, 24h, 2026-06-02T08:00:00Z');
  return Number(time.fromNs / 1_000_000n);
}
