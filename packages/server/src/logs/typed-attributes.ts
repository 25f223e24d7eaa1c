/** Attributes that are stored as texts with one letter for the type of each. */
import { emptyAttributes, type AttributeValue, type Attributes } from '@tendril/model/attribute';

export interface TypedTexts {
  readonly keys: readonly string[];
  readonly values: readonly string[];
  /** One letter each. */
  readonly types: string;
}

export function typedAttributes({ keys, values, types }: TypedTexts): Attributes {
  const attributes = emptyAttributes();
  for (const [index, key] of keys.entries()) {
    attributes[key] = typedValue(types[index] ?? 's', values[index] ?? '');
  }
  return attributes;
}

/** What redaction replaced is text, whatever it was. */
function typedValue(type: string, text: string): AttributeValue {
  switch (type) {
    case 'i':
      return /^-?\d+$/.test(text) ? integerOf(text) : text;
    case 'd':
      return Number.isFinite(Number(text)) && text !== '' ? Number(text) : text;
    case 'b':
      return text === 'true' || text === 'false' ? text === 'true' : text;
    case 'a':
      return arrayOf(text) ?? text;
    default:
      return text;
  }
}

function integerOf(text: string): number | bigint {
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : BigInt(text);
}

function arrayOf(text: string): AttributeValue | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    if (!Array.isArray(parsed)) return undefined;
    return parsed.flatMap((element: unknown) => (isScalar(element) ? [element] : []));
  } catch {
    return undefined;
  }
}

function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}
