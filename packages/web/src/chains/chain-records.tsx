/** All records and spans of the chain in the order in which they happened. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { useMemo, useRef, type ReactElement } from 'react';
import type { Chain, ChainLink } from '@tendril/api/chain';
import { durationText } from '../lib/duration-text.ts';
import { usePreference } from '../lib/preferences.ts';
import { useText } from '../lib/text.tsx';
import { clockText } from '../lib/zone-time.ts';
import { levelOf } from '../records/field-value.ts';
import { ServiceName } from '../records/service-name.tsx';
import { SeverityBadge } from '../records/severity-badge.tsx';
import { visibleLine } from '../records/visible-text.ts';
import { chainLines, type ChainLine } from './chain-lines.ts';
import { DestinationLink } from './destination-link.tsx';

const ROW_PX = 24;
const BODY_CHARACTERS_MAX = 1_000;

export interface ChainRecordsProps {
  readonly chain: Chain;
  /** -1: of all lanes. */
  readonly lane: number;
  readonly onLane: (lane: number) => void;
}

export function ChainRecords({ chain, lane, onLane }: ChainRecordsProps): ReactElement {
  const { text } = useText();
  const lines = useMemo(() => chainLines(chain, lane), [chain, lane]);
  const frame = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: lines.length,
    getScrollElement: () => frame.current,
    estimateSize: () => ROW_PX,
    overscan: 20,
  });
  const isCut =
    chain.records.length < chain.counts.records || chain.spans.length < chain.counts.spans;
  return (
    <>
      <LaneChoice chain={chain} lane={lane} onLane={onLane} />
      {isCut && <p className="notice warn">{text('chain.records.cut', chain.counts)}</p>}
      {/* A region that scrolls is reached by keyboard. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div
        className="chain-lines"
        ref={frame}
        tabIndex={0}
        role="list"
        aria-label={text('chain.records')}
      >
        <div style={{ height: `${rows.getTotalSize()}px`, position: 'relative' }}>
          {rows.getVirtualItems().map(({ index, start }) => {
            const line = lines[index];
            return line && <Line key={line.key} line={line} topPx={start} />;
          })}
        </div>
      </div>
    </>
  );
}

function LaneChoice({ chain, lane, onLane }: ChainRecordsProps): ReactElement {
  const { text } = useText();
  return (
    <label className="lane-choice">
      <span className="dim-2">{text('chain.records.lane')}</span>
      <select
        className="field small"
        value={lane}
        onChange={({ currentTarget }) => onLane(Number(currentTarget.value))}
      >
        <option value={-1}>{text('chain.records.all')}</option>
        {chain.lanes.map(({ id, service, instance }) => (
          <option key={id} value={id}>
            {visibleLine(`${service} ${instance}`.trim(), 120)}
          </option>
        ))}
      </select>
    </label>
  );
}

function Line({ line, topPx }: { readonly line: ChainLine; readonly topPx: number }): ReactElement {
  const zone = usePreference('zone');
  const { lane, timeNs, member } = line;
  return (
    <div
      className="chain-line mono"
      role="listitem"
      style={{ transform: `translateY(${topPx}px)` }}
    >
      <time className="number dim-2">{clockText(timeNs, zone, 'millisecond')}</time>
      <span className="chain-line-lane">
        <ServiceName name={lane.service} />
      </span>
      {member.kind === 'record' ? <SeverityBadge level={levelOf(member.record)} /> : <SpanBadge />}
      <bdi className="chain-line-body">{lineText(member)}</bdi>
      {member.kind === 'record' && member.via !== 'id' && <Via via={member.via} />}
      <DestinationLink link={linkOf(member)} />
    </div>
  );
}

function SpanBadge(): ReactElement {
  return (
    <span className="severity severity-unknown" title="span" aria-label="span">
      ▭
    </span>
  );
}

const VIA_LABELS = {
  key: { label: 'chain.via.key', hint: 'chain.via.key.hint' },
  peer: { label: 'chain.via.peer', hint: 'chain.via.peer.hint' },
} as const;

function Via({ via }: { readonly via: keyof typeof VIA_LABELS }): ReactElement {
  const { text } = useText();
  const { label, hint } = VIA_LABELS[via];
  return (
    <span className="chip" title={text(hint)}>
      {text(label)}
    </span>
  );
}

function lineText(member: ChainLine['member']): string {
  if (member.kind === 'record') return visibleLine(member.record.body, BODY_CHARACTERS_MAX);
  const { name, durationNs, status, statusMessage } = member.span;
  const words = [
    name,
    durationText(Number(durationNs)),
    status === 'error' ? 'error' : '',
    statusMessage,
  ];
  return visibleLine(words.filter((word) => word !== '').join(' · '), BODY_CHARACTERS_MAX);
}

function linkOf(member: ChainLine['member']): ChainLink {
  if (member.kind === 'span') {
    return { kind: 'span', traceId: member.span.traceId, spanId: member.span.spanId };
  }
  return { kind: 'record', id: member.record.id, timestamp: member.record.timestamp };
}
