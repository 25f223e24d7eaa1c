/** What of the log page is in its address: everything that a person would share. */
import { RANGE_DEFAULT, type RangeText } from '../lib/time-range.ts';

export interface LogsAddress {
  readonly query: string;
  readonly range: RangeText;
  /** Undefined: the person's own. */
  readonly columns: readonly string[] | undefined;
  readonly order: 'desc' | 'asc';
  /** `TIMESTAMP-ID` of the record that is shown in full; empty for none. */
  readonly record: string;
  readonly recordTab: string;
  /** Narrows what surrounds the record. */
  readonly aroundQuery: string;
  readonly view: string;
  /** Field whose values the chart tells apart; empty for none. */
  readonly chartField: string;
  readonly isLive: boolean;
}

const CHART_FIELD_DEFAULT = 'level';
const COLUMNS_MAX = 50;

export function readLogsAddress(search: Readonly<Record<string, string>>): LogsAddress {
  const columns = search['columns'];
  return {
    query: search['q'] ?? '',
    range: {
      from: search['from'] ?? RANGE_DEFAULT.from,
      to: search['to'] ?? RANGE_DEFAULT.to,
    },
    columns: columns === undefined ? undefined : columnNames(columns),
    order: search['order'] === 'asc' ? 'asc' : 'desc',
    record: search['record'] ?? '',
    recordTab: search['tab'] ?? 'fields',
    aroundQuery: search['around'] ?? '',
    view: search['view'] ?? 'records',
    chartField: search['by'] === '-' ? '' : (search['by'] ?? CHART_FIELD_DEFAULT),
    isLive: search['live'] === '1',
  };
}

export function printLogsAddress(address: LogsAddress): Record<string, string> {
  const { query, range, columns, order, record, recordTab, aroundQuery, view, isLive } = address;
  const { chartField } = address;
  const isDefaultRange = range.from === RANGE_DEFAULT.from && range.to === RANGE_DEFAULT.to;
  return {
    q: query,
    from: isDefaultRange ? '' : range.from,
    to: isDefaultRange ? '' : range.to,
    columns: columns === undefined ? '' : columns.map(encodeURIComponent).join(','),
    order: order === 'asc' ? 'asc' : '',
    record,
    tab: record === '' || recordTab === 'fields' ? '' : recordTab,
    around: record === '' ? '' : aroundQuery,
    view: view === 'records' ? '' : view,
    by: chartField === CHART_FIELD_DEFAULT ? '' : chartField || '-',
    live: isLive ? '1' : '',
  };
}

function columnNames(text: string): readonly string[] {
  return text
    .split(',')
    .slice(0, COLUMNS_MAX)
    .map((name) => {
      try {
        return decodeURIComponent(name);
      } catch {
        return name;
      }
    })
    .filter((name) => name !== '');
}
