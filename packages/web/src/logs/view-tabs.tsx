/** Records or the table of a query's pipes, patterns, what changed, a chart: ways to look at what matches. */
import type { ReactElement } from 'react';
import { useText } from '../lib/text.tsx';

export interface ViewTabsProps {
  readonly view: string;
  /** The query has pipes, so it answers a table. */
  readonly isTable: boolean;
  readonly onView: (view: string) => void;
}

const VIEWS = [
  { id: 'records', label: 'records.title' },
  { id: 'patterns', label: 'views.patterns' },
  { id: 'changes', label: 'views.changes' },
  { id: 'chart', label: 'chart.title' },
] as const;

export function ViewTabs({ view, isTable, onView }: ViewTabsProps): ReactElement {
  const { text } = useText();
  return (
    <div className="tabs" role="tablist" aria-label={text('views.label')}>
      {VIEWS.map(({ id, label }) => (
        <button
          key={id}
          type="button"
          role="tab"
          className="tab"
          aria-selected={id === view}
          onClick={() => onView(id)}
        >
          {text(id === 'records' && isTable ? 'table.title' : label)}
        </button>
      ))}
    </div>
  );
}
