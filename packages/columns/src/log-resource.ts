/** What many records share: the resource they come from and the scope that wrote them. */
import type { AttributeScalar, AttributeValue, Attributes } from '@tendril/model/attribute';

/** Made once for each distinct resource and compared by identity. */
export interface LogResource {
  /** ResourceId: a hash of the sorted attributes. */
  readonly id: bigint;
  readonly attributes: Attributes;
  readonly serviceName: string;
  readonly environment: string;
  readonly schemaUrl: string;
}

/** Made once for each distinct scope and compared by identity. */
export interface LogScope {
  readonly name: string;
  readonly version: string;
  readonly attributes: Attributes;
  readonly schemaUrl: string;
}

/** Tells the type of a value that is stored as text: string, integer, double, boolean, array. */
export type AttributeTypeLetter = 's' | 'i' | 'd' | 'b' | 'a';

export function attributeTypeLetter(value: AttributeValue): AttributeTypeLetter {
  if (typeof value === 'string') return 's';
  if (typeof value === 'number') return Number.isSafeInteger(value) ? 'i' : 'd';
  if (typeof value === 'boolean') return 'b';
  return typeof value === 'bigint' ? 'i' : 'a';
}

/** A value as the text that maps of strings hold; arrays become JSON. */
export function attributeText(value: AttributeValue): string {
  if (typeof value !== 'object') return String(value);
  return `[${value.map(elementText).join(',')}]`;
}

function elementText(element: AttributeScalar): string {
  return typeof element === 'string' ? JSON.stringify(element) : String(element);
}
