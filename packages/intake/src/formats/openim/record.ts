/** What the formats of OpenIM have in common: levels, and what their errors mean. */
import type { AttributeValue } from '@tendril/model/attribute';
import type { ParsedFields, ParsedLine } from '../../format.ts';
import type { ContextFields } from './context.ts';
import { errorKindOf, type CodeLayer, type ErrorKind } from './error-codes.ts';
import { codeOfAnswer, codeOfError } from './error-text.ts';

/** Names that zap and logrus print, and their OpenTelemetry numbers. */
export const LEVELS: ReadonlyMap<string, number> = new Map([
  ['TRACE', 1],
  ['DEBUG', 5],
  ['INFO', 9],
  ['WARN', 13],
  ['WARNING', 13],
  ['ERROR', 17],
  ['DPANIC', 21],
  ['PANIC', 21],
  ['FATAL', 21],
]);

const ERROR_LEVEL = 17;

export interface OpenimRecord {
  /** Undefined for a line that is the second half of a record. */
  readonly timeNs: bigint | undefined;
  readonly level: string;
  readonly message: string;
  readonly fields: ContextFields;
  readonly resource: ParsedFields | undefined;
  readonly layer: CodeLayer;
}

/** Adds to `fields` the error's code and kind, and the duration where it is written in seconds. */
export function openimLine(record: OpenimRecord): ParsedLine {
  const { timeNs, level, message, fields, resource } = record;
  if (fields.size > 0) {
    addDuration(fields);
    addError(record);
  }
  return {
    timeNs,
    severityText: level,
    severityNumber: LEVELS.get(level) ?? 0,
    body: message,
    eventName: '',
    scopeName: '',
    attributes: fields,
    resource,
  };
}

// Up to 3.8.2 durations are numbers of seconds, under keys that later hold `1.2ms`.
const DURATION_KEYS = ['cost', 'time cost', 'cost time', 'duration', 'elapsed', 'time'] as const;

const IN_BRACKETS = /^(\d{1,12}(?:\.\d{1,9})?)\((ns|µs|ms|s)\)$/;

function addDuration(fields: ContextFields): void {
  const elapsed = fields.get('elapsed time');
  const shown = typeof elapsed === 'string' ? IN_BRACKETS.exec(elapsed) : undefined;
  if (shown) fields.set('duration', `${shown[1] ?? ''}${shown[2] ?? ''}`);
  for (const key of DURATION_KEYS) {
    const value = fields.get(key);
    if (typeof value !== 'number') continue;
    // Larger ones are times.
    if (value >= 0 && value < 86_400) fields.set('duration', secondsText(value));
    return;
  }
}

function secondsText(seconds: number): string {
  const text = String(seconds);
  return `${text.includes('e') ? seconds.toFixed(9) : text}s`;
}

const CLOSE = /websocket: close (\d{4})\b/;

// gorilla's words for how a connection ended.
function addClose(text: AttributeValue | undefined, fields: ContextFields): void {
  if (typeof text !== 'string' || !text.includes('websocket: close ')) return;
  const code = CLOSE.exec(text.slice(0, 1024))?.[1];
  if (code !== undefined) fields.set('websocket.close.code', Number(code));
}

function addError({ level, message, fields, layer }: OpenimRecord): void {
  const error = fields.get('error') ?? fields.get('err') ?? fields.get('r');
  const text = typeof error === 'string' ? error : undefined;
  addClose(text ?? fields.get('close reason'), fields);
  const code = text === undefined ? codeOfAnswers(fields) : codeOfError(text, layer);
  if (code !== undefined && !fields.has('errCode')) fields.set('error.code', String(code));
  const kind = kindOf({ code, message, level, hasError: text !== undefined, layer });
  if (kind !== undefined) fields.set('error.kind', kind);
}

const ANSWER_KEYS = ['respBody', 'resp', 'reply', 'response', 'reconn resp'] as const;

function codeOfAnswers(fields: ContextFields): number | undefined {
  const own: AttributeValue | undefined = fields.get('errCode');
  if (own !== undefined) return Number(own) || undefined;
  for (const key of ANSWER_KEYS) {
    const value = fields.get(key);
    const code = typeof value === 'string' ? codeOfAnswer(value) : undefined;
    if (code !== undefined) return code;
  }
  return undefined;
}

// What the logger says of itself when it is called wrongly; nothing failed.
const COMPLAINTS: ReadonlySet<string> = new Set([
  'keysAndValues length is not even',
  'Ignored key without a value.',
  'Ignored key-value pairs with non-string keys.',
]);

interface ErrorSigns {
  readonly code: number | undefined;
  readonly message: string;
  readonly level: string;
  readonly hasError: boolean;
  readonly layer: CodeLayer;
}

function kindOf({ code, message, level, hasError, layer }: ErrorSigns): ErrorKind | undefined {
  if (COMPLAINTS.has(message)) return 'noise';
  const kind = code === undefined ? undefined : errorKindOf(code, layer);
  if (kind !== undefined) return kind;
  // An error without a code is what nobody has thought of.
  return hasError && (LEVELS.get(level) ?? 0) >= ERROR_LEVEL ? 'fault' : undefined;
}
