/** What can be done with the selected rows. */
import type { ReactElement } from 'react';
import type { PageMessageId } from '@tendril/messages/page';
import type { LogRecord } from '@tendril/model/log-record';
import type { TimeRange } from '@tendril/model/time-range';
import { CopyButton } from '../components/copy-button.tsx';
import { IconButton } from '../components/icon-button.tsx';
import { useText } from '../lib/text.tsx';
import { absoluteRange } from '../lib/time-range.ts';
import { ROW_FORMATS, rowsAs, type RowFormat, searchCommand } from './copy-rows.ts';
import type { LogsAddress } from './logs-url.ts';

export interface SelectionBarProps {
  readonly records: readonly LogRecord[];
  readonly address: LogsAddress;
  readonly resolved: TimeRange;
  readonly onClear: () => void;
}

const FORMAT_LABELS: Readonly<Record<RowFormat, PageMessageId>> = {
  text: 'selection.copy.text',
  ndjson: 'selection.copy.ndjson',
  markdown: 'selection.copy.markdown',
};

export function SelectionBar(props: SelectionBarProps): ReactElement {
  const { records, address, resolved, onClear } = props;
  const { text } = useText();
  return (
    <div className="selection-bar" role="toolbar" aria-label={text('selection.label')}>
      <span>{text('selection.count', { count: records.length })}</span>
      {ROW_FORMATS.map((format) => (
        <CopyButton
          key={format}
          value={rowsAs(format, records)}
          label={text(FORMAT_LABELS[format])}
        />
      ))}
      <CopyButton
        value={searchCommand(address, absoluteRange(resolved))}
        label={text('selection.copy.command')}
      />
      <span className="grow" />
      <IconButton icon="close" label={text('selection.clear')} onClick={onClear} />
    </div>
  );
}
