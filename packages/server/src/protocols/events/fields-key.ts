/** A text for fields: the same for the same fields in the same order, and for no others. */
import type { AttributeValue } from '@tendril/model/attribute';
import type { ParsedFields } from '@tendril/intake/format';

/**
 * Lengths stand before texts, so that no text can look like two. Asked for every event, so it is put together by
 * hand (`npm run bench -- receiver-decode`); `except` names a field that is left out.
 */
export function fieldsKey(fields: ParsedFields | undefined, except?: string): string {
  let key = '';
  if (fields === undefined) return key;
  for (const [name, value] of fields) {
    if (name !== except) key += `${name.length}:${name}${valueKey(value)}`;
  }
  return key;
}

function valueKey(value: AttributeValue): string {
  switch (typeof value) {
    case 'string':
      return `s${value.length}:${value}`;
    case 'number':
      return `n${value};`;
    case 'bigint':
      return `i${value};`;
    case 'boolean':
      return value ? 't' : 'f';
    default:
      return `a${value.length}:${value.map(valueKey).join('')}`;
  }
}
