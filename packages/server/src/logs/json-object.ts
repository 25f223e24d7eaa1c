/**
 * ClickHouse's text of a JSON column back to flat keys. `JSON.parse` would not do: a column may hold
 * both `error` and `error.type`, which the text shows as two members of one name, and integers of
 * 64 bits, which a number cannot hold.
 *
 * The text comes from the engine, so this reads what the engine writes and asserts the rest.
 */
import assert from 'node:assert';
import {
  emptyAttributes,
  type AttributeScalar,
  type AttributeValue,
} from '@tendril/model/attribute';

/** The members of nested objects under keys joined with dots. Integers above 2^53 are bigints. */
export function flatAttributes(json: string): Record<string, AttributeValue> {
  const attributes = emptyAttributes();
  const end = readObject({ json, attributes }, 0, '');
  assert(end === json.length, 'text after the object');
  return attributes;
}

interface Reading {
  readonly json: string;
  readonly attributes: Record<string, AttributeValue>;
}

/** From `{` at `start`; the place after `}`. */
function readObject(reading: Reading, start: number, prefix: string): number {
  const { json } = reading;
  assert(json[start] === '{', 'an object was expected');
  let at = start + 1;
  while (json[at] !== '}') {
    const keyEnd = stringEnd(json, at);
    const key = `${prefix}${stringOf(json.slice(at, keyEnd))}`;
    assert(json[keyEnd] === ':', 'a colon was expected');
    at = readMember(reading, keyEnd + 1, key);
    if (json[at] === ',') at += 1;
  }
  return at + 1;
}

function readMember(reading: Reading, start: number, key: string): number {
  const { json, attributes } = reading;
  if (json[start] === '{') return readObject(reading, start, `${key}.`);
  const end = valueEnd(json, start);
  attributes[key] = valueOf(json.slice(start, end));
  return end;
}

/** The place after the value at `start`, which is no object. */
function valueEnd(json: string, start: number): number {
  if (json[start] === '"') return stringEnd(json, start);
  if (json[start] === '[') return arrayEnd(json, start);
  let end = start;
  while (end < json.length && json[end] !== ',' && json[end] !== '}' && json[end] !== ']') end += 1;
  return end;
}

function stringEnd(json: string, start: number): number {
  assert(json[start] === '"', 'a string was expected');
  let end = start + 1;
  while (json[end] !== '"') {
    assert(end < json.length, 'a string is not closed');
    end += json[end] === '\\' ? 2 : 1;
  }
  return end + 1;
}

function arrayEnd(json: string, start: number): number {
  let depth = 0;
  let at = start;
  do {
    const character = json[at];
    if (character === '"') {
      at = stringEnd(json, at);
      continue;
    }
    if (character === '[' || character === '{') depth += 1;
    else if (character === ']' || character === '}') depth -= 1;
    at += 1;
    assert(at <= json.length, 'an array is not closed');
  } while (depth > 0);
  return at;
}

function stringOf(text: string): string {
  return JSON.parse(text) as string;
}

function valueOf(text: string): AttributeValue {
  if (!text.startsWith('[')) return scalarOf(text);
  const elements: AttributeScalar[] = [];
  let at = 1;
  while (text[at] !== ']') {
    // Arrays of arrays or of objects are kept as their text, as the writers do.
    const end = text[at] === '{' ? arrayEnd(text, at) : valueEnd(text, at);
    const element = text.slice(at, end);
    elements.push(/^[[{]/.test(element) ? element : scalarOf(element));
    at = text[end] === ',' ? end + 1 : end;
  }
  return elements;
}

function scalarOf(text: string): AttributeScalar {
  if (text.startsWith('"')) return stringOf(text);
  if (text === 'true' || text === 'false') return text === 'true';
  // What JSON has no number for (NaN, infinities) is written as null.
  if (text === 'null') return 'NaN';
  const number = Number(text);
  return /^-?\d+$/.test(text) && !Number.isSafeInteger(number) ? BigInt(text) : number;
}
