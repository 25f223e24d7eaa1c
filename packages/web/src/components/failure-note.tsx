/** What could not be done and why, in the reader's language, with a way to try again. */
import type { ReactElement } from 'react';
import { failureOf } from '../lib/api.ts';
import { useText } from '../lib/text.tsx';

export interface FailureNoteProps {
  readonly error: unknown;
  readonly onRetry?: () => void;
}

export function FailureNote({ error, onRetry }: FailureNoteProps): ReactElement {
  const { text, failure } = useText();
  return (
    <div className="notice bad" role="alert">
      <span className="grow">{failure(failureOf(error))}</span>
      {onRetry && (
        <button type="button" className="button small" onClick={onRetry}>
          {text('retry')}
        </button>
      )}
    </div>
  );
}
