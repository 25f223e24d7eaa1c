/**
 * Lines as openimsdk/tools writes them: columns between tabs, padded, with colours even in files, and
 * what belongs to the message as JSON with blanks.
 */
import type { Identity } from '../topology.ts';
import type { Call } from './call.ts';

export type Level = 'DEBUG' | 'INFO' | 'WARN' | 'ERROR';
export type Fields = Readonly<Record<string, unknown>>;

const COLOURS: Readonly<Record<Level, number>> = { DEBUG: 37, INFO: 34, WARN: 33, ERROR: 31 };

export interface LogEntry {
  readonly timeMs: number;
  readonly level: Level;
  /** `package/file.go:line` in the original. */
  readonly caller: string;
  readonly message: string;
  readonly call: Call | undefined;
  readonly fields: Fields;
  readonly error: unknown;
}

export function logLine({ service, pid, version }: Identity, entry: LogEntry): string {
  const { timeMs, level, caller, message, call, fields, error } = entry;
  const colour = (text: string): string => `\u001b[${COLOURS[level]}m${text}\u001b[0m`;
  const all = {
    ...contextOf(call),
    ...fields,
    ...(error !== undefined && { error: errorText(error) }),
  };
  const columns = [
    localTime(timeMs),
    colour(level),
    colour(`[PID:${pid}]`.padEnd(15)),
    // The SDK in a browser has no module.
    ...(pid < 0 ? [] : [colour(service.padEnd(25))]),
    `[${version}]`.padEnd(30),
    `[${caller}]`.padEnd(50),
    message.padEnd(50),
    spacedJson(all),
  ];
  return columns.join('\t');
}

function contextOf(call: Call | undefined): Fields {
  if (!call) return {};
  const { platform, connectionId, operationId, userId } = call;
  return {
    ...(platform && { platform }),
    ...(connectionId && { connID: connectionId }),
    operationID: operationId,
    ...(userId && { opUserID: userId }),
  };
}

export function errorText(error: unknown): string {
  return error instanceof Error ? `Error: ${error.message}` : String(error);
}

/** The outer object with blanks after its commas and colons, what is inside without. */
function spacedJson(fields: Fields): string {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return `{${entries.map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`).join(', ')}}`;
}

export function localTime(timeMs: number): string {
  const shifted = timeMs - new Date(timeMs).getTimezoneOffset() * 60_000;
  return new Date(shifted).toISOString().slice(0, -1).replace('T', ' ');
}
