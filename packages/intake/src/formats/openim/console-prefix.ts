/**
 * What browsers' consoles and logcat put around a line when it is copied or collected from there:
 * `[Log] … (wasm_exec.js, line 22)`, `wasm_exec.js:48 …`, `I/GoLog   (22263): …`.
 */
const PREFIX =
  /^(?:\[(?:Log|Info|Debug|Warning|Error)\] {1,4}|[\w.@/-]{1,128}\.js:\d{1,7}(?::\d{1,7})? {1,4}|[VDIWEF]\/[\w-]{1,64} {0,16}\( {0,8}\d{1,10}\): )/;
const SUFFIX = / \([\w.@/-]{1,128}\.js(?:, line \d{1,7}|:\d{1,7}(?::\d{1,7})?)\)$/;
/** Of a suffix. */
const SUFFIX_LENGTH_MAX = 160;

/** The line without them; the line itself when there are none. */
export function withoutConsole(line: string): string {
  const start = PREFIX.exec(line)?.[0].length ?? 0;
  const tailAt = Math.max(start, line.length - SUFFIX_LENGTH_MAX);
  const suffix = line.endsWith(')') ? SUFFIX.exec(line.slice(tailAt)) : undefined;
  const end = suffix ? tailAt + suffix.index : line.length;
  return start === 0 && end === line.length ? line : line.slice(start, end);
}
