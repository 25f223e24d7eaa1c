/**
 * OTLP's AnyValue, whatever encoding it came in, as attributes and bodies hold it: maps are flattened
 * to dotted keys, arrays of one type stay arrays, anything else becomes JSON text.
 */
import { KIND, type Kind } from '@tendril/columns/json-path';
import type { AttributeScalar, AttributeValue } from '@tendril/model/attribute';

export type AnyValue =
  | { readonly kind: 'empty' }
  /** Bytes are text here: their base64. */
  | { readonly kind: 'scalar'; readonly type: Kind; readonly value: AttributeScalar }
  | { readonly kind: 'array'; readonly values: readonly AnyValue[] }
  | { readonly kind: 'map'; readonly entries: readonly AnyEntry[] };

export interface AnyEntry {
  readonly key: string;
  readonly value: AnyValue;
}

export const EMPTY_VALUE: AnyValue = { kind: 'empty' };

/** Takes a value that fits `type`, under a key that may be dotted. */
export type ValueSink = (name: string, type: Kind, value: AttributeValue) => void;

/** Thrown where a value is nested too deeply: its record is refused, the request is not. */
export class TooDeep extends Error {}

export function checkDepth(depth: number, depthMax: number): void {
  if (depth > depthMax) throw new TooDeep(`a value is nested deeper than ${depthMax}`);
}

/** An empty value is an empty text, an empty map is `{}`: that the key is there is worth keeping. */
export function flatten(name: string, any: AnyValue, sink: ValueSink): void {
  switch (any.kind) {
    case 'empty':
      sink(name, KIND.text, '');
      break;
    case 'scalar':
      sink(name, any.type, any.value);
      break;
    case 'array':
      flattenArray(name, any.values, sink);
      break;
    case 'map':
      if (any.entries.length === 0) sink(name, KIND.text, '{}');
      for (const { key, value } of any.entries) flatten(`${name}.${key}`, value, sink);
      break;
  }
}

/** Text as it is, other scalars as they print, anything else as JSON. */
export function anyValueText(any: AnyValue): string {
  switch (any.kind) {
    case 'empty':
      return '';
    case 'scalar':
      return String(any.value);
    case 'array':
    case 'map':
    default:
      return jsonOf(any);
  }
}

function flattenArray(name: string, values: readonly AnyValue[], sink: ValueSink): void {
  const scalars = values.flatMap((value) => (value.kind === 'scalar' ? [value] : []));
  const type = scalars[0]?.type ?? KIND.text;
  const isUniform = scalars.length === values.length && scalars.every((one) => one.type === type);
  if (!isUniform) {
    sink(name, KIND.text, jsonOf({ kind: 'array', values }));
    return;
  }
  const arrayType = (type + KIND.texts) as Kind;
  sink(
    name,
    arrayType,
    scalars.map(({ value }) => value),
  );
}

function jsonOf(any: AnyValue): string {
  switch (any.kind) {
    case 'empty':
      return 'null';
    case 'scalar':
      return jsonOfScalar(any.value);
    case 'array':
      return `[${any.values.map(jsonOf).join(',')}]`;
    case 'map':
    default: {
      const members = any.entries.map(
        ({ key, value }) => `${JSON.stringify(key)}:${jsonOf(value)}`,
      );
      return `{${members.join(',')}}`;
    }
  }
}

/** JSON has no NaN and no infinities; they become their names. */
function jsonOfScalar(value: AttributeScalar): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number' && !Number.isFinite(value)) return `"${value}"`;
  return String(value);
}
