/**
 * What single lines say of the steps of a build, a pipeline or a start: that one begins, that one failed and with
 * which exit code. Of GitHub Actions, GitLab, Jenkins, Azure; make, npm, Go, cargo, Docker, Maven, Gradle,
 * pytest; systemd, Compose, Kubernetes and shells.
 */

/** A step begins; the one before it on its track is over. */
export interface StepBegin {
  /** Steps that run at the same time are on tracks of their own; empty for those that follow each other. */
  readonly track: string;
  readonly title: string;
}

export interface StepFailure {
  /** Of the step that is meant; undefined for the one at hand. */
  readonly track: string | undefined;
  /** What failed, as the line has it: a target with its place, a command, a unit. */
  readonly what: string;
  /** A number, or the name of a signal; empty when the line does not say. */
  readonly exit: string;
  /** True when the line says why as well. */
  readonly isReason: boolean;
  /** True when it is of a program that is named, not of the step at hand. */
  readonly isProgram: boolean;
}

/** No line that is longer says such a thing. */
const LINE_LENGTH_MAX = 1024;

const BEGINS: readonly RegExp[] = [
  /^(?<title>Run \S[^\n]*)$/,
  /^##\[section\]Starting: (?<title>.+)$/,
  /^#(?<track>\d{1,4}) (?<title>\[(?!internal\])[^\]]{1,80}\] .+)$/,
  /^(?<title>Step \d{1,3}\/\d{1,3} : .+)$/,
  /^section_start:\d{1,12}:(?!cleanup|upload|archive|after)(?<title>[\w-]{1,80})/,
  /^\[Pipeline\] \{ \((?<title>[^)]{1,200})\)$/,
];

/** The rest of a line is a part of the step on that track: `#9 12.3 make: ***`. */
const TRACKED = /^#(?<track>\d{1,4}) (?:\d{1,6}\.\d{1,3} )?/;

interface FailureRule {
  /** Groups: `what`, `exit`, `signal`. */
  readonly pattern: RegExp;
  /** Of commands that end in one way only. */
  readonly exit?: string;
  readonly isReason?: true;
  readonly isProgram?: true;
}

const FAILURES: readonly FailureRule[] = [
  // GitHub Actions, Azure, GitLab, Jenkins.
  { pattern: /^(?:##\[error\])?Process completed with exit code (?<exit>[1-9]\d*)\.?$/ },
  { pattern: /^(?:##\[error\])?The process '(?<what>[^']+)' failed with exit code (?<exit>\d+)/ },
  { pattern: /^##\[error\](?:Bash|Cmd\.exe|PowerShell) exited with code '(?<exit>\d+)'/ },
  { pattern: /^ERROR: Job failed(?:: exit (?:code|status) (?<exit>\d+))?/ },
  { pattern: /^(?:ERROR: )?script returned exit code (?<exit>[1-9]\d*)/ },
  { pattern: /^(?<what>Build step '[^']+') marked build as failure/ },
  // make, ninja, CMake.
  {
    pattern:
      /^\S{0,64}make(?:\[\d+\])?: \*\*\* \[(?<what>[^\]]+)\] (?:Error (?<exit>\d+)|(?<signal>[A-Z][A-Za-z ]+))/,
  },
  {
    pattern: /^\S{0,64}make(?:\[\d+\])?: \*\*\* (?<what>(?!\[).+?) *Stop\.$/,
    exit: '2',
    isReason: true,
  },
  { pattern: /^(?<what>[^\s:]{1,256}:\d+: \*\*\* .+?) *Stop\.$/, exit: '2', isReason: true },
  { pattern: /^(?<what>ninja: build stopped: .+)$/, exit: '1' },
  // Docker.
  {
    pattern: /process "(?<what>.+)" did not complete successfully: exit code: (?<exit>\d+)/,
  },
  { pattern: /^The command '(?<what>.+)' returned a non-zero code: (?<exit>\d+)/ },
  { pattern: /^(?:#\d+ )?ERROR: (?<what>failed to (?:solve|build|do request).+)$/, exit: '1' },
  {
    pattern: /^(?<what>[\w./-]{1,128}) exited with code (?<exit>[1-9]\d{0,2})\b/,
    isProgram: true,
  },
  { pattern: /^\s*Exit Code:\s+(?<exit>[1-9]\d{0,2})$/ },
  // npm, yarn, pnpm.
  { pattern: /^npm (?:ERR!|error) (?<what>Lifecycle script `[^`]+` failed with error)/ },
  { pattern: /^npm (?:ERR!|error) (?<what>[\w@/.-]+@\S+ \S+): `[^`]*`$/ },
  { pattern: /^npm (?:ERR!|error) code (?!ELIFECYCLE)E[A-Z_]{2,30}$/, exit: '1', isReason: true },
  { pattern: /^npm (?:ERR!|error) (?:code|errno|Exit status) (?<exit>[1-9]\d{0,2})$/ },
  { pattern: /Command failed with exit code (?<exit>\d+)/ },
  // Go, cargo, Maven, Gradle, pytest, pip.
  { pattern: /^FAIL\t(?<what>\S+)(?: \[(?:build|setup) failed\]|\t[\d.]+s)$/, exit: '1' },
  { pattern: /^go: (?<what>go\.mod requires go .{1,200})$/, exit: '1', isReason: true },
  {
    pattern: /^(?:go: |\S{1,256}\.go:\d+:\d+: )(?<what>\S{1,256}@v\S{1,128}): \S/,
    exit: '1',
    isReason: true,
  },
  {
    pattern: /^(?<what>\.{0,2}[\w/.-]{1,256}\.go):\d{1,7}:\d{1,5}: \S/,
    exit: '1',
    isReason: true,
  },
  // What Node prints after an exception that nothing caught.
  { pattern: /^Node\.js v\d+\.\d+\.\d+$/, exit: '1' },
  { pattern: /^exit status (?<exit>[1-9]\d{0,2})$/ },
  { pattern: /^error: (?<what>could not compile `[^`]+`(?: \([^)]+\))?)/, exit: '101' },
  { pattern: /^error: (?<what>test failed), to rerun/, exit: '101' },
  {
    pattern:
      /process didn't exit successfully: `(?<what>[^`]+)` \(exit (?:status|code): (?<exit>\d+)/,
  },
  { pattern: /process didn't exit successfully: `(?<what>[^`]+)` \(signal: (?<signal>[^)]+)\)/ },
  { pattern: /^> Task (?<what>:\S+) FAILED$/, exit: '1' },
  { pattern: /^\[ERROR\] (?<what>Failed to execute goal \S+)/, exit: '1' },
  { pattern: /^=+ (?<what>[^=]{0,80}\b\d+ failed\b[^=]{0,80}) =+$/, exit: '1' },
  { pattern: /^[×╰│ ─>]*(?<what>.{1,128}) did not run successfully\.$/ },
  { pattern: /^[×╰│ ─>]*exit code: (?<exit>[1-9]\d{0,2})$/ },
  // Programs that start.
  {
    pattern:
      /^(?<what>\S{1,128}\.(?:service|socket|mount|timer)): (?:Main|Control) process exited, code=\w+, status=(?!0\/)(?<exit>\d+)(?:\/(?<signal>[A-Z_]+))?/,
    isProgram: true,
  },
  {
    pattern:
      /^\s*Process: \d+ Exec\w+=(?<what>.+?) \(code=\w+, (?:status|signal)=(?!0\/)(?<exit>\d*)\/?(?<signal>[A-Z_]*)\)$/,
    isProgram: true,
  },
  {
    pattern:
      /^-?(?:ba|z|da|k|a)?sh: (?:(?:line )?\d+: )?(?<what>[^:]{1,200}): (?:command not found|not found|No such file or directory|未找到命令|没有那个文件或目录)$/,
    exit: '127',
    isReason: true,
  },
  { pattern: /^zsh: command not found: (?<what>.{1,200})$/, exit: '127', isReason: true },
  {
    pattern:
      /^-?(?:ba|z|da|k|a)?sh: (?:(?:line )?\d+: )?(?<what>[^:]{1,200}): (?:Permission denied|权限不够|cannot execute.{0,64})$/,
    exit: '126',
    isReason: true,
  },
  { pattern: /^(?<what>[\w.-]{1,64}) exit -1: /, exit: '255', isReason: true, isProgram: true },
  { pattern: /^Exiting with status (?<exit>[1-9]\d{0,2})$/ },
  { pattern: /^(?<what>panic: (?!.*\[recovered).{1,300})/, exit: '2', isReason: true },
  {
    pattern: /^(?<what>thread 'main'(?: \(\d+\))? panicked at .{1,300})/,
    exit: '101',
    isReason: true,
  },
];

/** What any of them has: all other lines are done with here. */
const ANY_FAILURE =
  /exit|fail|FAIL|\*\*\*|non-zero|^npm |: (?:command )?not found|No such file|denied|cannot execute|panic|^error: |没有那个|未找到命令|权限不够|ninja|did not|Exit|Job|^go: |^Node|\.go:\d/;

/** `line` is without colours, and without what its transport put before it. */
export function stepBegin(line: string): StepBegin | undefined {
  if (line.length > LINE_LENGTH_MAX) return undefined;
  for (const pattern of BEGINS) {
    const groups = pattern.exec(line)?.groups;
    if (groups) return { track: groups['track'] ?? '', title: (groups['title'] ?? '').trim() };
  }
  return undefined;
}

export function stepFailure(line: string): StepFailure | undefined {
  if (line.length > LINE_LENGTH_MAX || !ANY_FAILURE.test(line)) return undefined;
  const tracked = trackOf(line);
  const rest = tracked === undefined ? line : line.slice(tracked.length);
  for (const { exit, isProgram = false, isReason = false, pattern } of FAILURES) {
    const match = pattern.exec(rest);
    if (!match) continue;
    const { groups = {} } = match;
    return {
      track: tracked?.track,
      what: groups['what'] ?? '',
      exit: exit ?? exitOf(groups['exit'], groups['signal']),
      isReason,
      isProgram,
    };
  }
  return undefined;
}

/** The track that a line says it is of, and how long that part of it is. */
export function trackOf(
  line: string,
): { readonly track: string; readonly length: number } | undefined {
  if (!line.startsWith('#')) return undefined;
  const match = TRACKED.exec(line);
  return match ? { track: match.groups?.['track'] ?? '', length: match[0].length } : undefined;
}

// systemd writes both: of a signal the name says more.
function exitOf(exit = '', signal = ''): string {
  const isSignal = /^(?:KILL|TERM|ABRT|SEGV|INT|HUP|BUS|FPE|ILL|TRAP|SYS|PIPE|QUIT)$/.test(signal);
  return isSignal || exit === '' ? signal : exit;
}
