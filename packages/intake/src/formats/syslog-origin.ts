/** Who wrote a syslog line: `host program[pid]: ` (RFC 3164) or `host program pid id - ` (RFC 5424) after the time. */
export interface SyslogOrigin {
  readonly host: string;
  readonly program: string;
  /** As written; empty when there is none. */
  readonly pid: string;
  /** Index of the first character of the message. */
  readonly end: number;
}

const RFC_3164 =
  / (?<host>[\w.:-]{1,255}) (?<program>[\w./@-]{1,128})(?:\([\w.-]{1,64}\))?(?:\[(?<pid>\d{1,10})\])?: /y;
const RFC_5424 =
  / (?<host>\S{1,255}) (?<program>\S{1,48}) (?<pid>\S{1,128}) (?<id>\S{1,32}) (?:- ?\uFEFF?|(?=\[))/y;

/** `end` is the index after the time. Undefined when what follows does not look like syslog. */
export function syslogOrigin(
  line: string,
  end: number,
  isRfc5424: boolean,
): SyslogOrigin | undefined {
  const pattern = isRfc5424 ? RFC_5424 : RFC_3164;
  pattern.lastIndex = end;
  const groups = pattern.exec(line)?.groups;
  if (!groups) return undefined;
  return {
    host: nilToEmpty(groups['host']),
    program: nilToEmpty(groups['program']),
    pid: nilToEmpty(groups['pid']),
    end: pattern.lastIndex,
  };
}

function nilToEmpty(text: string | undefined): string {
  return text === undefined || text === '-' ? '' : text;
}
