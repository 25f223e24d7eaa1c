/** Hops in time: a lane for each service instance, with what healthy chains do behind it. */
import { useMemo, type ReactElement } from 'react';
import type { Chain, ChainStep } from '@tendril/api/chain';
import { Icon } from '../components/icon.tsx';
import { durationText } from '../lib/duration-text.ts';
import { useElementWidth } from '../lib/use-element-width.ts';
import { useText } from '../lib/text.tsx';
import { ServiceName } from '../records/service-name.tsx';
import { visibleLine } from '../records/visible-text.ts';
import { STATUS_LEVELS, laneRows, type HopBar, type LaneMark, type LaneRow } from './lane-rows.ts';
import { placeOf, scaleTicks, timeScale, type TimeScale } from './time-scale.ts';

export interface HopLanesProps {
  readonly chain: Chain;
  readonly chosen: ChainStep | undefined;
  /** Of a lane, to read its records. */
  readonly onLane: (lane: number) => void;
}

/** More lanes than a person looks at; the records have the rest. */
const LANES_MAX = 200;
const TICK_PX = 90;
const TEXT_CHARACTERS_MAX = 160;

export function HopLanes({ chain, chosen, onLane }: HopLanesProps): ReactElement {
  const { text, number } = useText();
  const [measure, widthPx] = useElementWidth();
  const scale = useMemo(
    () => timeScale(BigInt(chain.start), BigInt(chain.end)),
    [chain.start, chain.end],
  );
  const rows = useMemo(() => laneRows(chain, scale), [chain, scale]);
  const ticks = scaleTicks(scale, Math.max(2, Math.floor(widthPx / TICK_PX)));
  return (
    <section aria-label={text('chain.hops')}>
      <div className="chain-section">
        <span className="grow" />
        {chain.healthy && (
          <span className="dim healthy-note">
            <i className="healthy-sample" aria-hidden="true" />
            {text('chain.healthyBand', { count: chain.healthy.chains })}
          </span>
        )}
      </div>
      <div className="lanes">
        <div className="lane lane-axis" aria-hidden="true">
          <span />
          <div className="lane-time" ref={measure}>
            {ticks.map(({ place, label }) => (
              <span key={label} className="lane-tick" style={{ left: percent(place) }}>
                {label}
              </span>
            ))}
          </div>
        </div>
        {rows.slice(0, LANES_MAX).map((row, index) => (
          <Lane
            key={row.lane ? row.lane.id : `gap ${row.service}`}
            row={row}
            isFirstOfService={rows[index - 1]?.service !== row.service}
            scale={scale}
            ticks={ticks.map(({ place }) => place)}
            chosen={chosen}
            onLane={onLane}
          />
        ))}
      </div>
      {rows.length > LANES_MAX && (
        <p className="dim">
          {text('chain.lanes.more', { count: number(rows.length - LANES_MAX) })}
        </p>
      )}
    </section>
  );
}

interface LaneProps extends Pick<HopLanesProps, 'chosen' | 'onLane'> {
  readonly row: LaneRow;
  readonly isFirstOfService: boolean;
  readonly scale: TimeScale;
  readonly ticks: readonly number[];
}

function Lane({ row, isFirstOfService, scale, ticks, chosen, onLane }: LaneProps): ReactElement {
  const { lane, bars, marks, gaps } = row;
  const isChosen = lane !== null && chosen?.lane === lane.id;
  return (
    <div className={`lane ${isChosen ? 'is-chosen' : ''} ${lane ? '' : 'is-absent'}`}>
      <LaneLabel row={row} isFirstOfService={isFirstOfService} onLane={onLane} />
      <div className="lane-time">
        {ticks.map((place) => (
          <i key={place} className="lane-grid" style={{ left: percent(place) }} />
        ))}
        {gaps.map(({ gap, from }) => (
          <Gap
            key={gap.after}
            gap={gap}
            from={from}
            isNever={lane === null}
            isCovered={bars.some(({ to }) => to > from)}
          />
        ))}
        {bars.map((bar) => (
          <Bar key={bar.hop.id} bar={bar} />
        ))}
        {marks.map((mark) => (
          <Mark key={mark.place} mark={mark} />
        ))}
        {chosen && isChosen && (
          <i
            className="lane-cursor"
            style={{ left: percent(placeOf(scale, BigInt(chosen.time))) }}
          />
        )}
      </div>
    </div>
  );
}

interface LaneLabelProps extends Pick<HopLanesProps, 'onLane'> {
  readonly row: LaneRow;
  readonly isFirstOfService: boolean;
}

function LaneLabel({ row, isFirstOfService, onLane }: LaneLabelProps): ReactElement {
  const { text } = useText();
  const { lane, service } = row;
  const name = visibleLine(service, TEXT_CHARACTERS_MAX);
  if (!lane) return <span className="lane-label dim">{name}</span>;
  const { instance, version, clockOffsetNs, records, spans } = lane;
  const offsetNs = Number(clockOffsetNs);
  const hint = [
    [name, visibleLine(instance, TEXT_CHARACTERS_MAX), visibleLine(version, 60)].join(' ').trim(),
    text('chain.lane.counts', { records, spans }),
    ...(offsetNs === 0 ? [] : [text('chain.lane.clock', { offset: durationText(offsetNs) })]),
  ].join('\n');
  return (
    <button type="button" className="lane-label" title={hint} onClick={() => onLane(lane.id)}>
      {isFirstOfService || instance === '' ? (
        <ServiceName name={service} />
      ) : (
        <bdi className="lane-instance dim-2">{visibleLine(instance, TEXT_CHARACTERS_MAX)}</bdi>
      )}
      {offsetNs !== 0 && (
        <span className="chip warn lane-clock">
          <Icon name="clock" sizePx={12} />
        </span>
      )}
    </button>
  );
}

function Bar({ bar }: { readonly bar: HopBar }): ReactElement {
  const { text } = useText();
  const { hop, from, to, healthyTo } = bar;
  const took = durationText(Number(BigInt(hop.end) - BigInt(hop.start)));
  const hint = [
    visibleLine(hop.operation, TEXT_CHARACTERS_MAX),
    text('chain.hop.took', { took, self: durationText(Number(hop.selfNs)) }),
    ...(hop.healthy
      ? [
          text('chain.hop.healthy', {
            p50: durationText(hop.healthy.p50Ns),
            p95: durationText(hop.healthy.p95Ns),
          }),
        ]
      : []),
  ];
  return (
    <>
      {healthyTo !== null && (
        <i
          className="hop-healthy"
          style={{ left: percent(from), width: percent(healthyTo - from) }}
        />
      )}
      <i
        className={`hop-bar level-${STATUS_LEVELS[hop.status]}`}
        style={{ left: percent(from), width: percent(to - from) }}
        title={hint.filter((line) => line !== '').join('\n')}
      />
    </>
  );
}

function Mark({ mark }: { readonly mark: LaneMark }): ReactElement {
  return <i className={`lane-mark level-${mark.level}`} style={{ left: percent(mark.place) }} />;
}

interface GapProps {
  readonly gap: LaneRow['gaps'][number]['gap'];
  readonly from: number;
  readonly isNever: boolean;
  /** A bar lies over it, which would cross the words. */
  readonly isCovered: boolean;
}

function Gap({ gap, from, isNever, isCovered }: GapProps): ReactElement {
  const { text } = useText();
  const within = durationText(Number(gap.expectedWithinNs));
  const words =
    isNever || gap.kind === 'never_reached'
      ? text('chain.gap.never', { within })
      : text('chain.gap.silent', { within });
  return (
    <span className="lane-gap" style={{ left: percent(from) }} title={words}>
      {!isCovered && <span>{words}</span>}
    </span>
  );
}

function percent(place: number): string {
  return `${place * 100}%`;
}
