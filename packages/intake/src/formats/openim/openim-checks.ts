/**
 * What OpenIM's own checks print: `mage check` (gomake), check-component and check-free-memory, `make check`
 * of 3.0 to 3.6, and how programs end when they cannot start. Levels are colours there, or nothing: the
 * sentence says which it is.
 */
import type { AttributeValue } from '@tendril/model/attribute';
import type { LineContext, LineFormat, ParsedLine } from '../../format.ts';
import { timeNsWithoutYear } from '../calendar.ts';
import { isoTime } from '../iso-time.ts';
import { severityTextOf } from '../severity-word.ts';
import { errorKindOf } from './error-codes.ts';
import { codeOfAnswer, codeOfError } from './error-text.ts';

export const OPENIM_CHECKS: LineFormat = {
  name: 'openim-checks',
  title: {
    en: "OpenIM's own checks: mage check, check-component, make check",
    zh: 'OpenIM 自带检查：mage check、check-component、make check',
  },
  specificity: 'specific',
  gate: { first: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz[!#+' },
  parse,
};

const INFO = 9;
const WARN = 13;
const ERROR = 17;
const FATAL = 21;

interface Sentence {
  /** At the start of the message. Its groups become attributes; `service` becomes the service. */
  readonly pattern: RegExp;
  readonly number: number;
}

const SENTENCES: readonly Sentence[] = [
  { pattern: /^Response from [^:\n]{1,128}: \{"errCode":0,/, number: INFO },
  { pattern: /^Response from [^:\n]{1,128}: \{"errCode":[1-9]/, number: ERROR },
  { pattern: /^(?<component>[A-Z]\w{1,31}) check succeeded\./, number: INFO },
  { pattern: /^(?<component>[A-Z]\w{1,31}) check failed: /, number: ERROR },
  { pattern: /^(?<service>[\w.-]{1,64}) exit -1: /, number: FATAL },
  {
    pattern: /^Warning (?<service>[\w.-]{1,64}) receive process terminal SIGTERM exit/,
    number: WARN,
  },
  { pattern: /^(?<service>[\w.-]{1,64}) Index: \d{1,4}, Config Path: /, number: INFO },
  {
    pattern:
      /^All (?:openim )?(?:services|components checks|tools|binaries|specified)[^\n]{0,200}(?:running normally|successfully|stopped)/i,
    number: INFO,
  },
  { pattern: /^System available memory is sufficient: (?<available>[\d.]{1,16}GB)/, number: INFO },
  {
    pattern: /^System available memory is less than [^:]{1,32}: (?<available>[\d.]{1,16}GB)/,
    number: WARN,
  },
  {
    pattern: /^Some (?:programs|specified tools|tools)\b[^\n]{0,64} (?:not running|failed)/,
    number: ERROR,
  },
  { pattern: /^Some services (?:have not been stopped|running)/, number: WARN },
  {
    pattern:
      /^binary (?<service>[\w.-]{1,64}) is not running as expected: \S{1,512} [Ee]xpected (?<expected>\d{1,6}) processes, but (?<running>\d{1,6}) running/,
    number: ERROR,
  },
  {
    pattern:
      /^Cmdline: (?<cmdline>[^,\n]{1,1024}), PID: (?<pid>\d{1,10}) is (?:not )?listening on (?:any )?ports(?:: (?<ports>[\d, ]{1,512}))?/,
    number: INFO,
  },
  { pattern: /^Display details of the ports listened to by the service/, number: INFO },
  { pattern: /^Check all dependent service ports/, number: INFO },
  { pattern: /^Port (?<port>\d{1,5}) is not started/, number: ERROR },
  {
    pattern: /^Port (?<port>\d{1,5}) - Command: (?<command>[^,\n]{1,128}), PID: (?<pid>\d{1,10}),/,
    number: INFO,
  },
  { pattern: /^Error in (?<file>[^\s:]{1,512}):(?<line>\d{1,7})/, number: ERROR },
  { pattern: /^Exiting with status (?<status>\d{1,3})/, number: ERROR },
  { pattern: /^(?:\+\+ )?The port being checked: /, number: INFO },
  { pattern: /^Checking ports: /, number: INFO },
  { pattern: /^### Not started ports:/, number: WARN },
  { pattern: /^### Started ports:/, number: INFO },
  { pattern: /^# Begin to check all openim service/, number: INFO },
];

/** How any of them begins: all other lines pass here too. */
const BEGINNING =
  /[A-Z]\w{1,31} check (?:succeeded|failed)|Response from |[\w.-]{1,64} (?:exit -1: |Index: \d)|All |System available |Some |binary |Cmdline: |Display details |Check(?:ing)? |Port \d|(?:\+\+ )?The port |Exiting with |###? |# Begin |Warning \S+ receive /y;

function parse(line: string, context: LineContext): ParsedLine | undefined {
  const head = headOf(line, context);
  BEGINNING.lastIndex = head.end;
  if (head.severityNumber === 0 && !BEGINNING.test(line)) return undefined;
  const message = line.slice(head.end).trimEnd();
  for (const { pattern, number } of SENTENCES) {
    const match = pattern.exec(message);
    if (match) return lineOf(head, message, { number, groups: match.groups ?? {} });
  }
  return head.severityNumber > 0
    ? lineOf(head, message, { number: head.severityNumber, groups: {} })
    : undefined;
}

interface Head {
  readonly timeNs: bigint | undefined;
  /** Of the mark at the beginning; 0 when there is none. */
  readonly severityNumber: number;
  readonly end: number;
}

// `!!! `, `[2026-06-02 09:00:00 UTC] `, `!!! [0602 09:00:00] `, `[success 0311 10:00:02]==> `
const MARK = /(?:!!! ?)?/y;
const ZONE = /(?: [A-Z]{2,5}| [+-]\d{2,4})?\] /y;
const SHORT_TIME =
  /\[(?:success )?(?<month>\d\d)(?<day>\d\d) (?<hour>\d\d):(?<minute>\d\d):(?<second>\d\d)\] ?(?:==> {0,4})?/y;

function headOf(line: string, context: LineContext): Head {
  MARK.lastIndex = 0;
  MARK.test(line);
  const start = MARK.lastIndex;
  const severityNumber = start > 0 ? ERROR : 0;
  const time = line.startsWith('[', start) ? isoTime(line, start + 1, context) : undefined;
  ZONE.lastIndex = time?.end ?? 0;
  if (time && ZONE.test(line)) return { timeNs: time.timeNs, severityNumber, end: ZONE.lastIndex };
  SHORT_TIME.lastIndex = start;
  const groups = SHORT_TIME.exec(line)?.groups;
  if (!groups) return { timeNs: undefined, severityNumber, end: start };
  const { month = '', day = '', hour = '', minute = '', second = '' } = groups;
  return {
    timeNs: timeNsWithoutYear({ month, day, hour, minute, second }, context),
    severityNumber: severityNumber || INFO,
    end: SHORT_TIME.lastIndex,
  };
}

interface Meaning {
  readonly number: number;
  readonly groups: Readonly<Record<string, string | undefined>>;
}

function lineOf(head: Head, message: string, { number, groups }: Meaning): ParsedLine {
  const attributes = new Map<string, AttributeValue>();
  const { service, cmdline, pid, file, line, ...others } = groups;
  for (const [name, value] of Object.entries(others)) {
    if (value === undefined) continue;
    attributes.set(name, /^\d{1,9}$/.test(value) ? Number(value) : value.trim());
  }
  if (file !== undefined && line !== undefined) attributes.set('code.caller', `${file}:${line}`);
  addCode(message, attributes);
  return {
    timeNs: head.timeNs,
    severityText: severityTextOf(number),
    severityNumber: number,
    body: message,
    eventName: '',
    scopeName: '',
    attributes,
    resource: resourceOf(service ?? programOf(cmdline), pid),
  };
}

// `/openim-server/_output/bin/openim-api -i 0`
function programOf(commandLine: string | undefined): string | undefined {
  return commandLine?.split(' ', 1)[0]?.split('/').at(-1);
}

// `openim-api exit -1: Error: 1050 …`
function addCode(message: string, attributes: Map<string, AttributeValue>): void {
  const exit = message.indexOf(' exit -1: ');
  if (exit < 0) {
    addAnswer(message, attributes);
    return;
  }
  const code = codeOfError(message.slice(exit + ' exit -1: '.length), 'server');
  if (code !== undefined) attributes.set('error.code', String(code));
  const kind = code === undefined ? undefined : errorKindOf(code, 'server');
  attributes.set('error.kind', kind ?? 'fault');
}

// `Error occurred: {"errCode":14,…}` of the API test.
function addAnswer(message: string, attributes: Map<string, AttributeValue>): void {
  const start = message.indexOf('{"errCode":');
  const code = start < 0 ? undefined : codeOfAnswer(message.slice(start));
  if (code === undefined) return;
  attributes.set('error.code', String(code));
  const kind = errorKindOf(code, 'server');
  if (kind) attributes.set('error.kind', kind);
}

function resourceOf(
  service: string | undefined,
  pid: string | undefined,
): Map<string, AttributeValue> | undefined {
  if (service === undefined) return undefined;
  const resource = new Map<string, AttributeValue>([['service.name', service]]);
  if (pid !== undefined) resource.set('process.pid', Number(pid));
  return resource;
}
