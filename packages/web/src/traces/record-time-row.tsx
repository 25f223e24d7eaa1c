/** A log record between the spans, at its place in time. */
import { memo, type MemoExoticComponent, type ReactElement } from 'react';
import type { LogRecord } from '@tendril/model/log-record';
import { durationText } from '../lib/duration-text.ts';
import { levelOf } from '../records/field-value.ts';
import { SeverityBadge } from '../records/severity-badge.tsx';
import { visibleLine } from '../records/visible-text.ts';
import { barPlace } from './bar-place.ts';
import { DepthGuides } from './depth-guides.tsx';
import type { RowPlace } from './span-row.tsx';

interface RecordTimeRowProps extends RowPlace {
  readonly record: LogRecord;
  /** Nanoseconds from the start of the trace. */
  readonly time: number;
  readonly depth: number;
}

const BODY_CHARACTERS_MAX = 500;

export const RecordTimeRow: MemoExoticComponent<typeof DrawnRecordRow> = memo(DrawnRecordRow);

function DrawnRecordRow(props: RecordTimeRowProps): ReactElement {
  const { record, time, depth, index, topPx, isActive, zoom } = props;
  const place = barPlace(time, time, zoom);
  const level = levelOf(record);
  const side = place && place.left > 0.8 ? 'before' : 'after';
  return (
    <div
      role="row"
      id={`trace-row-${index}`}
      className={`waterfall-row is-record ${isActive ? 'is-active' : ''}`}
      data-index={index}
      aria-rowindex={index + 1}
      aria-level={depth + 1}
      aria-selected={isActive}
      style={{ transform: `translateY(${topPx}px)` }}
    >
      <span role="gridcell" className="span-name">
        <DepthGuides depth={depth} />
        <span className="row-fold-place" />
        <SeverityBadge level={level} />
        <bdi className="span-record-body mono">{visibleLine(record.body, BODY_CHARACTERS_MAX)}</bdi>
      </span>
      <span role="gridcell" className="span-time">
        {place && (
          <>
            <span
              className={`record-tick level-${level}`}
              style={{ left: `${place.left * 100}%` }}
            />
            <span
              className={`bar-label is-${side} number`}
              style={
                side === 'after'
                  ? { left: `${place.left * 100}%` }
                  : { right: `${(1 - place.left) * 100}%` }
              }
            >
              {durationText(time)}
            </span>
          </>
        )}
      </span>
    </div>
  );
}
