/**
 * Severities by OpenTelemetry's numbers (logs data model, "Field: SeverityNumber"): six ranges of
 * four. A range's first number stands for its name.
 */
export const SEVERITIES = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;
export type Severity = (typeof SEVERITIES)[number];

const NAMES: ReadonlyMap<string, Severity> = new Map<string, Severity>([
  ...SEVERITIES.map((name) => [name, name] as const),
  ['verbose', 'trace'],
  ['trc', 'trace'],
  ['dbg', 'debug'],
  ['debg', 'debug'],
  ['fine', 'debug'],
  ['information', 'info'],
  ['informational', 'info'],
  ['inf', 'info'],
  ['notice', 'info'],
  ['log', 'info'],
  ['warning', 'warn'],
  ['wrn', 'warn'],
  ['err', 'error'],
  ['eror', 'error'],
  ['severe', 'error'],
  ['critical', 'fatal'],
  ['crit', 'fatal'],
  ['alert', 'fatal'],
  ['emerg', 'fatal'],
  ['emergency', 'fatal'],
  ['panic', 'fatal'],
  ['dpanic', 'fatal'],
  ['ftl', 'fatal'],
]);

/** The severity that a name stands for, in any case; undefined when it is no severity's name. */
export function severityOfName(name: string): Severity | undefined {
  return NAMES.get(name.toLowerCase());
}

/** The first OpenTelemetry number of a severity's range: 1, 5, 9, 13, 17, 21. */
export function severityNumber(severity: Severity): number {
  return SEVERITIES.indexOf(severity) * 4 + 1;
}

/** The severity of an OpenTelemetry number; undefined for 0 (unknown) and what is beyond 24. */
export function severityOfNumber(number: number): Severity | undefined {
  return number >= 1 && number <= 24 ? SEVERITIES[(number - 1) >> 2] : undefined;
}
