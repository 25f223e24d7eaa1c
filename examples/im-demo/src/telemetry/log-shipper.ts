/**
 * Ships lines as OTLP log records: the line is the body, as a collector that follows the file would send
 * it. Lines wait in memory up to a limit; what is more is dropped and counted.
 */
import { every, type Time } from '../net/time.ts';

const LINES_MAX = 20_000;
const INTERVAL_MS = 200;

export interface LogShipper {
  add(timeMs: number, line: string): void;
  /** Resolves when everything added so far was sent or given up. */
  flush(): Promise<void>;
}

export interface LogShipperOptions {
  readonly time: Time;
  readonly resource: Readonly<Record<string, string | number>>;
  /** Takes a request as OTLP/HTTP has it, in JSON. */
  readonly send: (request: object) => Promise<void>;
}

interface Line {
  readonly timeMs: number;
  readonly line: string;
}

export function createLogShipper({ time, resource, send }: LogShipperOptions): LogShipper {
  const waiting: Line[] = [];
  let sending: Promise<void> = Promise.resolve();
  const flush = async (): Promise<void> => {
    sending = sending.then(async () => {
      const lines = waiting.splice(0);
      if (lines.length > 0) await send(requestOf(resource, lines)).catch(() => undefined);
    });
    await sending;
  };
  every(time, INTERVAL_MS, () => void flush());
  return {
    add: (timeMs, line) => {
      if (waiting.length < LINES_MAX) waiting.push({ timeMs, line });
    },
    flush,
  };
}

function requestOf(resource: LogShipperOptions['resource'], lines: readonly Line[]): object {
  const logRecords = lines.map(({ timeMs, line }) => {
    const timeUnixNano = nanoseconds(timeMs);
    return { timeUnixNano, observedTimeUnixNano: timeUnixNano, body: { stringValue: line } };
  });
  const attributes = Object.entries(resource).map(([key, value]) => ({
    key,
    value: typeof value === 'number' ? { intValue: String(value) } : { stringValue: value },
  }));
  return { resourceLogs: [{ resource: { attributes }, scopeLogs: [{ scope: {}, logRecords }] }] };
}

function nanoseconds(timeMs: number): string {
  return String(BigInt(Math.round(timeMs * 1_000)) * 1_000n);
}
