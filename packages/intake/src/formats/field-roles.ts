/**
 * Which of a structured line's fields says when, how severe, what and by whom: names that loggers
 * (zap, zerolog, logrus, pino, bunyan, winston, structlog, tracing, Serilog), GELF, ECS, journald and
 * OpenTelemetry use. Several may be present; the one listed first wins, the others stay attributes.
 */
export type Role =
  | 'time'
  | 'severity'
  | 'severityNumber'
  | 'body'
  | 'service'
  | 'serviceVersion'
  | 'environment'
  | 'host'
  | 'pid'
  | 'scope'
  | 'event';

const NAMES: Readonly<Record<Role, readonly string[]>> = {
  time: [
    'timestamp',
    'time',
    'ts',
    'Timestamp',
    '@timestamp',
    'datetime',
    'eventTime',
    'asctime',
    'date',
    'timeUnixNano',
    'timestampMs',
    'timeMillis',
    'instant.epochSecond',
    'TIME',
    'TIMESTAMP',
    't',
    't.$date',
    '@t',
    '__REALTIME_TIMESTAMP',
  ],
  severity: [
    'severityText',
    'level',
    'severity',
    'log.level',
    'levelname',
    'loglevel',
    'log_level',
    'lvl',
    'severity_text',
    'SeverityText',
    'Level',
    '@level',
    'LEVEL',
    '@l',
    'PRIORITY',
    's',
  ],
  severityNumber: ['severityNumber', 'severity_number', 'SeverityNumber'],
  body: [
    'message',
    'msg',
    'body',
    'Body',
    'short_message',
    'Message',
    '@message',
    '@m',
    '@mt',
    'RenderedMessage',
    'MessageTemplate',
    'MSG',
    'MESSAGE',
    'event',
    'text',
    'log',
  ],
  service: [
    'service.name',
    'service',
    'service_name',
    'serviceName',
    'ServiceName',
    'app',
    'app_name',
    'SYSLOG_IDENTIFIER',
    'name',
  ],
  serviceVersion: ['service.version', 'service_version'],
  environment: [
    'deployment.environment.name',
    'deployment.environment',
    'environment',
    'env',
    'service.environment',
  ],
  host: ['host.name', 'hostname', '_HOSTNAME', 'host.hostname'],
  pid: ['process.pid', 'pid', 'PID', '_PID'],
  scope: ['scope.name', 'logger', 'logger_name', 'loggerName', 'log.logger', 'ScopeName'],
  event: ['event.name', 'eventName', 'event_name', 'EventName'],
};

export interface RoleRank {
  readonly role: Role;
  /** Lower wins. */
  readonly rank: number;
}

const ROLES: ReadonlyMap<string, RoleRank> = new Map(
  (Object.keys(NAMES) as Role[]).flatMap((role) =>
    NAMES[role].map((name, rank) => [name, { role, rank }] as const),
  ),
);

const ATTRIBUTE_NAMES: ReadonlyMap<string, string> = new Map([
  ['caller', 'code.caller'],
  ['filename', 'code.file.path'],
  ['log.origin.file.name', 'code.file.path'],
  ['line_number', 'code.line.number'],
  ['log.origin.file.line', 'code.line.number'],
  ['target', 'code.namespace'],
  ['threadName', 'thread.name'],
  ['thread_name', 'thread.name'],
  ['process.thread.name', 'thread.name'],
  ['threadId', 'thread.id'],
  ['thread_id', 'thread.id'],
  ['process.thread.id', 'thread.id'],
  ['pathname', 'code.file.path'],
  ['lineno', 'code.line.number'],
  ['funcName', 'code.function.name'],
  ['err.type', 'exception.type'],
  ['err.message', 'exception.message'],
  ['err.stack', 'exception.stacktrace'],
  ['error.stack', 'exception.stacktrace'],
  ['error.stack_trace', 'exception.stacktrace'],
  ['stack', 'exception.stacktrace'],
  ['stack_trace', 'exception.stacktrace'],
  ['stackTrace', 'exception.stacktrace'],
  ['stacktrace', 'exception.stacktrace'],
  ['exc_info', 'exception.stacktrace'],
  ['thrown.name', 'exception.type'],
  ['thrown.message', 'exception.message'],
  ['@x', 'exception.stacktrace'],
  ['Exception', 'exception.stacktrace'],
  ['TraceId', 'trace_id'],
  ['traceid', 'trace_id'],
  ['@tr', 'trace_id'],
  ['SpanId', 'span_id'],
  ['spanid', 'span_id'],
  ['@sp', 'span_id'],
]);

export function roleOf(name: string): RoleRank | undefined {
  return ROLES.get(name);
}

/** The name an attribute is stored under. */
export function attributeNameOf(name: string): string {
  return ATTRIBUTE_NAMES.get(name) ?? name;
}
