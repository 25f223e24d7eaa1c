/** Records, their patterns, or what changed: three ways to look at what matches. */
import type { ReactElement } from 'react';
import { useText } from '../lib/text.tsx';

export interface ViewTabsProps {
  readonly view: string;
  readonly onView: (view: string) => void;
}

const VIEWS = [
  { id: 'records', label: 'records.title' },
  { id: 'patterns', label: 'views.patterns' },
  { id: 'changes', label: 'views.changes' },
] as const;

export function ViewTabs({ view, onView }: ViewTabsProps): ReactElement {
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
          {text(label)}
        </button>
      ))}
    </div>
  );
}
