/** Records or the table of a query's pipes, patterns, what changed, a chart: ways to look at what matches. */
import type { ReactElement } from 'react';
import { Tabs } from '../components/tabs.tsx';
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
    <Tabs
      label={text('views.label')}
      tabs={VIEWS.map(({ id, label }) => ({
        id,
        label: text(id === 'records' && isTable ? 'table.title' : label),
      }))}
      chosen={view}
      onChoose={onView}
    />
  );
}
