/** The trace as a table: what each operation, or service, took. A row leads to its spans. */
import { useMemo, useState, type ReactElement } from 'react';
import type { PageMessageId } from '@tendril/messages/page';
import { quoteText } from '@tendril/query/print';
import { Tabs } from '../components/tabs.tsx';
import { durationText } from '../lib/duration-text.ts';
import { useText } from '../lib/text.tsx';
import { ServiceName } from '../records/service-name.tsx';
import { visibleLine } from '../records/visible-text.ts';
import {
  traceStatistics,
  type StatisticsGrouping,
  type StatisticsRow,
} from './trace-statistics.ts';
import type { TraceTree } from './trace-tree.ts';

export interface TraceTableProps {
  readonly tree: TraceTree;
  /** Shows the spans that a query finds. */
  readonly onFind: (query: string) => void;
}

type SortBy = 'selfNs' | 'totalNs' | 'spans' | 'errors' | 'averageNs' | 'minNs' | 'maxNs';

const COLUMNS: readonly { readonly by: SortBy; readonly name: PageMessageId }[] = [
  { by: 'spans', name: 'trace.facts.spans' },
  { by: 'errors', name: 'trace.facts.errors' },
  { by: 'totalNs', name: 'trace.table.total' },
  { by: 'selfNs', name: 'trace.table.self' },
  { by: 'averageNs', name: 'trace.table.average' },
  { by: 'minNs', name: 'trace.table.shortest' },
  { by: 'maxNs', name: 'trace.table.longest' },
];
const GROUPINGS = [
  { id: 'operation', label: 'traces.operation' },
  { id: 'service', label: 'traces.service' },
] as const;
const ROWS_SHOWN_MAX = 1_000;
const NAME_CHARACTERS_MAX = 200;

export function TraceTable({ tree, onFind }: TraceTableProps): ReactElement {
  const { text, number } = useText();
  const [grouping, setGrouping] = useState<StatisticsGrouping>('operation');
  const [sortBy, setSortBy] = useState<SortBy>('selfNs');
  const rows = useMemo(() => traceStatistics(tree, grouping), [tree, grouping]);
  const sorted = useMemo(
    () => rows.toSorted((a, b) => valueOf(b, sortBy) - valueOf(a, sortBy)),
    [rows, sortBy],
  );
  return (
    <div className="trace-table">
      <Tabs
        label={text('trace.table.group')}
        tabs={GROUPINGS.map(({ id, label }) => ({ id, label: text(label) }))}
        chosen={grouping}
        onChoose={setGrouping}
      />
      <table className="statistics">
        <caption className="visually-hidden">{text('trace.view.table')}</caption>
        <thead>
          <tr>
            <th scope="col">{text('trace.column.span')}</th>
            {COLUMNS.map(({ by, name }) => (
              <th key={by} scope="col" aria-sort={by === sortBy ? 'descending' : 'none'}>
                <button type="button" className="sort-button" onClick={() => setSortBy(by)}>
                  {text(name)}
                  {by === sortBy && <span aria-hidden> ↓</span>}
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="number">
          {sorted.slice(0, ROWS_SHOWN_MAX).map((row) => (
            <Row key={row.key} row={row} widthNs={tree.widthNs} onFind={onFind} />
          ))}
        </tbody>
      </table>
      {sorted.length > ROWS_SHOWN_MAX && (
        <p className="dim span-more number">+ {number(sorted.length - ROWS_SHOWN_MAX)}</p>
      )}
    </div>
  );
}

function valueOf(row: StatisticsRow, by: SortBy): number {
  return by === 'averageNs' ? row.totalNs / row.spans : row[by];
}

interface RowProps {
  readonly row: StatisticsRow;
  readonly widthNs: number;
  readonly onFind: (query: string) => void;
}

function Row({ row, widthNs, onFind }: RowProps): ReactElement {
  const { number } = useText();
  const { service, operation, spans, errors, totalNs, selfNs, minNs, maxNs } = row;
  const named = operation === '' ? '' : ` and name:${quoteText(operation)}`;
  return (
    <tr>
      <th scope="row">
        <button
          type="button"
          className="table-find"
          onClick={() => onFind(`service.name:${quoteText(service)}${named}`)}
        >
          <ServiceName name={service} />{' '}
          <bdi className="span-operation">{visibleLine(operation, NAME_CHARACTERS_MAX)}</bdi>
        </button>
      </th>
      <td>{number(spans)}</td>
      <td>
        {errors > 0 ? (
          <span className="chip bad">{number(errors)}</span>
        ) : (
          <span className="dim">0</span>
        )}
      </td>
      <td>{durationText(totalNs)}</td>
      <td>
        <i style={{ width: `${Math.min(100, (selfNs / widthNs) * 100)}%` }} />
        <span>{durationText(selfNs)}</span>
      </td>
      <td>{durationText(totalNs / spans)}</td>
      <td>{durationText(minNs)}</td>
      <td>{durationText(maxNs)}</td>
    </tr>
  );
}
