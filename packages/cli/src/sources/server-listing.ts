/** What a server has logs of: its services, by the records of the last day. */
import type { Invocation } from '../command.ts';
import { namePattern } from '@tendril/intake/sources/name-pattern';
import { textFlag } from '../flag-values.ts';
import type { Listing } from './log-place.ts';

const QUERY = '* | stats count() as records, max(timestamp) as last by service.name';

export async function serverListing({ api, flags, signal }: Invocation): Promise<Listing> {
  const pattern = textFlag(flags, 'pods');
  const isMeant = pattern === undefined ? () => true : namePattern(pattern);
  const rows: (readonly (string | number)[])[] = [];
  for await (const event of api.searchLogs({ query: QUERY, from: 'now-1d' }, signal)) {
    if (event.kind !== 'cells') continue;
    const [service = '', records = 0, last = ''] = event.cells.map((cell) => String(cell ?? ''));
    if (isMeant(service)) rows.push([service, Number(records), last]);
  }
  return {
    columns: [
      { key: 'service', title: 'list.column.service' },
      { key: 'records', title: 'list.column.records', align: 'right' },
      { key: 'lastAt', title: 'list.column.last' },
    ],
    rows,
  };
}
