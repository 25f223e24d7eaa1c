/**
 * Logs of GitHub Actions: a time of seven digits, one blank, the text; `##[error]` and its like, also in
 * the form that steps print them in (`::error file=a.ts,line=1::text`). `gh run view --log` puts job and
 * step before, between tabs.
 */
import type { AttributeValue } from '@tendril/model/attribute';
import { rfc3339At } from './rfc3339.ts';
import { NOTHING_SAID, type Transport, type Wrapped } from './transport.ts';

export const GITHUB_ACTIONS: Transport = { name: 'github-actions', open: () => unwrap };

/** Longest name of a job or a step. */
const NAME_LENGTH_MAX = 256;
const FRACTION_DIGITS = 7;
const BYTE_ORDER_MARK = '\uFEFF';

function unwrap(line: string): Wrapped | undefined {
  const start = line.startsWith(BYTE_ORDER_MARK) ? 1 : 0;
  const direct = timeAt(line, start);
  if (direct) return commandOf(line.slice(direct.end), direct.timeNs, ['', '']);
  return withJob(line);
}

function withJob(line: string): Wrapped | undefined {
  const job = line.indexOf('\t');
  const step = job > 0 ? line.indexOf('\t', job + 1) : -1;
  if (step < 0 || step > 2 * NAME_LENGTH_MAX) return undefined;
  const time = timeAt(line, line[step + 1] === BYTE_ORDER_MARK ? step + 2 : step + 1);
  if (!time) return undefined;
  const names = [line.slice(0, job), line.slice(job + 1, step)] as const;
  return commandOf(line.slice(time.end), time.timeNs, names);
}

interface FoundTime {
  readonly timeNs: bigint;
  readonly end: number;
}

// The blank after the time belongs to it.
function timeAt(line: string, start: number): FoundTime | undefined {
  const time = rfc3339At(line, start);
  if (time?.fractionDigits !== FRACTION_DIGITS || line[time.end - 1] !== 'Z') return undefined;
  if (time.end === line.length) return time;
  return line[time.end] === ' ' ? { timeNs: time.timeNs, end: time.end + 1 } : undefined;
}

const MARK = /^##\[(error|warning|notice|debug|command|section|group)\](?=.)/;
const COMMAND = /^::(error|warning|notice|debug|group)(?: ([^\n]{0,1024}?))?::(?=.)/;
const SEVERITIES: ReadonlyMap<string, number> = new Map([
  ['error', 17],
  ['warning', 13],
  ['notice', 10],
  ['debug', 5],
]);

function commandOf(text: string, timeNs: bigint, [job, step]: readonly [string, string]): Wrapped {
  const [head = '', command = '', properties = ''] = MARK.exec(text) ?? COMMAND.exec(text) ?? [];
  const attributes = new Map<string, AttributeValue>();
  if (job !== '') attributes.set('github.job', job);
  if (step !== '') attributes.set('cicd.pipeline.task.name', step);
  if (command !== '') attributes.set('github.command', command);
  addPlace(attributes, properties);
  return {
    ...NOTHING_SAID,
    text: text.slice(head.length),
    origin: `${job}\t${step}`,
    timeNs,
    severityNumber: SEVERITIES.get(command) ?? 0,
    attributes,
  };
}

// `file=app.ts,line=3,title=Broken`
function addPlace(attributes: Map<string, AttributeValue>, properties: string): void {
  for (const pair of properties.split(',')) {
    const equals = pair.indexOf('=');
    const name = PLACE.get(pair.slice(0, Math.max(equals, 0)));
    const value = pair.slice(equals + 1);
    if (name === undefined || value === '') continue;
    attributes.set(
      name,
      name.endsWith('.number') && /^\d{1,9}$/.test(value) ? Number(value) : value,
    );
  }
}

const PLACE: ReadonlyMap<string, string> = new Map([
  ['file', 'code.file.path'],
  ['line', 'code.line.number'],
  ['col', 'code.column.number'],
  ['title', 'github.title'],
]);
