/** JSON text and values, without losing digits. */

// Where a number of 16 digits or more stands outside a name: it may be beyond what a double holds.
const LONG_NUMBER = /(?:^|[:,[])\s*-?\d{16,}/;

/** Undefined when the text is not JSON. Integers beyond 2^53 come as bigint. */
export function parseJson(text: string): unknown {
  try {
    return LONG_NUMBER.test(text) ? JSON.parse(text, keepInteger) : JSON.parse(text);
  } catch {
    // A SyntaxError: to us that is an answer, not a failure.
    return undefined;
  }
}

const INT64_MAX = 0x7fff_ffff_ffff_ffffn;

function keepInteger(
  _key: string,
  value: unknown,
  context?: { readonly source?: string },
): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
  const source = context?.source ?? '';
  if (!/^-?\d+$/.test(source)) return value;
  const whole = BigInt(source);
  return whole <= INT64_MAX && whole >= -INT64_MAX ? whole : source;
}

/** JSON on one line; integers beyond 2^53 are strings, as everywhere in JSON. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'bigint' ? inner.toString() : inner,
  );
}
