/** Where links to a chain lead: to the records of its operation. */
import { Navigate } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { quoteText } from '@tendril/query/print';
import { useAddress } from '../lib/navigation.ts';

export function Page(): ReactElement {
  const { path } = useAddress();
  const id = decodeURIComponent(path.split('/').at(-1) ?? '');
  const search = { q: `operationId:${quoteText(id)}`, from: 'now-30d', order: 'asc' };
  return <Navigate to="/logs" search={search} replace />;
}
