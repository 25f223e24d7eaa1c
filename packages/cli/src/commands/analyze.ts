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
import type { PendingSource } from '@tendril/intake/sources/registry';
import { UTC, zoneOf } from '@tendril/intake/zone';
import { analyzeLines } from '../analyzing/analyze-lines.ts';
import { partsOf, type FilePart } from '../analyzing/analyze-parts.ts';
import { analyzeInThreads } from '../analyzing/analyze-threads.ts';
import { ReportDraft } from '../analyzing/report-draft.ts';
import {
  ReportPrinter,
  type PrintedReport,
  type ExplainedCount,
  type ExplainedFailure,
  type ExplainedStep,
} from '../analyzing/report-printer.ts';
import type { Command, Invocation } from '../command.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { badUsage, countFlag, isSet } from '../flag-values.ts';
import type { Output } from '../output/output.ts';
import { failureText } from '../output/failure-text.ts';
import { printable, printableJson } from '../output/printable.ts';
import { checkFormat, PACK_FLAGS, packFolders } from '../parsing/pack-flags.ts';
import { ImportMeter } from '../shipping/import-meter.ts';
import { lineOrigin, ORIGIN_FLAGS, withAttributes } from '../shipping/line-origin.ts';
import { choosePlace, openPlace } from '../sources/choose-place.ts';
import type { LogPlace } from '../sources/log-place.ts';
import { SINCE_FLAGS, sinceOf, SOURCE_FLAGS } from '../sources/source-flags.ts';

const ROWS_DEFAULT = 10;
/** Of the pack `host`. */
const EXIT_TABLE = 'exit';
/** Logs read at once over a network. */
const READING_MAX = 24;
/** Less is read before threads are ready. */
const THREADS_BYTES_MIN: number = 24 * 1024 * 1024;

export const analyze: Command = {
  name: 'analyze',
  summary: 'analyze.summary',
  usage:
    'analyze [PATH… | -] [-n NAMESPACE | -A] [-p PATTERN] [-l LABELS] [--since TIME] [--rows N] [--json]',
  examples: [
    { line: 'analyze logs/', summary: 'analyze.example.folder' },
    { line: 'analyze build.log', summary: 'analyze.example.build' },
    { line: 'analyze -n openim -p msggateway --since 30m', summary: 'analyze.example.pods' },
    { line: 'analyze --from docker -p im-*', summary: 'analyze.example.docker' },
    { line: 'kubectl logs api --since 1h | tendril analyze -', summary: 'analyze.example.pipe' },
  ],
  flags: {
    rows: {
      type: 'string',
      value: 'N',
      summary: 'analyze.flag.rows',
      default: String(ROWS_DEFAULT),
    },
    ...SOURCE_FLAGS,
    ...SINCE_FLAGS,
    ...PACK_FLAGS,
    ...ORIGIN_FLAGS,
  },

  async run(invocation) {
    const place = await placeOf(invocation);
    try {
      const analyzing = new Analyzing(invocation, place);
      await analyzing.read();
      if (invocation.signal.aborted) return EXIT.interrupted;
      return await analyzing.tell();
    } finally {
      place.close();
    }
  },
};

/** A cluster keeps logs for days; what happened lately is asked for. */
const SINCE_DEFAULT_MS = 3_600_000;

async function placeOf(invocation: Invocation): Promise<LogPlace> {
  const kind = choosePlace(invocation);
  if (kind === 'server') throw badUsage(invocation.messages.text('say.analyze.server'));
  return await openPlace(invocation, kind, kind === 'files' ? undefined : SINCE_DEFAULT_MS);
}

class Analyzing {
  private readonly invocation: Invocation;
  private readonly place: LogPlace;
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

  constructor(invocation: Invocation, place: LogPlace) {
    const { flags, messages, nowMs, stderr } = invocation;
    this.invocation = invocation;
    this.place = place;
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
    const { place } = this;
    const { messages, signal, stderr } = this.invocation;
    const sources = await place.sources(signal);
    this.sourceCount = sources.length;
    this.meter.start(sources.map(({ name }) => name));
    const draft = new ReportDraft(this.invocation.stdout, (output) => this.print(output));
    draft.begin();
    try {
      if (place.kind === 'files') {
        await this.readFiles(sources);
      } else {
        const said = { kind: place.kind, where: printable(place.where), count: sources.length };
        await stderr.line(stderr.style('dim', messages.text('say.analyze.place', said)));
        await this.readAll(sources);
      }
    } finally {
      await draft.end();
    }
    await this.meter.clear();
  }

  async tell(): Promise<ExitCode> {
    const { flags, messages, stderr, stdout } = this.invocation;
    if (this.analysis.records === 0) {
      await stderr.line(messages.text('analyze.nothing'));
      return EXIT.nothingFound;
    }
    if (isSet(flags, 'json')) {
      const report = reportOf(this.analysis);
      const told = {
        failures: this.explain(report),
        errorCodes: this.codesOf(report),
        steps: this.stepsOf(report).map(stepJson),
      };
      await stdout.line(printableJson({ ...report, ...told }));
    } else {
      await this.print(stdout);
    }
    return this.skipped > 0 ? EXIT.partial : EXIT.ok;
  }

  /** What is known by now; nothing before the first record. */
  private async print(stdout: Output): Promise<void> {
    const { flags, messages } = this.invocation;
    const report = reportOf(this.analysis);
    if (report.records === 0) return;
    const rowsMax = countFlag(flags, 'rows', { min: 1, max: 1_000 }) ?? ROWS_DEFAULT;
    const { hostZone = 'UTC', zone } = this.origin;
    const printed: PrintedReport = {
      report,
      steps: this.stepsOf(report),
      failures: this.explain(report),
      codes: this.codesOf(report),
      sourceCount: this.sourceCount,
      zone: zoneOf(zone ?? hostZone) ?? UTC,
      isZoneAssumed: zone === undefined && this.zoneAssumed > 0,
    };
    await new ReportPrinter(printed, { stdout, messages, rowsMax }).print();
  }

  private async readFiles(sources: readonly PendingSource[]): Promise<void> {
    const paths = sources.map(({ name }) => name).filter((name) => name !== STDIN_NAME);
    const parts = await this.partsOf(paths);
    const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
    if (bytes >= THREADS_BYTES_MIN) await this.readInThreads(parts);
    for (const source of sources) {
      if (bytes >= THREADS_BYTES_MIN && source.name !== STDIN_NAME) continue;
      await this.readHere(source).catch((error: unknown) => this.skip(source.name, error));
    }
  }

  /** Logs behind a network are waited for together. */
  private async readAll(sources: readonly PendingSource[]): Promise<void> {
    const waiting = [...sources];
    const read = async (): Promise<void> => {
      for (let source = waiting.shift(); source; source = waiting.shift()) {
        const { name } = source;
        await this.readHere(source).catch((error: unknown) => this.skip(name, error));
      }
    };
    await Promise.all(Array.from({ length: READING_MAX }, read));
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
    const unreadable = new Map<string, string>();
    await analyzeInThreads({
      parts,
      settings: { origin, packFolders, redactionKey, sinceMs },
      signal: this.invocation.signal,
      onFound: ({ path }, findings) => {
        this.analysis.absorb(findings.state);
        this.zoneAssumed += findings.zoneAssumed;
        if (findings.unreadable !== '') unreadable.set(path, findings.unreadable);
      },
      onRead: (bytes) => this.noteRead(bytes),
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
        // The lines of pods do not say whose they are.
        origin:
          this.place.kind === 'files' ? this.origin : withAttributes(this.origin, source.resource),
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
    await this.meter.clear();
    const said = { path: printable(path), reason: failureText(error, messages) };
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
