/** Everything that the query finds as a file, made by the server while it is downloaded, with how far it is. */
import { Menu } from '@mantine/core';
import type { ReactElement } from 'react';
import { EXPORT_FORMATS, printColumnNames, type ExportFormat } from '@tendril/api/log-export';
import type { PageMessageId } from '@tendril/messages/page';
import type { TimeRange } from '@tendril/model/time-range';
import { Icon } from '../components/icon.tsx';
import { failureOf } from '../lib/api.ts';
import { byteSizeText } from '../lib/byte-size.ts';
import { copyText } from '../lib/clipboard.ts';
import { useText } from '../lib/text.tsx';
import { absoluteRange } from '../lib/time-range.ts';
import { IconButton } from '../components/icon-button.tsx';
import { queryParts } from '../query/query-parts.ts';
import { searchCommand } from './copy-rows.ts';
import type { LogsAddress } from './logs-url.ts';
import { useExport, type ExportState } from './use-export.ts';

export interface ExportMenuProps {
  readonly address: LogsAddress;
  readonly resolved: TimeRange;
  readonly columns: readonly string[];
}

const FORMAT_LABELS: Readonly<Record<ExportFormat, PageMessageId>> = {
  csv: 'export.csv',
  ndjson: 'export.ndjson',
  txt: 'export.txt',
  parquet: 'export.parquet',
};

const WHOLE: ReadonlySet<ExportFormat> = new Set(['ndjson', 'parquet']);

export function ExportMenu({ address, resolved, columns }: ExportMenuProps): ReactElement {
  const { text } = useText();
  const { state, start, stop } = useExport();
  const { query, order } = address;
  const isTable = queryParts(query).pipes !== '';
  const bounds = { from: String(resolved.fromNs), to: String(resolved.toNs) };
  const shown = ['timestamp', 'level', ...columns];
  const command = searchCommand(address, absoluteRange(resolved));
  if (state.kind !== 'none') return <ExportProgress state={state} onStop={stop} />;
  return (
    <Menu position="bottom-end" shadow="md">
      <Menu.Target>
        <button
          type="button"
          className="button small ghost"
          aria-label={text('export.title')}
          title={text('export.title')}
        >
          <Icon name="download" sizePx={14} />
          <span className="wide-only">{text('export.title')}</span>
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {EXPORT_FORMATS.map((format) => (
          <Menu.Item
            key={format}
            onClick={() =>
              start({
                query,
                ...bounds,
                order,
                format,
                // NDJSON and Parquet are for programs: whole records. A table has the columns of its pipes.
                ...(!WHOLE.has(format) && !isTable && { columns: printColumnNames(shown) }),
                filename: `tendril-logs.${format}`,
              })
            }
          >
            {text(FORMAT_LABELS[format])}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item onClick={() => void copyText(command)}>
          {text('selection.copy.command')}
        </Menu.Item>
        <Menu.Label className="export-hint">{text('export.hint')}</Menu.Label>
      </Menu.Dropdown>
    </Menu>
  );
}

interface ExportProgressProps {
  readonly state: Exclude<ExportState, { readonly kind: 'none' }>;
  readonly onStop: () => void;
}

function ExportProgress({ state, onStop }: ExportProgressProps): ReactElement {
  const { text, failure } = useText();
  return (
    <span className={`chip export-progress ${state.kind === 'failed' ? 'bad' : ''}`} role="status">
      {state.kind === 'running' ? (
        <>
          <span className="pulse" />
          {text('export.running', { size: byteSizeText(state.bytes) })}
        </>
      ) : (
        text('export.failed', { reason: failure(failureOf(state.error)) })
      )}
      <IconButton
        icon="close"
        label={text(state.kind === 'running' ? 'logs.cancel' : 'close')}
        onClick={onStop}
      />
    </span>
  );
}
