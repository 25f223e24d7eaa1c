/**
 * What an attribute may hold. Arrays keep one element type where they have one; what is deeper
 * (arrays of arrays, arrays of maps) is kept as its JSON text, maps are flattened to dotted keys.
 */
export type AttributeScalar = string | number | bigint | boolean;
export type AttributeValue = AttributeScalar | readonly AttributeScalar[];

/** Flat: nested maps arrive here with dotted keys. Made with a null prototype, since keys are hostile. */
export type Attributes = Readonly<Record<string, AttributeValue>>;

/** A map that a key like `__proto__` cannot harm. */
export function emptyAttributes(): Record<string, AttributeValue> {
  const map: Record<string, AttributeValue> = Object.create(null);
  return map;
}
