/** Text of any length: the beginning at once, the rest when asked for. */
import { useState, type ReactElement } from 'react';
import { useText } from '../lib/text.tsx';
import { MarkedText } from './marked-text.tsx';

/** Longer ones take the browser a noticeable time to lay out. */
const SHOWN_CHARACTERS = 20_000;

export interface LongTextProps {
  readonly text: string;
  readonly terms: readonly string[];
}

export function LongText({ text: content, terms }: LongTextProps): ReactElement {
  const { text, number } = useText();
  const [isWhole, setWhole] = useState(false);
  const isCut = !isWhole && content.length > SHOWN_CHARACTERS;
  return (
    <>
      <MarkedText text={isCut ? content.slice(0, SHOWN_CHARACTERS) : content} terms={terms} />
      {isCut && (
        <button type="button" className="button small" onClick={() => setWhole(true)}>
          {text('record.showAll', { count: number(content.length) })}
        </button>
      )}
    </>
  );
}
