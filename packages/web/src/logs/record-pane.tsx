/** The record of the address in full, with its surroundings; loaded by itself when the list does not hold it. */
import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import type { LogRecord } from '@tendril/model/log-record';
import { FailureNote } from '../components/failure-note.tsx';
import { IconButton } from '../components/icon-button.tsx';
import { useApi } from '../lib/api.ts';
import { useText } from '../lib/text.tsx';
import { RecordDetail } from '../records/record-detail.tsx';
import { parseRecordKey, recordKey } from '../records/record-key.ts';
import type { LogsAddress } from './logs-url.ts';
import { Surroundings } from './surroundings.tsx';
import type { ChangeAddress } from './use-logs-address.ts';

export interface RecordPaneProps {
  readonly address: LogsAddress;
  readonly records: readonly LogRecord[];
  readonly terms: readonly string[];
  readonly onOpen: (record: LogRecord | undefined) => void;
  readonly onChange: ChangeAddress;
  readonly onAppend: (condition: string) => void;
}

export function RecordPane(props: RecordPaneProps): ReactElement {
  const { address, records, terms, onOpen, onChange } = props;
  const { text } = useText();
  const api = useApi();
  const place = parseRecordKey(address.record);
  const index = records.findIndex((each) => recordKey(each) === address.record);
  const { data, error } = useQuery({
    queryKey: ['logs', 'record', address.record],
    queryFn: async ({ signal }) => await api.logRecord(place ?? { id: '', timestamp: '' }, signal),
    enabled: index < 0 && place !== undefined,
  });
  const record = records[index] ?? data;
  if (!record) {
    return (
      <aside className="record-pane">
        <IconButton icon="close" label={text('close')} onClick={() => onOpen(undefined)} />
        {error ? <FailureNote error={error} /> : null}
        {!place && <p className="notice bad">{text('record.badLink')}</p>}
      </aside>
    );
  }
  return (
    <aside className="record-pane">
      <RecordDetail
        key={address.record}
        record={record}
        terms={terms}
        tab={address.recordTab}
        moreTabs={[
          {
            id: 'context',
            label: text('record.context'),
            content: () => (
              <Surroundings
                record={record}
                query={address.aroundQuery}
                onQuery={(aroundQuery) => onChange({ aroundQuery }, { replace: true })}
                onOpen={onOpen}
              />
            ),
          },
        ]}
        onTab={(recordTab) => onChange({ recordTab }, { replace: true })}
        onStep={(step) => {
          const next = records[index + step];
          if (index >= 0 && next) onOpen(next);
        }}
        onClose={() => onOpen(undefined)}
      />
    </aside>
  );
}
