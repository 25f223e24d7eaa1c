/** Lines as common loggers write them, with the trace's id where the logger has a place for it. */
import type { Level, LogStyle } from './topology.ts';

export interface Said {
  readonly timeMs: number;
  readonly level: Level;
  readonly logger: string;
  readonly text: string;
  readonly fields: Readonly<Record<string, string | number>>;
  /** Empty outside of a request. */
  readonly traceId: string;
  readonly spanId: string;
}

type Writer = (said: Said, pid: number) => string;

export const LOG_WRITERS: Readonly<Record<Exclude<LogStyle, 'none'>, Writer>> = {
  zap: ({ timeMs, level, logger, text, fields, traceId }) =>
    JSON.stringify({
      level,
      ts: timeMs / 1_000,
      logger,
      msg: text,
      ...(traceId !== '' && { trace_id: traceId }),
      ...fields,
    }),
  spring: ({ timeMs, level, logger, text, fields, traceId, spanId }, pid) => {
    const ids = traceId === '' ? '' : `[${traceId}-${spanId}] `;
    const time = `${isoTime(timeMs)}Z`;
    return `${time} ${level.toUpperCase().padStart(5)} ${pid} --- [${logger}] [nio-8080-exec-${pid % 9}] ${ids}c.e.${logger}.Service : ${text}${asWords(fields)}`;
  },
  'python-json': ({ timeMs, level, logger, text, fields, traceId }) =>
    JSON.stringify({
      asctime: isoTime(timeMs).replace('T', ' ').replace('.', ','),
      levelname: level === 'warn' ? 'WARNING' : level.toUpperCase(),
      name: `${logger}.views`,
      message: text,
      ...(traceId !== '' && { trace_id: traceId }),
      ...fields,
    }),
  logfmt: ({ timeMs, level, text, fields, traceId }) =>
    `time="${isoTime(timeMs)}Z" level=${level} msg=${JSON.stringify(text)}${traceId === '' ? '' : ` trace_id=${traceId}`}${asPairs(fields)}`,
  tracing: ({ timeMs, level, logger, text, fields, traceId }) =>
    JSON.stringify({
      timestamp: `${isoTime(timeMs)}000Z`,
      level: level.toUpperCase(),
      fields: { message: text, ...(traceId !== '' && { trace_id: traceId }), ...fields },
      target: `${logger}::handlers`,
    }),
  nginx: ({ timeMs, text, fields }) => {
    const status = fields['status'] ?? 200;
    return `10.9.0.4 - - [${accessTime(timeMs)}] "${text} HTTP/1.1" ${status} 512 "-" "okhttp/4.12"`;
  },
  postgres: ({ timeMs, level, text }, pid) =>
    `${isoTime(timeMs).replace('T', ' ')} UTC [${pid}] ${level === 'error' ? 'ERROR' : 'LOG'}:  ${text}`,
  plain: ({ timeMs, level, text, fields }) =>
    `${isoTime(timeMs)}Z ${level.toUpperCase()} ${text}${asWords(fields)}`,
};

function isoTime(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, -1);
}

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

function accessTime(timeMs: number): string {
  const date = new Date(timeMs);
  const time = date.toISOString().slice(11, 19);
  const day = String(date.getUTCDate()).padStart(2, '0');
  return `${day}/${MONTHS[date.getUTCMonth()] ?? ''}/${date.getUTCFullYear()}:${time} +0000`;
}

function asPairs(fields: Said['fields']): string {
  return Object.entries(fields)
    .map(([key, value]) => ` ${key}=${typeof value === 'number' ? value : JSON.stringify(value)}`)
    .join('');
}

function asWords(fields: Said['fields']): string {
  return Object.entries(fields)
    .map(([key, value]) => (key === 'error' ? `: ${value}` : ` ${key}=${value}`))
    .join('');
}
