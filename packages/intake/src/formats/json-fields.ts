/** Values of JSON as attributes. */
import type { AttributeScalar, AttributeValue } from '@tendril/model/attribute';
import { jsonText } from './json-text.ts';

export type JsonMap = Readonly<Record<string, unknown>>;

/** Nested maps become dotted names; what no attribute can hold becomes its JSON text. */
export function addNested(
  value: unknown,
  name: string,
  add: (name: string, value: AttributeValue) => void,
): void {
  if (!isMap(value)) {
    const leaf = leafOf(value);
    if (leaf !== undefined) add(name, leaf);
    return;
  }
  const entries = Object.entries(value);
  if (entries.length === 0 && name !== '') add(name, '{}');
  for (const [key, inner] of entries) {
    addNested(inner, name === '' ? key : `${name}.${key}`, add);
  }
}

// Null says that there is no value.
function leafOf(value: unknown): AttributeValue | undefined {
  if (isScalar(value)) return value;
  if (!Array.isArray(value)) return undefined;
  const elements: readonly unknown[] = value;
  const type = typeof elements[0];
  const scalars = elements.filter(isScalar).filter((element) => typeof element === type);
  const isList = scalars.length === elements.length && elements.length > 0;
  return isList ? scalars : jsonText(elements);
}

function isScalar(value: unknown): value is AttributeScalar {
  const type = typeof value;
  return type === 'string' || type === 'number' || type === 'boolean' || type === 'bigint';
}

export function isMap(value: unknown): value is JsonMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Look before `addNested`, which follows every level. */
export function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  return Object.values(value).some((inner) => isDeeperThan(inner, levels - 1));
}
