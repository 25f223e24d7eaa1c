/** The log page. */
import type { ReactElement } from 'react';
import { useText } from '../lib/text.tsx';
import { storedRecords, useStatus } from '../lib/use-status.ts';
import { FirstRun } from './first-run.tsx';

export function LogsPage(): ReactElement {
  const { text } = useText();
  const { data } = useStatus();
  if (data && storedRecords(data.status) === 0) return <FirstRun status={data.status} />;
  return <div>{text('logs.empty')}</div>;
}
