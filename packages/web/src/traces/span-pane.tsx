/** One span in full: tags, process, events, its log records, links; each value a handle. */
import type { ReactElement, ReactNode } from 'react';
import type { PageMessageId } from '@tendril/messages/page';
import type { Span, SpanKind } from '@tendril/model/span';
import { Tabs } from '../components/tabs.tsx';
import { CopyButton } from '../components/copy-button.tsx';
import { FailureNote } from '../components/failure-note.tsx';
import { Icon } from '../components/icon.tsx';
import { IconButton } from '../components/icon-button.tsx';
import { durationText } from '../lib/duration-text.ts';
import { useGo } from '../lib/navigation.ts';
import { usePreference } from '../lib/preferences.ts';
import { useText } from '../lib/text.tsx';
import { clockText, dateTimeText } from '../lib/zone-time.ts';
import type { NamedValue } from '../records/field-value.ts';
import { useFieldFilter } from '../records/field-filter.tsx';
import { FieldRow } from '../records/field-row.tsx';
import { JsonText } from '../records/json-text.tsx';
import { LongText } from '../records/long-text.tsx';
import { ServiceName } from '../records/service-name.tsx';
import { visibleLine, visibleText } from '../records/visible-text.ts';
import { tracePath } from '../records/trace-path.ts';
import { SpanRecords } from './span-records.tsx';
import { namedAttributes, spanValues } from './span-values.ts';
import type { TraceTree } from './trace-tree.ts';
import type { TraceAddress } from './trace-url.ts';
import type { ChangeTraceAddress } from './use-trace-address.ts';
import { useSpan } from './use-span.ts';
import '../records/records.css';

export interface SpanPaneProps {
  readonly traceId: string;
  readonly tree: TraceTree;
  readonly span: number;
  readonly address: TraceAddress;
  readonly onChange: ChangeTraceAddress;
  readonly onOpen: (span: number) => void;
  readonly onZoom: () => void;
}

const JSON_INDENT = 2;
const NAME_CHARACTERS_MAX = 500;

export function SpanPane(props: SpanPaneProps): ReactElement {
  const { traceId, tree, span, address, onChange } = props;
  const { text } = useText();
  const outline = tree.spans[span];
  const { data, error } = useSpan(traceId, outline);
  const tabs = tabsOf(props, data, text);
  const shown = tabs.find(({ id }) => id === address.spanTab) ?? tabs[0];
  return (
    <aside className="record-pane span-pane" aria-label={text('span.title')}>
      <section className="record-detail">
        <div className="record-head">
          <SpanTitle {...props} />
          <div className="record-links">
            {data && (
              <CopyButton
                value={JSON.stringify(data, undefined, JSON_INDENT)}
                label={text('span.copyJson')}
              />
            )}
            <CopyButton value={globalThis.location.href} label={text('span.copyLink')} />
            <button type="button" className="button small ghost" onClick={props.onZoom}>
              <Icon name="search" sizePx={14} />
              {text('trace.zoom.span')}
            </button>
          </div>
          <Tabs
            className="record-tabs"
            tabs={tabs}
            chosen={shown?.id}
            onChoose={(spanTab) => onChange({ spanTab }, { replace: true })}
          />
        </div>
        <div className="record-content" role="tabpanel" aria-label={shown?.label}>
          {error && <FailureNote error={error} />}
          {shown?.content()}
        </div>
      </section>
    </aside>
  );
}

function SpanTitle(props: SpanPaneProps): ReactElement {
  const { tree, span, onChange, onOpen } = props;
  const { text } = useText();
  const zone = usePreference('zone');
  const outline = tree.spans[span];
  const parent = tree.parents[span] ?? -1;
  const timestamp = BigInt(outline?.timestamp ?? '0');
  return (
    <>
      <div className="record-title">
        <b>
          <ServiceName name={outline?.serviceName ?? ''} />
        </b>
        <span className="chip">{text(KIND_NAMES[outline?.kind ?? 'unspecified'])}</span>
        {outline?.status === 'error' && <span className="chip bad">{text('trace.row.error')}</span>}
        <span className="grow" />
        {parent >= 0 && (
          <IconButton icon="up" label={text('span.parent')} onClick={() => onOpen(parent)} />
        )}
        <IconButton
          icon="close"
          label={text('close')}
          onClick={() => onChange({ span: '' }, { replace: true })}
        />
      </div>
      <div className="record-body mono">
        {visibleLine(outline?.name ?? '', NAME_CHARACTERS_MAX)}
        {outline?.statusMessage && (
          <div className="span-message">{visibleText(outline.statusMessage)}</div>
        )}
      </div>
      <p className="span-times number dim-2">
        <b>{durationText(tree.durations[span] ?? 0)}</b>{' '}
        {text('span.self', { time: durationText(Math.round(tree.selfTimes[span] ?? 0)) })} ·{' '}
        {text('span.offset', { time: durationText(tree.starts[span] ?? 0) })} ·{' '}
        <time title={dateTimeText(timestamp, zone, 'nanosecond')}>
          {clockText(timestamp, zone, 'nanosecond')}
        </time>
      </p>
    </>
  );
}

const KIND_NAMES: Readonly<Record<SpanKind, PageMessageId>> = {
  unspecified: 'span.kind.unspecified',
  internal: 'span.kind.internal',
  server: 'span.kind.server',
  client: 'span.kind.client',
  producer: 'span.kind.producer',
  consumer: 'span.kind.consumer',
};

interface SpanTab {
  readonly id: string;
  readonly label: string;
  readonly count?: number;
  readonly content: () => ReactNode;
}

function tabsOf(
  { traceId, tree, span: index }: SpanPaneProps,
  span: Span | undefined,
  text: ReturnType<typeof useText>['text'],
): readonly SpanTab[] {
  const outline = tree.spans[index];
  return [
    { id: 'tags', label: text('span.tags'), content: () => span && <Tags span={span} /> },
    {
      id: 'events',
      label: text('span.events'),
      count: span?.events.length ?? outline?.events.length ?? 0,
      content: () => span && <Events span={span} tree={tree} />,
    },
    {
      id: 'records',
      label: text('span.records'),
      content: () => outline && <SpanRecords traceId={traceId} span={outline} />,
    },
    {
      id: 'links',
      label: text('span.links'),
      count: outline?.links ?? 0,
      content: () => span && <Links span={span} />,
    },
    {
      id: 'json',
      label: 'JSON',
      content: () =>
        span && (
          <pre className="record-json mono">
            <JsonText value={span} />
          </pre>
        ),
    },
  ];
}

/** More are found by the filter. */
const FIELDS_SHOWN_MAX = 500;

function Tags({ span }: { readonly span: Span }): ReactElement {
  const { text } = useText();
  const { own, tags, process } = spanValues(span);
  const { field, fits } = useFieldFilter(own.length + tags.length + process.length);
  return (
    <>
      {field}
      <Fields values={tags.filter(fits)} />
      <h3 className="record-section">{text('span.title')}</h3>
      <Fields values={own.filter(fits)} />
      <h3 className="record-section">{text('span.process')}</h3>
      <Fields values={process.filter(fits)} />
    </>
  );
}

function Fields({ values }: { readonly values: readonly NamedValue[] }): ReactElement {
  const { number } = useText();
  return (
    <>
      {values.slice(0, FIELDS_SHOWN_MAX).map((target) => (
        <FieldRow key={target.field} target={target} />
      ))}
      {values.length > FIELDS_SHOWN_MAX && (
        <p className="dim span-more number">+ {number(values.length - FIELDS_SHOWN_MAX)}</p>
      )}
    </>
  );
}

const EVENTS_SHOWN_MAX = 500;

function Events({ span, tree }: { readonly span: Span; readonly tree: TraceTree }): ReactElement {
  const { text } = useText();
  if (span.events.length === 0) return <p className="dim span-more">{text('span.none')}</p>;
  return (
    <>
      {span.events.slice(0, EVENTS_SHOWN_MAX).map((event, at) => (
        // Events have no id; their order never changes.
        // oxlint-disable-next-line react/no-array-index-key
        <section key={at} className="span-event-detail">
          <h3 className="record-section">
            <bdi>{visibleLine(event.name, NAME_CHARACTERS_MAX)}</bdi>
            <span className="number">
              {durationText(Number(BigInt(event.timestamp) - tree.startNs))}
            </span>
          </h3>
          <Fields values={namedAttributes(event.attributes)} />
        </section>
      ))}
    </>
  );
}

function Links({ span }: { readonly span: Span }): ReactElement {
  const { text } = useText();
  const go = useGo();
  if (span.links.length === 0) return <p className="dim span-more">{text('span.none')}</p>;
  return (
    <>
      {span.links.slice(0, EVENTS_SHOWN_MAX).map((link, at) => (
        // Links have no id; their order never changes.
        // oxlint-disable-next-line react/no-array-index-key
        <section key={at}>
          <h3 className="record-section">
            <span className="mono">
              <LongText text={`${link.traceId} · ${link.spanId}`} terms={[]} />
            </span>
          </h3>
          <button
            type="button"
            className="button small span-link"
            onClick={() => go({ path: tracePath(link.traceId), search: { span: link.spanId } })}
          >
            <Icon name="traces" sizePx={14} />
            {text('span.link.open')}
          </button>
          <Fields values={namedAttributes(link.attributes)} />
        </section>
      ))}
    </>
  );
}
