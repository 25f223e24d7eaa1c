/** Severity texts and numbers stand in for each other where a sender gives only one of them. */
import { ByteSource } from '@tendril/columns/byte-store';
import { severityNumber, severityOfName, severityOfNumber } from '@tendril/model/severity';

/** The longest name of a severity. */
const NAME_BYTES_MAX = 16;
/** The highest severity number of OpenTelemetry. */
export const SEVERITY_NUMBER_MAX = 24;

/** For each number the upper-case name of its range; empty for 0. */
export const SEVERITY_SOURCES: readonly ByteSource[] = Array.from(
  { length: SEVERITY_NUMBER_MAX + 1 },
  (_, number) => new ByteSource(Buffer.from(severityOfNumber(number)?.toUpperCase() ?? '')),
);

/** 0 when the range is no severity's name. */
export function severityNumberOfRange(source: ByteSource, start: number, end: number): number {
  if (end - start > NAME_BYTES_MAX) return 0;
  let name = '';
  for (let i = start; i < end; i += 1) name += String.fromCharCode(source.bytes[i] ?? 0);
  const severity = severityOfName(name.trim());
  return severity ? severityNumber(severity) : 0;
}
