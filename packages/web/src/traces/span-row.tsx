/** A span in the waterfall: its name under its caller's, its time as a bar. */
import { memo, type MemoExoticComponent, type ReactElement } from 'react';
import { Icon } from '../components/icon.tsx';
import { durationText } from '../lib/duration-text.ts';
import { useText } from '../lib/text.tsx';
import { serviceColour, ServiceName } from '../records/service-name.tsx';
import { visibleLine } from '../records/visible-text.ts';
import { barPlace } from './bar-place.ts';
import type { CriticalSection } from './critical-path.ts';
import { DepthGuides } from './depth-guides.tsx';
import { endOf, hasMark, type TraceTree } from './trace-tree.ts';
import type { Zoom } from './trace-url.ts';

export interface RowPlace {
  readonly index: number;
  readonly topPx: number;
  readonly zoom: Zoom;
  readonly isActive: boolean;
}

interface SpanRowProps extends RowPlace {
  readonly tree: TraceTree;
  readonly span: number;
  readonly isFolded: boolean;
  readonly isFound: boolean;
  /** How long before its caller it seems to start. */
  readonly skewNs: number | undefined;
  readonly critical: readonly CriticalSection[] | undefined;
}

const NAME_CHARACTERS_MAX = 200;
/** Of one span; more lie on each other. */
const SECTIONS_MAX = 200;

export const SpanRow: MemoExoticComponent<typeof DrawnSpanRow> = memo(DrawnSpanRow);

function DrawnSpanRow(props: SpanRowProps): ReactElement | null {
  const { tree, span, index, topPx, isActive, isFolded, isFound } = props;
  const outline = tree.spans[span];
  if (!outline) return null;
  const below = (tree.sizes[span] ?? 1) - 1;
  return (
    <div
      role="row"
      id={`trace-row-${index}`}
      className={`waterfall-row ${isActive ? 'is-active' : ''} ${isFound ? 'is-found' : ''}`}
      data-index={index}
      aria-rowindex={index + 1}
      aria-level={(tree.depths[span] ?? 0) + 1}
      aria-selected={isActive}
      aria-expanded={below > 0 ? !isFolded : undefined}
      style={{ transform: `translateY(${topPx}px)` }}
    >
      <span role="gridcell" className="span-name">
        <DepthGuides depth={tree.depths[span] ?? 0} />
        <Fold {...props} below={below} />
        <span className="span-service">
          <ServiceName name={outline.serviceName} />
        </span>
        <Marks {...props} />
        <bdi className="span-operation">{visibleLine(outline.name, NAME_CHARACTERS_MAX)}</bdi>
      </span>
      <span role="gridcell" className="span-time">
        <Bar {...props} />
      </span>
    </div>
  );
}

function Fold({ isFolded, below }: SpanRowProps & { readonly below: number }): ReactElement {
  const { text, shortNumber } = useText();
  if (below === 0) return <span className="row-fold-place" />;
  return (
    <button
      type="button"
      className="row-fold number"
      tabIndex={-1}
      title={text('trace.row.below', { count: below })}
      aria-label={text(isFolded ? 'trace.row.unfold' : 'trace.row.fold')}
    >
      <Icon name={isFolded ? 'expand' : 'chevron'} sizePx={12} />
      {isFolded && shortNumber(below)}
    </button>
  );
}

function Marks({ tree, span, isFolded, skewNs }: SpanRowProps): ReactElement {
  const { text } = useText();
  const outline = tree.spans[span];
  const isError = outline?.status === 'error';
  const below = tree.errorsBelow[span] ?? 0;
  return (
    <>
      {isError && (
        <span
          className="severity severity-error"
          title={visibleLine(outline.statusMessage, 300) || text('trace.row.error')}
        >
          E
        </span>
      )}
      {!isError && isFolded && below > 0 && (
        <span className="chip bad" title={text('trace.row.errorsBelow', { count: below })}>
          E {below}
        </span>
      )}
      {skewNs !== undefined && (
        <span className="span-mark" title={text('trace.row.skew', { time: durationText(skewNs) })}>
          <Icon name="clock" sizePx={12} />
        </span>
      )}
      {hasMark(tree, span, 'orphan') && <Warning label={text('trace.row.orphan')} />}
      {hasMark(tree, span, 'loop') && <Warning label={text('trace.row.loop')} />}
      {hasMark(tree, span, 'duplicate') && <Warning label={text('trace.row.duplicate')} />}
      {(outline?.links ?? 0) > 0 && (
        <span className="span-mark" title={text('trace.row.links', { count: outline?.links ?? 0 })}>
          <Icon name="link" sizePx={12} />
        </span>
      )}
    </>
  );
}

function Warning({ label }: { readonly label: string }): ReactElement {
  return (
    <span className="span-mark warn" title={label}>
      <Icon name="incidents" sizePx={12} />
    </span>
  );
}

function Bar({ tree, span, zoom, critical = [] }: SpanRowProps): ReactElement | null {
  const { text } = useText();
  const outline = tree.spans[span];
  const start = tree.starts[span] ?? 0;
  const place = barPlace(start, endOf(tree, span), zoom);
  if (!outline) return null;
  const duration = durationText(tree.durations[span] ?? 0);
  const self = durationText(Math.round(tree.selfTimes[span] ?? 0));
  const title = `${duration}, ${text('trace.row.self', { time: self })}, ${text('span.offset', { time: durationText(start) })}`;
  if (!place) {
    const side = start > zoom.to ? 'is-after' : 'is-before';
    return (
      <span className={`bar-outside ${side}`} title={title}>
        {side === 'is-after' ? `${duration} →` : `← ${duration}`}
      </span>
    );
  }
  const percent = (share: number): string => `${share * 100}%`;
  const labelSide = place.left + place.width < 0.8 ? 'after' : place.left > 0.2 ? 'before' : 'in';
  return (
    <>
      <span
        className={`span-bar ${outline.status === 'error' ? 'is-error' : ''}`}
        title={title}
        style={{
          left: percent(place.left),
          width: percent(place.width),
          background: serviceColour(outline.serviceName),
        }}
      />
      {critical.slice(0, SECTIONS_MAX).map(({ from, to }) => {
        const section = barPlace(from, to, zoom);
        return (
          section && (
            <span
              key={from}
              className="span-critical"
              style={{ left: percent(section.left), width: percent(section.width) }}
            />
          )
        );
      })}
      {outline.events.map((event, at) => {
        const time = Number(BigInt(event.timestamp) - BigInt(outline.timestamp)) + start;
        const tick = barPlace(time, time, zoom);
        return (
          tick && (
            <span
              // Events have no id; their order never changes.
              // oxlint-disable-next-line react/no-array-index-key
              key={at}
              className="span-event"
              title={visibleLine(event.name, NAME_CHARACTERS_MAX)}
              style={{ left: percent(tick.left) }}
            />
          )
        );
      })}
      <span
        className={`bar-label is-${labelSide} number`}
        style={
          labelSide === 'before'
            ? { right: percent(1 - place.left) }
            : { left: percent(labelSide === 'after' ? place.left + place.width : place.left) }
        }
      >
        {duration}
      </span>
    </>
  );
}
