/** What happened just before and after a record, narrowed by a filter of its own. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState, type ReactElement } from 'react';
import type { LogRecord } from '@tendril/model/log-record';
import { printFieldName, quoteText } from '@tendril/query/print';
import { FailureNote } from '../components/failure-note.tsx';
import { useApi } from '../lib/api.ts';
import { usePreference } from '../lib/preferences.ts';
import { useText } from '../lib/text.tsx';
import { clockText } from '../lib/zone-time.ts';
import { fieldValue, levelOf } from '../records/field-value.ts';
import { SeverityBadge } from '../records/severity-badge.tsx';
import { visibleLine } from '../records/visible-text.ts';
import { recordKey } from '../records/record-key.ts';

export interface SurroundingsProps {
  readonly record: LogRecord;
  readonly query: string;
  readonly onQuery: (query: string) => void;
  readonly onOpen: (record: LogRecord) => void;
}

const STEP_ROWS = 20;
const ROWS_MAX = 500;
const CHARACTERS_MAX = 300;
/** What people narrow the surroundings by. */
const FIELDS = [
  'service.name',
  'host.name',
  'k8s.pod.name',
  'operationId',
  'connectionId',
  'userId',
];

export function Surroundings({ record, query, onQuery, onOpen }: SurroundingsProps): ReactElement {
  const { text } = useText();
  const api = useApi();
  const [before, setBefore] = useState(STEP_ROWS);
  const [after, setAfter] = useState(STEP_ROWS);
  const { id, timestamp } = record;
  const { data, error, isFetching } = useQuery({
    queryKey: ['logs', 'surroundings', timestamp, id, query, before, after],
    queryFn: async ({ signal }) =>
      await api.logSurroundings({ id, timestamp, query, before, after }, signal),
    placeholderData: keepPreviousData,
  });
  const widen = (rows: number): number => Math.min(ROWS_MAX, rows * 2);
  return (
    <div className="surroundings" aria-busy={isFetching}>
      <SurroundingsFilter record={record} query={query} onQuery={onQuery} />
      {error && <FailureNote error={error} />}
      <button type="button" className="button small" onClick={() => setAfter(widen)}>
        {text('context.newer')}
      </button>
      <div className="surroundings-rows">
        {(data?.after ?? []).toReversed().map((each) => (
          <SurroundingRow key={recordKey(each)} record={each} onOpen={onOpen} />
        ))}
        <SurroundingRow
          record={record}
          isAnchor
          neighbours={(data?.after.length ?? 0) + (data?.before.length ?? 0)}
          onOpen={onOpen}
        />
        {(data?.before ?? []).toReversed().map((each) => (
          <SurroundingRow key={recordKey(each)} record={each} onOpen={onOpen} />
        ))}
      </div>
      <button type="button" className="button small" onClick={() => setBefore(widen)}>
        {text('context.older')}
      </button>
    </div>
  );
}

type FilterProps = Pick<SurroundingsProps, 'record' | 'query' | 'onQuery'>;

function SurroundingsFilter({ record, query, onQuery }: FilterProps): ReactElement {
  const { text } = useText();
  const [draft, setDraft] = useState(query);
  useEffect(() => setDraft(query), [query]);
  const chips = FIELDS.flatMap((field) => {
    const value = fieldValue(record, field);
    if (value === undefined) return [];
    return [{ field, condition: `${printFieldName(field)}:${quoteText(value)}` }];
  });
  return (
    <>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onQuery(draft.trim());
        }}
      >
        <input
          className="field small mono"
          aria-label={text('context.filter')}
          placeholder={text('context.filter')}
          value={draft}
          onChange={({ currentTarget }) => setDraft(currentTarget.value)}
        />
      </form>
      <div className="choice">
        {chips.map(({ field, condition }) => (
          <button
            key={field}
            type="button"
            className="button small"
            aria-pressed={query === condition}
            onClick={() => onQuery(query === condition ? '' : condition)}
          >
            {text('context.same', { field })}
          </button>
        ))}
      </div>
    </>
  );
}

interface SurroundingRowProps {
  /** How many are around the anchor: it stays in the middle while they grow. */
  readonly neighbours?: number;
  readonly record: LogRecord;
  readonly isAnchor?: boolean;
  readonly onOpen: (record: LogRecord) => void;
}

function SurroundingRow(props: SurroundingRowProps): ReactElement {
  const { record, isAnchor = false, neighbours = 0, onOpen } = props;
  const zone = usePreference('zone');
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (isAnchor) button.current?.scrollIntoView({ block: 'center' });
  }, [isAnchor, neighbours]);
  return (
    <button
      ref={button}
      type="button"
      className={`surrounding mono ${isAnchor ? 'is-anchor' : ''}`}
      aria-current={isAnchor}
      onClick={() => onOpen(record)}
    >
      <span className="number dim-2">
        {clockText(BigInt(record.timestamp), zone, 'millisecond')}
      </span>
      <SeverityBadge level={levelOf(record)} />
      <bdi className="surrounding-body">{visibleLine(record.body, CHARACTERS_MAX)}</bdi>
    </button>
  );
}
