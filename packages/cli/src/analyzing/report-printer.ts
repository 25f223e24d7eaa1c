/** The report of an analysis for people: what matters first, aligned, as wide as the terminal. */
import type {
  AnalysisReport,
  Counted,
  ReportedPattern,
  Timeline,
} from '@tendril/intake/analysis/report';
import type { FailedStep } from '@tendril/intake/analysis/steps';
import type { Zone } from '@tendril/intake/zone';
import type { MessageId, Messages } from '@tendril/messages/messages';
import type { Output, Style } from '../output/output.ts';
import { printable } from '../output/printable.ts';
import { sparkline } from '../output/sparkline.ts';
import { fit, padEnd, padStart, widthOf } from '../output/width.ts';
import { ReportTimes } from './report-times.ts';

/** A known failure with what its pack says of it. */
export interface ExplainedFailure {
  readonly title: string;
  readonly cause: string;
  readonly action: string;
  readonly count: number;
  readonly firstMs: number | undefined;
  readonly lastMs: number | undefined;
  readonly example: string;
}

/** A code that records carried, with its meaning where a table has it. */
export interface ExplainedCount {
  readonly code: string;
  readonly count: number;
  readonly meaning: string;
}

/** A failed step with what packs say of it. */
export interface ExplainedStep {
  readonly step: FailedStep;
  /** Of the exit code; empty when no table has it. */
  readonly exitMeaning: string;
  readonly codes: readonly string[];
  /** Titles of known errors. */
  readonly known: readonly string[];
}

export interface PrintedReport {
  readonly report: AnalysisReport;
  readonly steps: readonly ExplainedStep[];
  readonly failures: readonly ExplainedFailure[];
  readonly codes: readonly ExplainedCount[];
  readonly sourceCount: number;
  /** That times are shown in. */
  readonly zone: Zone;
  /** True when times without one were taken in it though nobody had said so. */
  readonly isZoneAssumed: boolean;
}

export interface ReportPrinterOptions {
  readonly stdout: Output;
  readonly messages: Messages;
  /** Rows of each list. */
  readonly rowsMax: number;
}

const WIDTH_DEFAULT = 120;
const STACK_FRAMES = 3;
const STEP_FRAMES = 8;
const LEVEL_STYLES: Readonly<Record<string, Style>> = {
  error: 'red',
  fatal: 'red',
  warn: 'yellow',
};

export class ReportPrinter {
  private readonly options: ReportPrinterOptions;
  private readonly lines: string[] = [];
  private readonly printed: PrintedReport;
  private readonly times: ReportTimes;

  constructor(printed: PrintedReport, options: ReportPrinterOptions) {
    this.printed = printed;
    this.options = options;
    const { report, zone } = printed;
    const { firstMs, lastMs } = report;
    this.times = new ReportTimes({ zone, firstMs, lastMs }, options.messages);
  }

  async print(): Promise<void> {
    const { printed } = this;
    this.overview(printed);
    this.timelines(printed.report);
    this.steps(printed.steps);
    this.failures(printed.failures);
    this.stacks(printed.report);
    this.patterns(printed.report);
    this.codes(printed.codes);
    this.operations(printed.report);
    this.durations(printed.report);
    this.access(printed.report);
    this.findings(printed.report);
    await this.options.stdout.write(this.lines.map((line) => `${line}\n`).join(''));
  }

  private get width(): number {
    return Math.min(this.options.stdout.width, Math.max(WIDTH_DEFAULT, 60));
  }

  private overview({ isZoneAssumed, report, sourceCount, zone }: PrintedReport): void {
    const { firstMs, formats, joined, lastMs, records, withoutTime } = report;
    const { messages } = this.options;
    const span =
      firstMs === undefined || lastMs === undefined
        ? messages.text('analyze.noTime')
        : `${this.times.moment(firstMs)} – ${this.times.moment(lastMs, firstMs)} ${zone.name}`;
    const note = isZoneAssumed
      ? ` (${messages.text('analyze.zoneAssumed', { zone: zone.name })})`
      : '';
    this.lines.push(
      `${messages.text('analyze.overview', { sources: sourceCount, records })} · ${span}${note}`,
    );
    const named = formats.map(([name, count]): [string, number] => [
      name === '' ? messages.text('analyze.noFormat') : name,
      count,
    ]);
    this.row('analyze.formats', this.listOf(named));
    if (report.services.length > 0) this.row('analyze.services', this.listOf(report.services));
    if (joined > 0)
      this.row('analyze.joined', messages.text('analyze.joined.value', { count: joined }));
    if (withoutTime > 0) {
      this.row(
        'analyze.withoutTime',
        messages.text('analyze.withoutTime.value', { count: withoutTime }),
      );
    }
    const levels = Object.entries(report.levels).filter(([, count]) => count > 0);
    this.row('analyze.levels', this.listOf(levels.toReversed()));
  }

  private timelines({ errors, warnings }: AnalysisReport): void {
    this.lines.push('');
    this.timeline('analyze.errors', errors, 'red');
    this.timeline('analyze.warnings', warnings, 'yellow');
  }

  private timeline(
    id: MessageId,
    { count, parts, peakMs, peakRatio }: Timeline,
    style: Style,
  ): void {
    const { messages, stdout } = this.options;
    const total = padStart(messages.number(count), 9);
    if (count === 0 || peakMs === undefined) {
      this.row(id, total.trim());
      return;
    }
    const peak =
      peakRatio >= 2
        ? messages.text('analyze.peak', {
            time: this.times.clock(peakMs),
            ratio: Math.round(peakRatio),
          })
        : '';
    this.row(id, `${total}  ${stdout.style(style, sparkline(parts))}  ${peak}`.trimEnd());
  }

  private steps(steps: readonly ExplainedStep[]): void {
    if (steps.length === 0) return;
    this.heading('analyze.steps');
    for (const step of steps.slice(0, this.options.rowsMax)) this.step(step);
    this.more(steps.length);
  }

  private step({ codes, exitMeaning, known, step }: ExplainedStep): void {
    const { messages, stdout } = this.options;
    const { errors, exit, failed, firstMs, job, lastMs, stack } = step;
    const title = step.title || failed.at(-1) || messages.text('analyze.step.unnamed');
    const named = job === '' ? title : `${job} › ${title}`;
    const span = this.times.span(firstMs, lastMs);
    this.lines.push(
      `  ${stdout.style('red', '✗')} ${stdout.style('bold', this.fitted(printable(named), 6 + widthOf(span)))}  ${span}`.trimEnd(),
    );
    if (exit !== '') this.stepRows('analyze.step.exit', [`${exit}  ${exitMeaning}`.trimEnd()]);
    this.stepRows('analyze.step.failed', step.title === '' ? failed.slice(0, -1) : failed);
    this.stepRows('analyze.step.errors', errors);
    this.stepRows('analyze.step.codes', codes);
    this.stepRows('analyze.step.known', known);
    this.stepRows('analyze.step.stack', stack.slice(0, STEP_FRAMES));
  }

  private stepRows(id: MessageId, texts: readonly string[]): void {
    const { messages } = this.options;
    for (const [index, text] of texts.entries()) {
      const name = index === 0 ? messages.text(id) : '';
      this.lines.push(`    ${padEnd(name, 12)}${this.fitted(printable(text), 16)}`);
    }
  }

  private failures(failures: readonly ExplainedFailure[]): void {
    if (failures.length === 0) return;
    this.heading('analyze.failures');
    const { messages, rowsMax, stdout } = this.options;
    for (const { action, cause, count, firstMs, lastMs, title } of failures.slice(0, rowsMax)) {
      const span = this.times.span(firstMs, lastMs);
      const head = `${printable(title)}  ${messages.number(count)} ×  ${span}`.trimEnd();
      this.lines.push(`  ${stdout.style('bold', head)}`);
      this.lines.push(...this.wrapped(printable(cause), 4, '  '));
      this.lines.push(...this.wrapped(printable(action), 4, '→ '));
    }
    this.more(failures.length);
  }

  private stacks({ stacks }: AnalysisReport): void {
    if (stacks.length === 0) return;
    this.heading('analyze.stacks');
    const { messages, rowsMax, stdout } = this.options;
    for (const { count, firstMs, frames, lastMs, title } of stacks.slice(0, rowsMax)) {
      const span = this.times.span(firstMs, lastMs);
      this.lines.push(
        `  ${padStart(messages.number(count), 7)} ×  ${stdout.style('red', this.fitted(printable(title), 15 + widthOf(span)))}  ${span}`.trimEnd(),
      );
      for (const frame of frames.slice(0, STACK_FRAMES)) {
        this.lines.push(stdout.style('dim', `             ${this.fitted(printable(frame), 13)}`));
      }
    }
    this.more(stacks.length);
  }

  private patterns({ newPatterns, newSinceMs, patterns }: AnalysisReport): void {
    if (newPatterns.length > 0 && newSinceMs !== undefined) {
      this.patternTable('analyze.newPatterns', newPatterns, {
        since: this.times.clock(newSinceMs),
      });
    }
    if (patterns.length > 0) this.patternTable('analyze.patterns', patterns, {});
  }

  private patternTable(
    id: MessageId,
    patterns: readonly ReportedPattern[],
    values: Readonly<Record<string, string>>,
  ): void {
    this.heading(id, values);
    const { messages, rowsMax, stdout } = this.options;
    for (const { count, firstMs, level, parts, template } of patterns.slice(0, rowsMax)) {
      const number = padStart(messages.number(count), 9);
      const first = padEnd(
        firstMs === undefined ? '' : this.times.clock(firstMs),
        this.times.width,
      );
      const style = LEVEL_STYLES[level];
      const text = this.fitted(printable(template), 47 + this.times.width);
      const shown = style ? stdout.style(style, text) : text;
      const trend = stdout.style('dim', sparkline(parts));
      this.lines.push(`  ${number}  ${trend}  ${first}  ${shown}`);
    }
    this.more(patterns.length);
  }

  private codes(codes: readonly ExplainedCount[]): void {
    if (codes.length === 0) return;
    this.heading('analyze.codes');
    const { messages, rowsMax } = this.options;
    for (const { code, count, meaning } of codes.slice(0, rowsMax)) {
      const number = padStart(messages.number(count), 9);
      this.lines.push(
        `  ${number}  ${padEnd(printable(code), 8)}  ${this.fitted(printable(meaning), 24)}`,
      );
    }
    this.more(codes.length);
  }

  private operations({ beyond, operationCount, operations }: AnalysisReport): void {
    if (operations.length === 0) return;
    const { messages, rowsMax } = this.options;
    this.heading('analyze.operations', {
      count: `${messages.number(operationCount)}${beyond.operations > 0 ? '+' : ''}`,
    });
    for (const { errors, example, firstMs, operationId } of operations.slice(0, rowsMax)) {
      const first = padEnd(
        firstMs === undefined ? '' : this.times.clock(firstMs),
        this.times.width,
      );
      const number = padStart(messages.number(errors), 7);
      this.lines.push(
        `  ${number}  ${first}  ${padEnd(printable(operationId), 36)}  ${this.fitted(printable(example), 52 + this.times.width)}`,
      );
    }
    this.more(operationCount);
  }

  private durations({ allDurations, durations }: AnalysisReport): void {
    const slow = durations.filter(({ count }) => count > 0);
    if (slow.length === 0) return;
    this.heading('analyze.slowest');
    const { rowsMax, messages } = this.options;
    const columns = [messages.text('analyze.mean'), 'p50', 'p95', 'p99', 'max', 'n']
      .map((name) => padStart(name, 9))
      .join('');
    this.lines.push(`  ${columns}`);
    const all = allDurations && { ...allDurations, name: messages.text('analyze.allRequests') };
    const rows = [...(all && slow.length > 1 ? [all] : []), ...slow.slice(0, rowsMax)];
    for (const { count, maxMs, meanMs, name, p50Ms, p95Ms, p99Ms } of rows) {
      const figures = [meanMs, p50Ms, p95Ms, p99Ms, maxMs]
        .map((ms) => padStart(this.times.duration(ms), 9))
        .join('');
      this.lines.push(
        `  ${figures}${padStart(messages.number(count), 9)}  ${this.fitted(printable(name), 59)}`,
      );
    }
    this.more(slow.length);
  }

  private access({ access }: AnalysisReport): void {
    if (!access) return;
    const { messages, rowsMax } = this.options;
    this.heading('analyze.access', { count: messages.number(access.requests) });
    this.timeline('analyze.requests', access.times, 'cyan');
    if (access.failedTimes.count > 0)
      this.timeline('analyze.failedRequests', access.failedTimes, 'red');
    if (access.statuses.length > 0) this.row('analyze.statuses', this.listOf(access.statuses));
    const tables: readonly (readonly [MessageId, Counted])[] = [
      ['analyze.failedPaths', access.failedPaths],
      ['analyze.paths', access.paths],
      ['analyze.clients', access.clients],
    ];
    for (const [id, counted] of tables) {
      if (counted.length === 0) continue;
      this.lines.push(`  ${messages.text(id)}`);
      for (const [name, count] of counted.slice(0, Math.ceil(rowsMax / 2))) {
        this.lines.push(
          `  ${padStart(messages.number(count), 9)}  ${this.fitted(printable(name), 14)}`,
        );
      }
    }
  }

  private findings({ bursts, gaps }: AnalysisReport): void {
    if (bursts.length === 0 && gaps.length === 0) return;
    this.heading('analyze.rhythm');
    const { messages, rowsMax } = this.options;
    for (const { fromMs, toMs } of gaps.slice(0, rowsMax)) {
      const length = this.times.duration(toMs - fromMs);
      this.lines.push(
        `  ${messages.text('analyze.gap', { from: this.times.clock(fromMs), to: this.times.clock(toMs), length })}`,
      );
    }
    for (const { fromMs, ratio, records } of bursts.slice(0, rowsMax)) {
      const values = { time: this.times.clock(fromMs), count: records, ratio: Math.round(ratio) };
      this.lines.push(`  ${messages.text('analyze.burst', values)}`);
    }
  }

  private heading(id: MessageId, values: Readonly<Record<string, string>> = {}): void {
    const { messages, stdout } = this.options;
    this.lines.push('', stdout.style('bold', messages.text(id, values)));
  }

  private row(id: MessageId, value: string): void {
    this.lines.push(`${padEnd(this.options.messages.text(id), 10)}${value}`);
  }

  private more(count: number): void {
    const { messages, rowsMax, stdout } = this.options;
    if (count > rowsMax) {
      this.lines.push(
        stdout.style('dim', `  ${messages.text('analyze.more', { count: count - rowsMax })}`),
      );
    }
  }

  private listOf(counted: Counted): string {
    const { messages, rowsMax } = this.options;
    const listed = counted
      .slice(0, rowsMax)
      .map(([name, count]) => `${printable(name)} ${messages.number(count)}`);
    return listed.join(' · ');
  }

  private fitted(text: string, taken: number): string {
    return fit(text, Math.max(20, this.width - taken));
  }

  private wrapped(text: string, indent: number, mark: string): string[] {
    const width = Math.max(30, this.width - indent - 2);
    const lines: string[] = [];
    let line = '';
    for (const word of text.split(/(?<=\s)|(?<=[，。；、：])/)) {
      if (line !== '' && widthOf(line) + widthOf(word) > width) {
        lines.push(line.trimEnd());
        line = '';
      }
      line += word;
    }
    if (line !== '') lines.push(line.trimEnd());
    return lines.map((each, index) => `${' '.repeat(indent)}${index === 0 ? mark : '  '}${each}`);
  }
}
