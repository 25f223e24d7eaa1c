/**
 * What is printed over several lines, as data: how it begins and which lines belong to it. Lines are
 * without colours. A rule that is at work also takes indented lines.
 */
export interface TraceRule {
  readonly name: string;
  readonly start: RegExp;
  /** Lines after the first that belong to it though they are not indented. */
  readonly part: RegExp;
  /** The same, only after an indented line: the exception that ends the frames of Python. */
  readonly partAfterIndented?: RegExp;
  /**
   * True: it begins a record whatever stands before, since the process printed it, not a logger. False:
   * it belongs to the logged line right before it, where there is one.
   */
  readonly isAlone: boolean;
  /** So many lines after the first belong to it whatever they are. */
  readonly linesTaken?: number;
  /** Ends with the first line that holds this, colours included; until then all lines belong to it. */
  readonly until?: RegExp;
  /** With `until`, where somebody took the colours away: the unindented lines after the first indented one. */
  readonly frame?: RegExp;
  /** The last line of it: what follows begins a record. */
  readonly end?: RegExp;
}

const NEVER = /(?!)/;

// `main.(*Server).run(0xc000010000)`, `runtime.goexit`, `github.com/acme/im.Send[...](...)`
const GO_CALL = String.raw`(?=[^\n]*\)$)[^\s()]{1,512}(?:\([^\s()]{1,128}\)[^\s()]{0,256}){0,8}\(`;
const GO_PART = new RegExp(
  String.raw`^(?:\[signal |\[originating from goroutine |goroutine \d+[ \[]|runtime stack:|created by |exit status \d|panic: |${GO_CALL}|\.\.\.(?:additional frames|\d+ frames elided)|r\w{1,5} +0x[\da-f]+$)`,
);

export const TRACE_RULES: readonly TraceRule[] = [
  {
    name: 'go-panic',
    start: /^(?:panic: |fatal error: |runtime: |SIG[A-Z]{2,8}: )/,
    part: GO_PART,
    end: /^exit status \d/,
    isAlone: true,
  },
  {
    name: 'go-dump',
    start: /^goroutine \d+ \[/,
    part: GO_PART,
    isAlone: false,
  },
  {
    // Of zap and pkg/errors: a function, then its file, indented.
    name: 'go-stack',
    start: /^(?:[\w.-]{1,64}\/){0,16}[\w-]{1,64}\.(?:\(\*?\w{1,64}\)\.)?[A-Za-z_][\w.]{0,128}$/,
    part: /^(?:[\w.-]{1,64}\/){0,16}[\w-]{1,64}\.(?:\(\*?\w{1,64}\)\.)?[A-Za-z_][\w.]{0,128}$/,
    isAlone: false,
  },
  {
    // Its end is where the colour ends that its first line begins with.
    name: 'gin-recovery',
    start: /^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d \[Recovery\] /,
    part: NEVER,
    isAlone: true,
    until: new RegExp(String.raw`\u001b\[0?m`),
    frame: /^[^\n]{1,1024}:\d{1,7} \(0x[\da-f]{1,16}\)$/,
  },
  {
    name: 'rust-panic',
    // Since 1.73 the message stands on the next line, before in quotes on the first.
    start: /^thread '[^'\n]{0,256}'(?: \(\d{1,20}\))? panicked at [^\n]{1,4096}:\d+:\d+:$/,
    part: /^(?:note: |stack backtrace:|error: process didn't exit)/,
    isAlone: true,
    linesTaken: 1,
  },
  {
    name: 'rust-panic-quoted',
    start: /^thread '[^'\n]{0,256}'(?: \(\d{1,20}\))? panicked at /,
    part: /^(?:note: |stack backtrace:)/,
    isAlone: true,
  },
  {
    name: 'rustc',
    start: /^(?:error|warning)(?:\[E\d{1,5}\])?: /,
    part: /^(?:\s*-->|\s*\d+ \||\s+\||\s*= |\s*\.\.\.$)/,
    isAlone: true,
  },
  {
    name: 'python',
    start: /^(?:\s*\+ Exception Group )?Traceback \(most recent call last\):/,
    part: /^(?:Traceback \(most recent call last\):|During handling of the above exception|The above exception was the direct cause)/,
    partAfterIndented: /^[A-Za-z_][\w.]{0,256}(?::|$)/,
    isAlone: false,
  },
  {
    name: 'node-uncaught',
    // The place, the source line, a mark under it; then the error.
    start: /^(?:\/|file:\/\/|node:|[A-Za-z]:\\)[^\s:]{0,1024}:\d+$/,
    part: /^(?:\s*\^+$|(?:Uncaught )?(?:[A-Z]\w{0,64})?(?:Error|Exception)\b|Require stack:$|- (?:\/|[A-Za-z]:\\)|\}$|Thrown at:|Node\.js v\d)/,
    end: /^Node\.js v\d/,
    isAlone: true,
    linesTaken: 1,
  },
  {
    name: 'java',
    start: /^(?:[a-z_$][\w$]{0,64}\.){1,16}[A-Z][\w$]{0,128}(?:Exception|Error|Throwable)\b/,
    part: /^(?:Caused by: |Wrapped by: |Suppressed: |\.\.\. \d+ (?:more|common frames)|\}$)/,
    isAlone: false,
  },
  {
    // `TypeError: x`, `Error: x`: whether frames follow is not known yet, so it never joins what is before.
    name: 'exception',
    start:
      /^(?:Exception in thread "|Unhandled [Ee]xception|Uncaught |(?:[A-Z]\w{0,64})?(?:Error|Exception)(?: \[\w{1,64}\])?: )/,
    part: /^(?:Caused by: |Suppressed: |\.\.\. \d+ (?:more|common frames)|Require stack:$|- (?:\/|[A-Za-z]:\\)|\}$|Node\.js v\d)/,
    end: /^Node\.js v\d/,
    isAlone: true,
  },
  {
    // A head of two or three lines, then the statement, which ends with a semicolon.
    name: 'mysql-slow',
    start: /^# (?:Time: \d|User@Host: [^\n]{0,512}\[)/,
    part: /^(?!# (?:Time|User@Host): )/,
    end: /^(?!use [^\s;]{1,256};|SET timestamp=\d{1,20};)[^\n]*;$/,
    isAlone: true,
    linesTaken: 1,
  },
  {
    // The level and the message stand on the second line.
    name: 'java-util-logging',
    start: /^[A-Z][a-z]{2} \d\d, \d{4} \d{1,2}:\d\d:\d\d [AP]M \S/,
    part: /^(?:(?:[a-z_$][\w$]{0,64}\.){1,16}[A-Z][\w$]{0,128}(?:Exception|Error|Throwable)\b|Caused by: |Suppressed: )/,
    isAlone: true,
    linesTaken: 1,
  },
  {
    name: 'shell-stack',
    start: /^!!! Error in /,
    part: /^(?:Call (?:stack|tree):|Exiting with status )/,
    end: /^Exiting with status /,
    isAlone: true,
  },
  {
    name: 'json-document',
    start: /^[{[]$/,
    part: /^[}\]],?$/,
    end: /^[}\]]/,
    isAlone: true,
  },
];

/** Cargo's own lines are indented, and belong to nothing. */
export const CARGO_STATUS: RegExp =
  /^ {2,12}(?:Adding|Blocking|Building|Checking|Compiling|Dirty|Doc-tests|Downloaded|Downloading|Finished|Fresh|Installed|Installing|Locking|Packaging|Removed|Replacing|Running|Updating|Waiting) \S/;

/**
 * Where OpenIM 3.8.3 prints its version, a line feed in the version cuts the record in two. Joined
 * without one, as other versions write it.
 */
export const SPLIT_VERSION: { readonly head: RegExp; readonly tail: RegExp } = {
  head: /\t\[v?\d[^\]\t\n]{0,64}$/,
  tail: /^\] *\t\[/,
};

/** OpenIM 2 prints values as they are, line feeds included: all that no logger wrote belongs to the record. */
export const LOGRUS_NESTED: RegExp =
  /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} \[(?:INFO|WARN|ERRO|DEBU|FATA|PANI|TRAC)\] \[PID:/;
/** After so many lines it is more likely that something else is written to the same file. */
export const NESTED_LINES_MAX = 100;
