/** One record in full: fields with their actions, JSON, the raw line, and tabs that a page adds. */
import type { ReactElement, ReactNode } from 'react';
import type { LogRecord } from '@tendril/model/log-record';
import { Tabs } from '../components/tabs.tsx';
import { CopyButton } from '../components/copy-button.tsx';
import { Icon } from '../components/icon.tsx';
import { IconButton } from '../components/icon-button.tsx';
import { useActions } from '../lib/actions.ts';
import { usePreference } from '../lib/preferences.ts';
import { useText } from '../lib/text.tsx';
import { clockText, dateTimeText } from '../lib/zone-time.ts';
import { levelOf, namedValues, type NamedValue } from './field-value.ts';
import { useFieldFilter } from './field-filter.tsx';
import { FieldRow } from './field-row.tsx';
import { JsonText } from './json-text.tsx';
import { LongText } from './long-text.tsx';
import { ServiceName } from './service-name.tsx';
import { SeverityBadge } from './severity-badge.tsx';
import { useValueHandlers } from './value-actions.tsx';
import { visibleText } from './visible-text.ts';
import './records.css';

interface RecordTab {
  readonly id: string;
  readonly label: string;
  readonly content: () => ReactNode;
}

export interface RecordDetailProps {
  readonly record: LogRecord;
  readonly terms: readonly string[];
  /** `fields`, `json`, `raw` or one of `moreTabs`. */
  readonly tab: string;
  readonly moreTabs: readonly RecordTab[];
  readonly onTab: (id: string) => void;
  readonly onStep: (step: -1 | 1) => void;
  readonly onClose: () => void;
}

export function RecordDetail(props: RecordDetailProps): ReactElement {
  const { record, terms, tab, moreTabs, onTab, onStep, onClose } = props;
  const { text } = useText();
  const zone = usePreference('zone');
  const tabs: readonly RecordTab[] = [
    {
      id: 'fields',
      label: text('record.fields'),
      content: () => <RecordFields record={record} />,
    },
    { id: 'json', label: 'JSON', content: () => <RecordJson record={record} /> },
    { id: 'raw', label: text('record.raw'), content: () => <RecordRaw record={record} /> },
    ...moreTabs,
  ];
  const shown = tabs.find(({ id }) => id === tab) ?? tabs[0];
  return (
    <section className="record-detail" aria-label={text('record.title')}>
      <div className="record-head">
        <div className="record-title">
          <SeverityBadge level={levelOf(record)} />
          <b>
            <ServiceName name={record.serviceName} />
          </b>
          <time
            className="dim-2 mono number record-time"
            title={dateTimeText(BigInt(record.timestamp), zone, 'nanosecond')}
          >
            {clockText(BigInt(record.timestamp), zone, 'nanosecond')}
          </time>
          <span className="grow" />
          <IconButton icon="up" label={text('record.previous')} onClick={() => onStep(-1)} />
          <IconButton icon="down" label={text('record.next')} onClick={() => onStep(1)} />
          <IconButton icon="close" label={text('close')} onClick={onClose} />
        </div>
        <div className="record-body mono" dir="auto">
          <LongText text={visibleText(record.body)} terms={terms} />
        </div>
        <RecordLinks record={record} />
        <Tabs className="record-tabs" tabs={tabs} chosen={shown?.id} onChoose={onTab} />
      </div>
      <div className="record-content" role="tabpanel" aria-label={shown?.label}>
        {shown?.content()}
      </div>
    </section>
  );
}

function RecordLinks({ record }: { readonly record: LogRecord }): ReactElement | null {
  const { links } = useValueHandlers();
  const { ids, attributes } = namedValues(record);
  const all = [...ids, ...attributes].flatMap(links);
  // An operation's chain holds that of its trace.
  const found = all.filter(({ label }, at) => all.findIndex((each) => each.label === label) === at);
  const [first] = found;
  useActions(
    first ? [{ id: 'value.chain', label: 'value.chain', keys: ['c'], run: first.open }] : [],
  );
  if (found.length === 0) return null;
  return (
    <div className="record-links">
      {found.map(({ id, label, icon, open }) => (
        <button
          key={id}
          type="button"
          className={`button small ${id === first?.id ? 'primary' : ''}`}
          onClick={open}
        >
          <Icon name={icon} sizePx={14} />
          {label}
        </button>
      ))}
    </div>
  );
}

function RecordFields({ record }: { readonly record: LogRecord }): ReactElement {
  const { text } = useText();
  const { ids, attributes, resource } = namedValues(record);
  const { field, fits } = useFieldFilter(ids.length + attributes.length + resource.length);
  return (
    <>
      {field}
      <FieldList values={ids.filter(fits)} />
      <FieldList title={text('record.attributes')} values={attributes.filter(fits)} />
      <FieldList title={text('record.resource')} values={resource.filter(fits)} />
    </>
  );
}

interface FieldListProps {
  readonly title?: string;
  readonly values: readonly NamedValue[];
}

function FieldList({ title, values }: FieldListProps): ReactElement | null {
  if (values.length === 0) return null;
  return (
    <>
      {title !== undefined && (
        <h3 className="record-section">
          {title} <span className="number">{values.length}</span>
        </h3>
      )}
      {values.map((target) => (
        <FieldRow key={target.field} target={target} />
      ))}
    </>
  );
}

function RecordJson({ record }: { readonly record: LogRecord }): ReactElement {
  return (
    <>
      <div className="record-section">
        <CopyButton value={JSON.stringify(record, undefined, 2)} label="JSON" />
      </div>
      <pre className="record-raw">
        <JsonText value={record} />
      </pre>
    </>
  );
}

function RecordRaw({ record }: { readonly record: LogRecord }): ReactElement {
  const { text } = useText();
  const raw = record.original === '' ? record.body : record.original;
  return (
    <>
      <div className="record-section">
        <CopyButton value={raw} label={text('record.copyRaw')} />
      </div>
      <pre className="record-raw" dir="auto">
        <LongText text={visibleText(raw)} terms={[]} />
      </pre>
    </>
  );
}
