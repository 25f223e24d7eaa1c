/** What is stored, what it takes, how much of it indexes are, and how long it stays. */
import type { ReactElement } from 'react';
import type { Status, TableStatus } from '@tendril/api/status';
import { byteSizeText } from '../lib/byte-size.ts';
import { useText } from '../lib/text.tsx';
import { DataTable } from './data-table.tsx';

/** More than this of a table's bytes in indexes is more than they should cost. */
const INDEX_SHARE_MAX = 0.6;

export function StorageFacts({ status }: { readonly status: Status }): ReactElement {
  const { text, number } = useText();
  const { storage, pipeline, retention } = status;
  const bytes = storage.reduce((sum, table) => sum + table.bytes, 0);
  const facts: readonly (readonly [string, string])[] = [
    [
      text('data.retention'),
      retention.bytesMax === null
        ? text('data.retention.days', { days: retention.days })
        : text('data.retention.size', {
            days: retention.days,
            size: byteSizeText(retention.bytesMax),
          }),
    ],
    [text('health.storedBytes'), byteSizeText(bytes)],
    [text('health.disk'), byteSizeText(pipeline.diskFreeBytes)],
    [
      text('health.wal'),
      text('health.wal.of', {
        used: byteSizeText(pipeline.walBytes),
        limit: byteSizeText(pipeline.walBytesMax),
      }),
    ],
    [text('data.quarantinedFrames'), number(pipeline.quarantinedFrames)],
  ];
  return (
    <>
      <DataTable
        title={text('data.storage')}
        hint={text('data.storage.hint')}
        empty={text('health.engine.away')}
        heads={[
          text('data.table'),
          text('data.rows'),
          text('health.storedBytes'),
          text('data.perRow'),
          text('data.indexes'),
          text('data.oldest'),
        ]}
        rows={storage
          .filter(({ rows }) => rows > 0)
          .toSorted((a, b) => b.bytes - a.bytes)
          .map((table) => ({
            key: table.table,
            cells: [
              table.table,
              number(table.rows),
              byteSizeText(table.bytes),
              byteSizeText(Math.round(table.bytes / table.rows)),
              <IndexShare key="indexes" table={table} />,
              table.oldestDay === '' ? '–' : table.oldestDay,
            ],
          }))}
      />
      <dl className="data-facts number">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}

/** Of the bytes of the rows, as the budget for indexes is set. */
function IndexShare({ table }: { readonly table: TableStatus }): ReactElement {
  const rowBytes = table.bytes - table.indexBytes;
  const share = rowBytes <= 0 ? 0 : table.indexBytes / rowBytes;
  const shown = `${byteSizeText(table.indexBytes)} · ${Math.round(share * 100)} %`;
  if (table.indexBytes === 0) return <span className="dim">–</span>;
  return share > INDEX_SHARE_MAX ? <span className="chip warn">{shown}</span> : <>{shown}</>;
}
