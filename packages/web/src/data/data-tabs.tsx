/** Between what comes in and how more comes in. */
import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { useText } from '../lib/text.tsx';

const TABS = [
  { path: '/data', label: 'data.health' },
  { path: '/data/add', label: 'data.add' },
] as const;

export function DataTabs(): ReactElement {
  const { text } = useText();
  return (
    <nav className="data-tabs tabs" aria-label={text('page.data')}>
      {TABS.map((tab) => (
        <Link
          key={tab.path}
          to={tab.path}
          className="tab"
          activeOptions={{ exact: true, includeSearch: false }}
        >
          {text(tab.label)}
        </Link>
      ))}
    </nav>
  );
}
