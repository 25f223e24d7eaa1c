/**
 * Fields of OTLP's JSON as real senders write them: lowerCamelCase or snake_case, 64-bit integers as
 * strings, numbers or {low, high}, enums as numbers or names, null for what is not set.
 */
import { Buffer } from 'node:buffer';
import { KIND } from '@tendril/columns/json-path';
import { checkDepth, EMPTY_VALUE, type AnyEntry, type AnyValue } from './any-value.ts';

/** A field has a type that it cannot have. */
export class WrongType extends Error {}

const INTEGER = /^-?\d{1,20}$/;

export type JsonObject = Readonly<Record<string, unknown>>;

/** The field by its lowerCamelCase name or the snake_case one; null is the same as absent. */
export function fieldOf(object: JsonObject, name: string): unknown {
  const value = own(object, name) ?? own(object, snakeCase(name));
  return value ?? undefined;
}

/** An empty one when it is not set. */
export function objectOf(value: unknown, what: string): JsonObject {
  if (value === undefined || value === null) return {};
  if (typeof value !== 'object' || Array.isArray(value)) throw wrongType(what, 'an object');
  return value as JsonObject;
}

export function listOf(value: unknown, what: string): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw wrongType(what, 'an array');
  return value;
}

export function textOf(value: unknown, what: string): string {
  if (value === undefined || value === null) return '';
  if (typeof value !== 'string') throw wrongType(what, 'a string');
  return value;
}

/** A 64-bit integer; undefined when it is not set. */
export function integerOf(value: unknown, what: string): bigint | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return BigInt(Math.trunc(value));
  if (typeof value === 'string' && INTEGER.test(value)) return BigInt(value);
  if (typeof value === 'object' && 'low' in value && 'high' in value) {
    return ofWords(value.low, value.high, what);
  }
  throw wrongType(what, 'an integer');
}

export function doubleOf(value: unknown, what: string): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'string' && /^(?:NaN|-?Infinity|-?[\d.]+(?:e[+-]?\d+)?)$/i.test(value)) {
    return Number(value);
  }
  throw wrongType(what, 'a number');
}

/** The entries of a list of KeyValue. */
export function entriesOf(value: unknown, depthMax: number, depth: number = 1): AnyEntry[] {
  return listOf(value, 'a list of attributes').map((item) => {
    const object = objectOf(item, 'an attribute');
    const any = objectOf(fieldOf(object, 'value'), 'the value of an attribute');
    return {
      key: textOf(fieldOf(object, 'key'), 'the key of an attribute'),
      value: anyValueOf(any, depthMax, depth),
    };
  });
}

/** AnyValue; the last field that is set counts, as in protobuf. */
export function anyValueOf(object: JsonObject, depthMax: number, depth: number = 1): AnyValue {
  checkDepth(depth, depthMax);
  let any = EMPTY_VALUE;
  for (const [name, value] of Object.entries(object)) {
    if (value !== null) any = fieldValue(name, value, depthMax, depth) ?? any;
  }
  return any;
}

function fieldValue(
  name: string,
  value: unknown,
  depthMax: number,
  depth: number,
): AnyValue | undefined {
  switch (name) {
    case 'stringValue':
    case 'string_value':
      return { kind: 'scalar', type: KIND.text, value: textOf(value, name) };
    case 'boolValue':
    case 'bool_value':
      if (typeof value !== 'boolean') throw wrongType(name, 'true or false');
      return { kind: 'scalar', type: KIND.bool, value };
    case 'intValue':
    case 'int_value':
      return { kind: 'scalar', type: KIND.int64, value: integerOf(value, name) ?? 0n };
    case 'doubleValue':
    case 'double_value':
      return { kind: 'scalar', type: KIND.float64, value: doubleOf(value, name) };
    case 'arrayValue':
    case 'array_value': {
      const values = listOf(fieldOf(objectOf(value, name), 'values'), name);
      const elements = values.map((element) =>
        anyValueOf(objectOf(element, 'an element of an array'), depthMax, depth + 1),
      );
      return { kind: 'array', values: elements };
    }
    case 'kvlistValue':
    case 'kvlist_value': {
      const list = fieldOf(objectOf(value, name), 'values');
      return { kind: 'map', entries: entriesOf(list, depthMax, depth + 1) };
    }
    case 'bytesValue':
    case 'bytes_value': {
      const bytes = Buffer.from(textOf(value, name), 'base64');
      return { kind: 'scalar', type: KIND.text, value: bytes.toString('base64') };
    }
    default:
      return undefined;
  }
}

function ofWords(low: unknown, high: unknown, what: string): bigint {
  if (typeof low !== 'number' || typeof high !== 'number') throw wrongType(what, 'an integer');
  return (BigInt(Math.trunc(high)) << 32n) | BigInt(Math.trunc(low) >>> 0);
}

// What a document inherits from Object.prototype is not in it.
function own(object: JsonObject, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

const snakeCaseNames = new Map<string, string>();

function snakeCase(name: string): string {
  const known = snakeCaseNames.get(name);
  if (known !== undefined) return known;
  const made = name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  snakeCaseNames.set(name, made);
  return made;
}

function wrongType(what: string, expected: string): WrongType {
  return new WrongType(`${what} is not ${expected}`);
}
