/** Above the table: tabs, columns, how rows look, link, export. */
import type { ReactElement } from 'react';
import type { TimeRange } from '@tendril/model/time-range';
import { Icon } from '../components/icon.tsx';
import { CopyButton } from '../components/copy-button.tsx';
import { useText } from '../lib/text.tsx';
import { queryParts } from '../query/query-parts.ts';
import { ColumnsMenu } from './columns-menu.tsx';
import { ExportMenu } from './export-menu.tsx';
import type { LogsAddress } from './logs-url.ts';
import type { ChangeAddress } from './use-logs-address.ts';
import { ViewMenu } from './view-menu.tsx';
import { ViewsMenu } from './views-menu.tsx';
import { ViewTabs } from './view-tabs.tsx';

export interface RecordsToolbarProps {
  readonly address: LogsAddress;
  readonly resolved: TimeRange;
  readonly columns: readonly string[];
  readonly total: number | undefined;
  /** Before the total, where that is not exact. */
  readonly countMark: string;
  readonly permanentLink: () => string;
  readonly facetsShown: boolean;
  readonly onFacets: () => void;
  readonly onColumns: (columns: readonly string[]) => void;
  readonly onChange: ChangeAddress;
}

export function RecordsToolbar(props: RecordsToolbarProps): ReactElement {
  const { address, resolved, columns, total, countMark, permanentLink, onColumns } = props;
  const { facetsShown, onFacets } = props;
  const { text, number } = useText();
  const isTable = queryParts(address.query).pipes !== '';
  return (
    <div className="records-toolbar">
      <button
        type="button"
        className="button icon small ghost"
        aria-pressed={facetsShown}
        aria-label={text('logs.facets')}
        title={text('logs.facets')}
        onClick={onFacets}
      >
        <Icon name="filter" sizePx={14} />
      </button>
      <ViewTabs view={address.view} isTable={isTable} onView={(view) => props.onChange({ view })} />
      <h2 className="records-count" aria-live="polite">
        <span className="visually-hidden">{text('records.title')} </span>
        <span className="dim number">
          {total === undefined ? '' : `${countMark}${number(total)}`}
        </span>
      </h2>
      <span className="grow" />
      {address.view === 'records' && !isTable && (
        <>
          <ColumnsMenu columns={columns} resolved={resolved} onColumns={onColumns} />
          <ViewMenu address={address} onChange={props.onChange} />
        </>
      )}
      <ViewsMenu address={address} columns={columns} onChange={props.onChange} />
      <span className="wide-only">
        <CopyButton value={permanentLink()} label={text('logs.copyLink')} />
      </span>
      <ExportMenu address={address} resolved={resolved} columns={columns} />
    </div>
  );
}
