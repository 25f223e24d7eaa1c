/** Finds spans in the trace that is shown, and goes from one to the next. */
import { useRef, type ReactElement } from 'react';
import { Icon } from '../components/icon.tsx';
import { IconButton } from '../components/icon-button.tsx';
import { useActions } from '../lib/actions.ts';
import { failureOf } from '../lib/api.ts';
import { useText } from '../lib/text.tsx';
import type { FoundSpans } from './use-found-spans.ts';

export interface TraceFindProps {
  readonly value: string;
  readonly found: FoundSpans;
  /** Of the span that is active among those that were found; -1 for none. */
  readonly at: number;
  readonly onValue: (text: string) => void;
  readonly onStep: (step: -1 | 1) => void;
}

export function TraceFind({ value, found, at, onValue, onStep }: TraceFindProps): ReactElement {
  const { text, number, failure } = useText();
  const field = useRef<HTMLInputElement>(null);
  useActions([
    { id: 'trace.find', label: 'trace.find', keys: ['/'], run: () => field.current?.focus() },
    { id: 'trace.find.next', label: 'trace.find.next', keys: ['n'], run: () => onStep(1) },
    {
      id: 'trace.find.previous',
      label: 'trace.find.previous',
      keys: ['Shift+N'],
      run: () => onStep(-1),
    },
  ]);
  const count = found.spans.length;
  const isWrong = found.error !== undefined && found.error !== null;
  return (
    <div className="trace-find">
      <Icon name="search" sizePx={14} />
      <input
        ref={field}
        type="text"
        className="mono"
        spellCheck={false}
        autoComplete="off"
        aria-label={text('trace.find')}
        aria-invalid={isWrong}
        placeholder={text('trace.find.hint')}
        title={isWrong ? failure(failureOf(found.error)) : text('trace.find.hint')}
        value={value}
        onChange={({ currentTarget }) => onValue(currentTarget.value)}
        onKeyDown={(event) => {
          if (event.nativeEvent.isComposing) return;
          if (event.key === 'Enter') onStep(event.shiftKey ? -1 : 1);
          if (event.key === 'Escape') {
            onValue('');
            field.current?.blur();
          }
        }}
      />
      {value.trim() !== '' && (
        <>
          <span className="dim number" role="status">
            {count === 0
              ? text('trace.find.none')
              : text('trace.find.count', {
                  at: at < 0 ? '–' : number(at + 1),
                  count: number(count),
                })}
          </span>
          <IconButton icon="up" label={text('trace.find.previous')} onClick={() => onStep(-1)} />
          <IconButton icon="down" label={text('trace.find.next')} onClick={() => onStep(1)} />
        </>
      )}
      <span className="key">/</span>
    </div>
  );
}
