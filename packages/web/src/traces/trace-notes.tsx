/** What is odd about a trace, said once above it: clocks that differ, parents that never came. */
import type { ReactElement } from 'react';
import { durationText } from '../lib/duration-text.ts';
import { useText } from '../lib/text.tsx';
import { MARK, type TraceTree } from './trace-tree.ts';
import type { LoadedTrace } from './use-trace.ts';

export interface TraceNotesProps {
  readonly trace: LoadedTrace;
  readonly tree: TraceTree;
  readonly skewed: ReadonlyMap<number, number>;
  readonly isAligned: boolean;
  readonly onAlign: (isAligned: boolean) => void;
}

export function TraceNotes(props: TraceNotesProps): ReactElement | null {
  const { trace, tree, skewed, isAligned, onAlign } = props;
  const { text, number } = useText();
  const marked = (mark: number): number => tree.marks.filter((each) => (each & mark) !== 0).length;
  const odd = [
    { id: 'trace.orphans', count: marked(MARK.orphan) },
    { id: 'trace.loops', count: marked(MARK.loop) },
    { id: 'trace.duplicates', count: marked(MARK.duplicate) },
  ] as const;
  const sentences = [
    ...odd.filter(({ count }) => count > 0).map(({ id, count }) => text(id, { count })),
    ...(trace.partial ? [text('trace.partial', { count: number(tree.spans.length) })] : []),
  ];
  const most = [...skewed.values()].reduce((longest, each) => Math.max(longest, each), 0);
  if (sentences.length === 0 && skewed.size === 0) return null;
  return (
    <div className="notice warn trace-notes">
      {skewed.size > 0 && (
        <span>
          {isAligned
            ? text('trace.skew.aligned')
            : text('trace.skew', { count: skewed.size, time: durationText(most) })}{' '}
          <button type="button" className="button small" onClick={() => onAlign(!isAligned)}>
            {text(isAligned ? 'trace.skew.raw' : 'trace.skew.align')}
          </button>
        </span>
      )}
      {sentences.map((sentence) => (
        <span key={sentence}>{sentence}</span>
      ))}
    </div>
  );
}
