/**
 * Our own log: one JSON object per line on a file in the data directory, or text on stderr for a
 * person. Never holds telemetry, tokens or query values.
 */
import type { TraceContext } from '@tendril/model/trace-context';
import pino, { type DestinationStream, type Logger } from 'pino';

export type { Logger } from 'pino';

export interface LoggerOptions {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  /** Path of the log file; stderr when absent. */
  readonly file?: string;
  /** Gets each line too. */
  readonly onLine?: ((line: string) => void) | undefined;
  /** What is worked for, which the line is then of. */
  readonly currentTrace?: () => TraceContext | undefined;
}

export function createLogger({ level, file, onLine, currentTrace }: LoggerOptions): Logger {
  // Synchronous: what is said just before a crash is what one wants to read. The volume is small.
  const destination = pino.destination({ dest: file ?? 2, mkdir: true, sync: true });
  const mixin = (): object => {
    const { traceId, spanId } = currentTrace?.() ?? {};
    return traceId === undefined ? {} : { trace: { traceId, spanId } };
  };
  const options = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, mixin };
  return pino(options, onLine === undefined ? destination : both(destination, onLine));
}

function both(destination: DestinationStream, onLine: (line: string) => void): DestinationStream {
  return {
    write: (line) => {
      destination.write(line);
      onLine(line);
    },
  };
}
