/** From the captures of an expression to the fields of a record, by the table of a pack. */
import type { AttributeValue } from '@tendril/model/attribute';
import { attributeNameOf } from '../formats/field-roles.ts';
import { addNested, isMap } from '../formats/json-fields.ts';
import { parseJson } from '../formats/json-text.ts';
import { readPairs } from '../formats/logfmt.ts';
import type { Captures } from './expression.ts';
import type { FieldSource } from './format-spec.ts';

/**
 * Captures that every record has a place of its own for, and three that are read further: `priority` of
 * syslog for the severity, `json` and `pairs` (`key=value …`) for attributes.
 */
export const PARTS: ReadonlySet<string> = new Set([
  'time',
  'severity',
  'priority',
  'body',
  'logger',
  'event',
  'json',
  'pairs',
]);

interface KnownCapture {
  readonly name: string;
  readonly isNumber?: true;
}

/** Captures that need no entry in the table of attributes: their names say what they are. */
const ATTRIBUTES: Readonly<Record<string, KnownCapture>> = {
  pid: { name: 'process.pid', isNumber: true },
  thread: { name: 'thread.name' },
  thread_id: { name: 'thread.id', isNumber: true },
  caller: { name: 'code.caller' },
  file: { name: 'code.file.path' },
  line: { name: 'code.line.number', isNumber: true },
  function: { name: 'code.function.name' },
  trace_id: { name: 'trace_id' },
  span_id: { name: 'span_id' },
  duration: { name: 'duration' },
  error_code: { name: 'error.code' },
  exception_type: { name: 'exception.type' },
  exception_message: { name: 'exception.message' },
  client: { name: 'client.address' },
  client_port: { name: 'client.port', isNumber: true },
  user: { name: 'user.name' },
  database: { name: 'db.namespace' },
  query: { name: 'db.query.text' },
};

const RESOURCE: Readonly<Record<string, KnownCapture>> = {
  host: { name: 'host.name' },
  service: { name: 'service.name' },
  version: { name: 'service.version' },
};

export interface FieldRule {
  readonly name: string;
  /** Of which capture; undefined for what is always the same. */
  readonly capture: string | undefined;
  readonly isNumber: boolean;
  readonly value: AttributeValue;
}

/** What the names of captures say by themselves, and the entries of a table over them. */
export function fieldRules(
  kind: 'attributes' | 'resource',
  captures: readonly string[],
  table: Readonly<Record<string, FieldSource>> = {},
): readonly FieldRule[] {
  const known = kind === 'attributes' ? ATTRIBUTES : RESOURCE;
  const own = Object.entries(table).map(([name, source]) => ruleOf(name, source));
  const taken = new Set(own.map(({ capture }) => capture));
  const implied = captures.flatMap((capture) => {
    if (taken.has(capture) || !Object.hasOwn(known, capture)) return [];
    const { name, isNumber = false } = known[capture] ?? { name: capture };
    return [{ name, capture, isNumber, value: '' }];
  });
  return [...implied, ...own];
}

function ruleOf(name: string, source: FieldSource): FieldRule {
  if (typeof source === 'string') return { name, capture: source, isNumber: false, value: '' };
  if ('value' in source) return { name, capture: undefined, isNumber: false, value: source.value };
  return { name, capture: source.capture, isNumber: true, value: '' };
}

/** True when the name alone says where the capture goes. */
export function isKnownCapture(name: string): boolean {
  return Object.hasOwn(ATTRIBUTES, name) || Object.hasOwn(RESOURCE, name);
}

/** Adds what a line holds as JSON or as pairs. What is neither stays where it stands: in the line. */
export function addNestedFields(
  { json, pairs }: Captures,
  names: ReadonlyMap<string, string>,
  fields: Map<string, AttributeValue>,
): void {
  const add = (name: string, value: AttributeValue): void => {
    fields.set(names.get(name) ?? attributeNameOf(name), value);
  };
  if (json !== undefined) {
    const value = parseJson(json);
    if (isMap(value)) addNested(value, '', add);
  }
  if (pairs !== undefined) {
    const own = new Map<string, string>();
    const count = readPairs(pairs, (name, value) => own.set(name, value));
    if (count > 0) for (const [name, value] of own) add(name, value);
  }
}

/** Adds what was captured; an empty text and a lone `-` are how programs write that there is none. */
export function addFields(
  rules: readonly FieldRule[],
  captures: Captures,
  fields: Map<string, AttributeValue>,
): void {
  for (const { name, capture, isNumber, value } of rules) {
    if (capture === undefined) {
      fields.set(name, value);
      continue;
    }
    const text = captures[capture];
    if (text === undefined || text === '' || text === '-') continue;
    fields.set(name, isNumber ? numberOf(text) : text);
  }
}

// Text that is no number stays text: nothing is lost. Digits beyond 2^53 too.
function numberOf(text: string): AttributeValue {
  if (!/^-?\d{1,15}(?:\.\d{1,15})?$/.test(text)) return text;
  return Number(text);
}
