/**
 * Our own log: one JSON object per line on a file in the data directory, or text on stderr for a
 * person. Never holds telemetry, tokens or query values.
 */
import pino, { type Logger } from 'pino';

export type { Logger } from 'pino';

export interface LoggerOptions {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  /** Path of the log file; stderr when absent. */
  readonly file?: string;
}

export function createLogger({ level, file }: LoggerOptions): Logger {
  // Synchronous: what is said just before a crash is what one wants to read. The volume is small.
  const destination = pino.destination({ dest: file ?? 2, mkdir: true, sync: true });
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, destination);
}
