/** Narrows a long list of fields by a part of a name or a value. */
import { useState, type ReactElement } from 'react';
import { useText } from '../lib/text.tsx';
import type { NamedValue } from './field-value.ts';

/** Fewer are found by looking. */
const FILTERED_FROM = 12;

export interface FieldFilter {
  /** Where the part is typed; null when there are few. */
  readonly field: ReactElement | null;
  readonly fits: (value: NamedValue) => boolean;
}

/** `count`: of all fields that are listed. */
export function useFieldFilter(count: number): FieldFilter {
  const { text } = useText();
  const [wanted, setWanted] = useState('');
  const part = wanted.toLowerCase();
  const label = text('record.filter', { count });
  return {
    field:
      count > FILTERED_FROM ? (
        <input
          className="field small record-filter"
          type="search"
          placeholder={label}
          aria-label={label}
          value={wanted}
          onChange={({ currentTarget }) => setWanted(currentTarget.value)}
        />
      ) : null,
    fits: ({ field, value }) => `${field} ${value}`.toLowerCase().includes(part),
  };
}
