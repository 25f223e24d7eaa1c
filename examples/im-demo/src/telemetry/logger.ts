/** The logger of an instance: every line of an operation carries its operationID, and no trace id. */
import type { Identity } from '../topology.ts';
import type { Call } from './call.ts';
import type { Clock } from './clock.ts';
import { logLine, type Fields, type Level } from './log-line.ts';
import type { LogShipper } from './log-shipper.ts';

type Write = (
  call: Call | undefined,
  caller: string,
  message: string,
  fields?: Fields,
  error?: unknown,
) => void;

export interface Logger {
  readonly debug: Write;
  readonly info: Write;
  readonly warn: Write;
  readonly error: Write;
  /** A line in the words of another program, such as a database. */
  readonly raw: (line: string) => void;
}

export function createLogger(identity: Identity, clock: Clock, shipper: LogShipper): Logger {
  const at =
    (level: Level): Write =>
    (call, caller, message, fields = {}, error) => {
      const timeMs = clock.nowMs();
      const entry = { timeMs, level, caller, message, call, fields, error };
      shipper.add(timeMs, logLine(identity, entry));
    };
  return {
    debug: at('DEBUG'),
    info: at('INFO'),
    warn: at('WARN'),
    error: at('ERROR'),
    raw: (line) => shipper.add(clock.nowMs(), line),
  };
}
