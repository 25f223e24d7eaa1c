/**
 * Text of any length: the beginning at once, the rest when asked for, in pieces of which the browser
 * lays out only those that are seen.
 */
import { useMemo, useState, type ReactElement } from 'react';
import { useText } from '../lib/text.tsx';
import { MarkedText } from './marked-text.tsx';
import { textPieces } from './text-pieces.ts';

/** Longer ones take the browser a noticeable time to lay out: a word of a megabyte takes it minutes. */
const PIECE_CHARACTERS = 20_000;

export interface LongTextProps {
  readonly text: string;
  readonly terms: readonly string[];
}

export function LongText({ text: content, terms }: LongTextProps): ReactElement {
  const { text, number } = useText();
  const [isWhole, setWhole] = useState(false);
  if (content.length <= PIECE_CHARACTERS) return <MarkedText text={content} terms={terms} />;
  if (isWhole) return <Pieces text={content} terms={terms} />;
  return (
    <>
      <MarkedText text={content.slice(0, PIECE_CHARACTERS)} terms={terms} />
      <button type="button" className="button small" onClick={() => setWhole(true)}>
        {text('record.showAll', { count: number(content.length) })}
      </button>
    </>
  );
}

function Pieces({ text, terms }: LongTextProps): ReactElement {
  const pieces = useMemo(() => textPieces(text, PIECE_CHARACTERS), [text]);
  return (
    <>
      {pieces.map(({ start, piece }) => (
        <span key={start} className="text-piece">
          <MarkedText text={piece} terms={terms} />
        </span>
      ))}
    </>
  );
}
