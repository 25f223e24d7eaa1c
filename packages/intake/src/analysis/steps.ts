/**
 * Steps of builds, pipelines and starts that failed: which one, with which exit code, the first errors in it,
 * the codes they carry, and the call stack. Only what is kept of failed steps costs memory; a log without
 * such lines gives none.
 */
import { keptText } from '../patterns/kept-text.ts';
import type { AnalysedRecord } from './analysed-record.ts';
import { earliest, isFrame, latest, stackOf } from './stacks.ts';
import { stepBegin, stepFailure, trackOf, type StepFailure } from './step-lines.ts';

export interface FailedStep {
  /** As its tool names it; empty when the log does not say. */
  readonly title: string;
  /** Of the pipeline; empty when the log does not say. */
  readonly job: string;
  /** Of the command that failed first: a number, or the name of a signal. Empty when no line says. */
  readonly exit: string;
  /** What failed, the innermost first: `go.test.api`, then `test-api`. */
  readonly failed: readonly string[];
  /** The first lines that tell of errors. */
  readonly errors: readonly string[];
  readonly errorCodes: readonly string[];
  /** Known errors that its lines show: `pack/id`. */
  readonly known: readonly string[];
  /** Frames of the first call stack. */
  readonly stack: readonly string[];
  readonly firstMs: number | undefined;
  readonly lastMs: number | undefined;
}

/** What else is known of a record. */
export interface StepFacts {
  /** `pack/id` of the known error that it shows. */
  readonly known: string | undefined;
  /** Empty when it carries none. */
  readonly errorCode: string;
}

const STEPS_MAX = 100;
/** Steps that run at the same time. */
const TRACKS_MAX = 256;
const LINES_MAX = 200;
const ERRORS_MAX = 5;
/** More are looked at while a step runs: those that say more come later at times. */
const CANDIDATES_MAX = 20;
const CHAIN_MAX = 8;
const NAMES_MAX = 20;
const TEXT_LENGTH_MAX = 300;
const ERROR_SEVERITY = 17;
const NOT_KNOWN: StepFacts = { known: undefined, errorCode: '' };

/** Formats of records that builds and starts print: all others are of programs that run. */
const TRACES: ReadonlySet<string> = new Set(['rust-panic', 'stack-trace']);
const FORMATS: ReadonlySet<string> = new Set([
  '',
  'text',
  'json',
  'cargo',
  'openim-checks',
  ...TRACES,
]);
/** What the service manager says of programs is in its own log. */
const MANAGERS: ReadonlySet<string> = new Set(['systemd', 'init']);

/** A compiler names the place: `main.go:12:5: undefined: x`, `src/a.ts(3,1): error`, `error[E0425]: …`. */
const DIAGNOSTIC =
  /^(?:\.{0,2}[\w/@.+-]{1,256}(?::\d{1,7}(?::\d{1,5})?|\(\d{1,7},\d{1,5}\)):? |error(?:\[\w{1,16}\])?: |E {1,8}\w|--- FAIL: |FAILED )\S/;
const SPEAKS_OF_ERROR =
  /\b(?:error|fatal|panic|exception|failed|failure|undefined|cannot|could not|unable to|no such|not found|refused|denied|timed? ?out|unreachable|missing|requires)\b|错误|失败|无法|没有|未找到|拒绝/i;
/** What only stands around an error. */
const HARMLESS =
  /^\s*(?:[|^~] |[$+>] |echo |npm (?:warn|notice)|warning\b|WARN|at |\d{1,3}: |\w{1,30} *[:=] *(?:0|none|false)\b)|\b(?:0 (?:errors?|failed|failures)|no errors?)\b|: warning: /i;

interface Candidate {
  readonly text: string;
  /** 3: known; 2: a place or a severity; 1: a word. */
  readonly weight: number;
}

/** Plain data, for another thread. */
interface Step {
  readonly title: string;
  readonly job: string;
  /** Undefined for one that is over as soon as it is known. */
  readonly track: string | undefined;
  /** No line has said that it begins: it may have begun before what was read. */
  readonly isImplied: boolean;
  readonly failed: string[];
  readonly candidates: Candidate[];
  readonly errorCodes: Set<string>;
  readonly known: Set<string>;
  stack: readonly string[];
  exit: string;
  hasFailed: boolean;
  firstMs: number | undefined;
  lastMs: number | undefined;
}

function newStep(step: Pick<Step, 'title' | 'job' | 'track' | 'isImplied'>): Step {
  return {
    ...step,
    failed: [],
    candidates: [],
    errorCodes: new Set(),
    known: new Set(),
    stack: [],
    exit: '',
    hasFailed: false,
    firstMs: undefined,
    lastMs: undefined,
  };
}

export interface StepsState {
  readonly closed: readonly Step[];
  readonly open: readonly Step[];
}

export class StepTally {
  private readonly redact: (text: string) => string;
  private readonly open: Map<string, Step> = new Map();
  private readonly closed: Step[] = [];

  /** `redact` is applied to each text that is kept. */
  constructor(redact: (text: string) => string) {
    this.redact = redact;
  }

  add(record: AnalysedRecord, facts: StepFacts = NOT_KNOWN): void {
    if (isOfUnit(record)) this.addOfUnit(record, facts);
    else if (isOfBuild(record)) this.addOfBuild(record, facts);
  }

  private addOfBuild(record: AnalysedRecord, facts: StepFacts): void {
    const { job, stepName } = pipelineOf(record);
    const lines = record.text.split('\n', LINES_MAX);
    if (stepName !== '') this.switchTo(stepName, job);
    const begin = stepName === '' ? stepBegin(lines[0] ?? '') : undefined;
    if (begin) this.begin(begin.track, { title: this.kept(begin.title), job, isImplied: false });
    const step = this.stepOf(trackOf(lines[0] ?? '')?.track ?? '', job);
    this.note(step, record, facts);
    for (const line of lines) {
      const failure = stepFailure(line);
      if (failure?.isProgram) this.failProgram(failure, { line, record });
      else if (failure) this.fail(failure, step);
      if (failure?.isReason !== false) this.noteError(step, line, { record, facts });
    }
  }

  // In the log of a host programs stand between each other, and their manager says how they ended.
  private addOfUnit(record: AnalysedRecord, facts: StepFacts): void {
    const { body, serviceName } = record;
    const failure = MANAGERS.has(serviceName) ? stepFailure(body) : undefined;
    const track = trackOfUnit(failure?.what ?? serviceName);
    const title = this.kept(failure?.what ?? serviceName);
    const step = this.open.get(track) ?? this.begin(track, { title, job: '', isImplied: true });
    if (failure) {
      this.fail({ ...failure, what: '' }, step);
      step.lastMs = record.timeMs;
      this.close(track);
      return;
    }
    this.note(step, record, facts);
    if (step.candidates.length === CANDIDATES_MAX) step.candidates.shift();
    for (const line of body.split('\n', LINES_MAX)) this.noteError(step, line, { record, facts });
  }

  private failProgram(
    { exit, isReason, what }: StepFailure,
    { line, record }: { readonly line: string; readonly record: AnalysedRecord },
  ): void {
    const title = this.kept(what);
    const step = newStep({ title, job: '', track: undefined, isImplied: false });
    step.hasFailed = true;
    step.exit = exit;
    step.firstMs = record.timeMs;
    step.lastMs = record.timeMs;
    if (isReason) step.candidates.push({ text: this.kept(line.trim()), weight: 3 });
    this.keep(step);
  }

  /** In the order in which they failed. */
  top(): readonly FailedStep[] {
    const steps = [...this.closed, ...this.open.values()]
      .filter(({ hasFailed }) => hasFailed)
      .map(failedStep);
    return steps
      .filter((step, index) => !isRepeat(step, steps.slice(0, index)))
      .slice(0, STEPS_MAX);
  }

  state(): StepsState {
    return { closed: this.closed, open: [...this.open.values()] };
  }

  /** Of what was read after what this has seen: steps that are open here go on there. */
  absorb({ closed, open }: StepsState): void {
    for (const step of closed) {
      const track = this.goOn(step);
      if (track !== undefined) this.close(track);
    }
    for (const step of open) this.goOn(step);
  }

  private goOn(step: Step): string | undefined {
    const { track } = step;
    if (track === undefined) {
      this.keep(step);
      return undefined;
    }
    const known = step.isImplied ? this.open.get(track) : undefined;
    addStep(known ?? this.begin(track, step), step);
    return track;
  }

  private begin(track: string, step: Pick<Step, 'title' | 'job' | 'isImplied'>): Step {
    this.close(track);
    if (this.open.size >= TRACKS_MAX) this.close([...this.open.keys()][0] ?? '');
    const { title, job, isImplied } = step;
    const begun = newStep({ title, job, track, isImplied });
    this.open.set(track, begun);
    return begun;
  }

  private close(track: string): void {
    const step = this.open.get(track);
    if (!step) return;
    this.open.delete(track);
    // What is known of it may be of one that had failed before; units are closed when they fail.
    if (step.hasFailed || (step.isImplied && !isUnitTrack(track))) this.keep(step);
  }

  private keep(step: Step): void {
    if (this.closed.length < STEPS_MAX) this.closed.push(step);
  }

  // `gh run view --log` names the step on each line.
  private switchTo(title: string, job: string): void {
    const current = this.open.get('');
    if (current?.title === title && current.job === job) return;
    this.begin('', { title: this.kept(title), job: this.kept(job), isImplied: false });
  }

  private stepOf(track: string, job: string): Step {
    const known = this.open.get(track) ?? this.open.get('');
    if (known) return known;
    return this.begin('', { title: '', job, isImplied: true });
  }

  private fail({ exit, track, what }: StepFailure, current: Step): void {
    const step = track === undefined ? current : (this.open.get(track) ?? current);
    const text = this.kept(what);
    // A tool says again at its end which of its steps failed.
    const isSaid = step.title === '' && !step.hasFailed && text !== '' && this.hasSaid(text, step);
    if (isSaid) return;
    step.hasFailed = true;
    if (step.exit === '') step.exit = exit;
    if (text !== '' && step.failed.length < CHAIN_MAX && !step.failed.includes(text)) {
      step.failed.push(text);
    }
  }

  private hasSaid(text: string, but: Step): boolean {
    return [...this.closed, ...this.open.values()].some(
      (step) => step !== but && step.failed.includes(text),
    );
  }

  private note(step: Step, record: AnalysedRecord, { errorCode, known }: StepFacts): void {
    step.firstMs = earliest(step.firstMs, record.timeMs);
    step.lastMs = latest(step.lastMs, record.timeMs);
    if (errorCode !== '' && errorCode !== '0' && step.errorCodes.size < NAMES_MAX) {
      step.errorCodes.add(keptText(errorCode));
    }
    if (known !== undefined && step.known.size < NAMES_MAX) step.known.add(known);
    if (step.stack.length > 0 || record.lineCount === 1) return;
    step.stack = (stackOf(record.text)?.frames ?? []).map((frame) => this.kept(frame.trim()));
  }

  private noteError(
    step: Step,
    line: string,
    { facts, record }: { readonly facts: StepFacts; readonly record: AnalysedRecord },
  ): void {
    if (step.candidates.length >= CANDIDATES_MAX) return;
    const tracked = trackOf(line);
    const text = (tracked ? line.slice(tracked.length) : line).trim();
    if (text === '' || HARMLESS.test(text) || isFrame(line)) return;
    const weight = weightOf(text, record, facts);
    if (weight > 0) step.candidates.push({ text: this.kept(text), weight });
  }

  private kept(text: string): string {
    return keptText(this.redact(text.slice(0, TEXT_LENGTH_MAX * 4)), TEXT_LENGTH_MAX);
  }
}

function isOfBuild({ formatName, wrapping }: AnalysedRecord): boolean {
  return FORMATS.has(formatName) || wrapping.some((fields) => fields.has(COMMAND_KEY));
}

function isOfUnit({ formatName, serviceName }: AnalysedRecord): boolean {
  if (serviceName === '') return false;
  return formatName.startsWith('syslog') || TRACES.has(formatName) || MANAGERS.has(serviceName);
}

/** `openim-api.service` is the program `openim-api`. */
function trackOfUnit(name: string): string {
  return `${UNIT}${name.replace(/\.service$/, '')}`;
}

const UNIT = 'unit ';

/** Of a program that runs for long the last words count. */
function isUnitTrack(track: string | undefined): boolean {
  return track?.startsWith(UNIT) === true;
}

function weightOf(text: string, record: AnalysedRecord, { errorCode, known }: StepFacts): number {
  const isOnlyLine = record.lineCount === 1;
  if (known !== undefined && (isOnlyLine || SPEAKS_OF_ERROR.test(text))) return 3;
  if (DIAGNOSTIC.test(text)) return 2;
  const speaks = SPEAKS_OF_ERROR.test(text);
  const isError = record.severityNumber >= ERROR_SEVERITY || errorCode !== '';
  if (isError && (isOnlyLine || speaks)) return 2;
  return speaks ? 1 : 0;
}

function failedStep(step: Step): FailedStep {
  const { errorCodes, exit, failed, firstMs, job, known, lastMs, stack, title } = step;
  return {
    title,
    job,
    exit,
    failed,
    errors: errorsOf(step.candidates),
    errorCodes: [...errorCodes],
    known: [...known],
    stack,
    firstMs,
    lastMs,
  };
}

function addStep(step: Step, more: Step): void {
  step.firstMs = earliest(step.firstMs, more.firstMs);
  step.lastMs = latest(step.lastMs, more.lastMs);
  step.hasFailed ||= more.hasFailed;
  step.exit ||= more.exit;
  if (step.stack.length === 0) step.stack = more.stack;
  const failed = new Set([...step.failed, ...more.failed]);
  step.failed.splice(0, Infinity, ...[...failed].slice(0, CHAIN_MAX));
  for (const code of more.errorCodes)
    if (step.errorCodes.size < NAMES_MAX) step.errorCodes.add(code);
  for (const key of more.known) if (step.known.size < NAMES_MAX) step.known.add(key);
  step.candidates.push(...more.candidates);
  const excess = Math.max(0, step.candidates.length - CANDIDATES_MAX);
  step.candidates.splice(isUnitTrack(step.track) ? 0 : CANDIDATES_MAX, excess);
}

// Logs of a whole run have the end of a step's log once more.
function isRepeat({ errors, title }: FailedStep, before: readonly FailedStep[]): boolean {
  return errors.length === 0 && title !== '' && before.some((step) => step.title === title);
}

// Words alone count only where nothing says more.
function errorsOf(candidates: readonly Candidate[]): readonly string[] {
  const isTold = candidates.some(({ weight }) => weight > 1);
  const told = candidates.filter(({ weight }) => !isTold || weight > 1);
  return [...new Set(told.map(({ text }) => text))].slice(0, ERRORS_MAX);
}

const COMMAND_KEY = 'github.command';
const JOB_KEY = 'github.job';
const STEP_KEY = 'cicd.pipeline.task.name';
/** What gh writes where it does not know. */
const UNKNOWN_STEP = 'UNKNOWN STEP';

function pipelineOf({ wrapping }: AnalysedRecord): {
  readonly job: string;
  readonly stepName: string;
} {
  const named = wrapping.find((fields) => fields.has(STEP_KEY));
  const stepName = String(named?.get(STEP_KEY) ?? '');
  return {
    job: String(named?.get(JOB_KEY) ?? ''),
    stepName: stepName === UNKNOWN_STEP ? '' : stepName,
  };
}
