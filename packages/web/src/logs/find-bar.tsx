/**
 * Finds and marks a text in the rows that are loaded, without changing the search: the browser's own find
 * sees only the rows that are drawn.
 */
import { useDeferredValue, useEffect, useMemo, useState, type ReactElement } from 'react';
import type { LogRecord } from '@tendril/model/log-record';
import { IconButton } from '../components/icon-button.tsx';
import { useText } from '../lib/text.tsx';
import { attributeText } from '../records/field-value.ts';
import { recordKey } from '../records/record-key.ts';

export interface FindBarProps {
  readonly records: readonly LogRecord[];
  readonly wanted: string;
  readonly onWanted: (wanted: string) => void;
  /** Goes to the row of this key. */
  readonly onGo: (key: string) => void;
  readonly onClose: () => void;
}

export function FindBar({ records, wanted, onWanted, onGo, onClose }: FindBarProps): ReactElement {
  const { text, number } = useText();
  const deferred = useDeferredValue(wanted);
  const keys = useMemo(() => matchingKeys(records, deferred), [records, deferred]);
  const [current, setCurrent] = useState('');
  // New rows of a live tail come before it: the place is kept by the row, not by its number.
  const at = keys.indexOf(current);
  useEffect(() => setCurrent(''), [deferred]);
  const step = (by: 1 | -1): void => {
    const next = keys[(at + by + keys.length) % Math.max(1, keys.length)];
    const key = at < 0 ? (by === 1 ? keys[0] : keys.at(-1)) : next;
    if (key === undefined) return;
    setCurrent(key);
    onGo(key);
  };
  return (
    <div className="find-bar" role="search">
      <input
        className="field small"
        // oxlint-disable-next-line jsx-a11y/no-autofocus -- it was opened to type into it
        autoFocus
        placeholder={text('find.placeholder')}
        aria-label={text('find.placeholder')}
        value={wanted}
        onChange={({ currentTarget }) => onWanted(currentTarget.value)}
        onKeyDown={(event) => {
          if (event.nativeEvent.isComposing) return;
          if (event.key === 'Enter') step(event.shiftKey ? -1 : 1);
          if (event.key === 'Escape') onClose();
        }}
      />
      <span className="dim number" role="status">
        {wanted.trim() !== '' &&
          text('find.count', {
            at: number(at + 1),
            count: keys.length,
            rows: number(records.length),
          })}
      </span>
      <IconButton icon="up" label={text('find.previous')} onClick={() => step(-1)} />
      <IconButton icon="down" label={text('find.next')} onClick={() => step(1)} />
      <IconButton icon="close" label={text('close')} onClick={onClose} />
    </div>
  );
}

function matchingKeys(records: readonly LogRecord[], wanted: string): readonly string[] {
  const text = wanted.trim().toLowerCase();
  if (text === '') return [];
  return records.filter((record) => holds(record, text)).map(recordKey);
}

function holds({ body, serviceName, attributes }: LogRecord, text: string): boolean {
  if (body.toLowerCase().includes(text) || serviceName.toLowerCase().includes(text)) return true;
  return Object.values(attributes).some((value) =>
    attributeText(value).toLowerCase().includes(text),
  );
}
