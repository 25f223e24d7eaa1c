/** JSON of transports, of which only what is asked for is looked at. */
import type { AttributeScalar, AttributeValue } from '@tendril/model/attribute';

export type LooseMap = Readonly<Record<string, unknown>>;

/** Undefined when the text is not one JSON object. */
export function mapOf(text: string): LooseMap | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isMap(value) ? value : undefined;
  } catch {
    // A SyntaxError: the line is something else.
    return undefined;
  }
}

export function isMap(value: unknown): value is LooseMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Own members only: keys are hostile. Empty when there is no such text. */
export function textAt(map: LooseMap, ...path: readonly string[]): string {
  let value: unknown = map;
  for (const key of path)
    value = isMap(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  return typeof value === 'string' ? value : '';
}

export function scalarOf(value: unknown): AttributeScalar | undefined {
  const isScalar =
    typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  return isScalar ? value : undefined;
}

/** Nesting deeper than this is kept as JSON text. */
const DEPTH_MAX = 8;

/** Puts a value under its name, maps under dotted names. */
export function addFlat(
  fields: Map<string, AttributeValue>,
  name: string,
  value: unknown,
  depth = 0,
): void {
  const scalar = scalarOf(value);
  if (scalar !== undefined) {
    fields.set(name, scalar);
    return;
  }
  if (value === null || value === undefined) return;
  if (isMap(value) && depth < DEPTH_MAX) {
    for (const [key, inner] of Object.entries(value)) {
      addFlat(fields, `${name}.${key}`, inner, depth + 1);
    }
    return;
  }
  fields.set(name, listOf(value) ?? JSON.stringify(value));
}

function listOf(value: unknown): readonly AttributeScalar[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const elements: readonly unknown[] = value;
  const scalars = elements.flatMap((element) => scalarOf(element) ?? []);
  const isUniform = scalars.every((scalar) => typeof scalar === typeof scalars[0]);
  return scalars.length === elements.length && isUniform ? scalars : undefined;
}
