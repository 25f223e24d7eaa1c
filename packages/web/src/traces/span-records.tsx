/** The log records that name a span, with the way to them in the logs. */
import type { ReactElement } from 'react';
import type { SpanOutline } from '@tendril/api/trace-outline';
import { FailureNote } from '../components/failure-note.tsx';
import { Icon } from '../components/icon.tsx';
import { useGo } from '../lib/navigation.ts';
import { usePreference } from '../lib/preferences.ts';
import { useText } from '../lib/text.tsx';
import { clockText } from '../lib/zone-time.ts';
import { levelOf } from '../records/field-value.ts';
import { recordKey } from '../records/record-key.ts';
import { SeverityBadge } from '../records/severity-badge.tsx';
import { visibleLine } from '../records/visible-text.ts';
import { logsSearchOf } from './logs-search-of.ts';
import { useTraceRecords } from './use-trace-records.ts';

export interface SpanRecordsProps {
  readonly traceId: string;
  readonly span: SpanOutline;
}

const RECORDS_SHOWN = 200;
const BODY_CHARACTERS_MAX = 2_000;

export function SpanRecords({ traceId, span }: SpanRecordsProps): ReactElement {
  const { text } = useText();
  const zone = usePreference('zone');
  const go = useGo();
  const { data, error, isPending } = useTraceRecords({
    traceId,
    spanId: span.spanId,
    limit: RECORDS_SHOWN,
    isEnabled: true,
  });
  const records = data?.records ?? [];
  const search = logsSearchOf({
    traceId,
    spanId: span.spanId,
    startNs: BigInt(span.timestamp),
    durationNs: BigInt(span.durationNs),
  });
  return (
    <div aria-busy={isPending}>
      <div className="span-records-head">
        <button
          type="button"
          className="button small"
          onClick={() => go({ path: '/logs', search })}
        >
          <Icon name="logs" sizePx={14} />
          {text('span.records.open')}
        </button>
      </div>
      {error && <FailureNote error={error} />}
      {data && records.length === 0 && <p className="dim span-more">{text('span.records.none')}</p>}
      {records.map((record) => (
        <button
          key={record.id}
          type="button"
          className="span-record"
          onClick={() =>
            go({
              path: '/logs',
              search: {
                ...search,
                record: recordKey(record),
              },
            })
          }
        >
          <time className="number dim-2">
            {clockText(BigInt(record.timestamp), zone, 'millisecond')}
          </time>
          <SeverityBadge level={levelOf(record)} />
          <bdi className="mono">{visibleLine(record.body, BODY_CHARACTERS_MAX)}</bdi>
        </button>
      ))}
      {data?.isCut && (
        <p className="dim span-more">{text('span.records.cut', { count: records.length })}</p>
      )}
    </div>
  );
}
