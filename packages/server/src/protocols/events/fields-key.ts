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
  if (typeof value === 'string') return `s${value.length}:${value}`;
  if (typeof value === 'number') return `n${value};`;
  if (typeof value === 'bigint') return `i${value};`;
  if (typeof value === 'boolean') return value ? 't' : 'f';
  return `a${value.length}:${value.map(valueKey).join('')}`;
}
