/**
 * What each lane of a chain shows over its time: hops as bars, records and spans as marks, how long healthy chains take, and
 * the silence where they speak. Pure geometry: places are 0 at the chain's start and 1 at its end.
 */
import type { Chain, ChainGap, ChainHop, ChainLane, HopStatus } from '@tendril/api/chain';
import { severityOfNumber, type Severity } from '@tendril/model/severity';
import { placeOf, type TimeScale } from './time-scale.ts';

export interface HopBar {
  readonly hop: ChainHop;
  readonly from: number;
  readonly to: number;
  /** Where healthy chains are done with it, of 95 in 100. */
  readonly healthyTo: number | null;
}

export interface LaneMark {
  readonly place: number;
  readonly level: MarkLevel;
  readonly count: number;
}

/** `unknown`: of a record without a severity, or of a span that went well. */
export type MarkLevel = Severity | 'unknown';

interface LaneGap {
  readonly gap: ChainGap;
  readonly from: number;
}

export interface LaneRow {
  /** Null for a service that the chain never reached. */
  readonly lane: ChainLane | null;
  readonly service: string;
  readonly bars: readonly HopBar[];
  readonly marks: readonly LaneMark[];
  readonly gaps: readonly LaneGap[];
}

/** Marks of one lane closer than this are one, of the worst of their severities. */
const MARKS_PER_LANE = 400;

const LEVELS: readonly MarkLevel[] = [
  'unknown',
  'trace',
  'debug',
  'info',
  'warn',
  'error',
  'fatal',
];

export function laneRows(chain: Chain, scale: TimeScale): readonly LaneRow[] {
  const marks = marksByLane(chain, scale);
  const rows = chain.lanes.map((lane): LaneRow => ({
    lane,
    service: lane.service,
    bars: chain.hops.filter((hop) => hop.lane === lane.id).map((hop) => barOf(hop, scale)),
    marks: marks.get(lane.id) ?? [],
    gaps: [],
  }));
  return withGaps(rows, chain.gaps, scale);
}

function barOf(hop: ChainHop, scale: TimeScale): HopBar {
  const startNs = BigInt(hop.start);
  const { healthy } = hop;
  return {
    hop,
    from: placeOf(scale, startNs),
    to: placeOf(scale, BigInt(hop.end)),
    healthyTo: healthy && placeOf(scale, startNs + BigInt(Math.round(healthy.p95Ns))),
  };
}

function marksByLane(chain: Chain, scale: TimeScale): ReadonlyMap<number, readonly LaneMark[]> {
  const lanes = new Map(chain.lanes.map((lane) => [lane.id, new Map<number, LaneMark>()]));
  const offsets = new Map(chain.lanes.map((lane) => [lane.id, BigInt(lane.clockOffsetNs)]));
  const laneOfHop = new Map(chain.hops.map(({ id, lane }) => [id, lane]));
  const add = (hop: number, timestamp: string, level: MarkLevel): void => {
    const lane = laneOfHop.get(hop);
    const marks = lane === undefined ? undefined : lanes.get(lane);
    if (!marks || lane === undefined) return;
    const place = placeOf(scale, BigInt(timestamp) + (offsets.get(lane) ?? 0n));
    const slot = Math.round(place * MARKS_PER_LANE);
    const known = marks.get(slot);
    marks.set(slot, {
      place: known?.place ?? place,
      level: known && rank(known.level) > rank(level) ? known.level : level,
      count: (known?.count ?? 0) + 1,
    });
  };
  for (const { record, hop } of chain.records) {
    add(hop, record.timestamp, severityOfNumber(record.severityNumber) ?? 'unknown');
  }
  for (const { span, hop } of chain.spans) {
    if (span.status === 'error') add(hop, endOf(span), 'error');
  }
  return new Map([...lanes].map(([lane, marks]) => [lane, [...marks.values()]]));
}

function endOf({ timestamp, durationNs }: { timestamp: string; durationNs: string }): string {
  return String(BigInt(timestamp) + BigInt(durationNs));
}

function rank(level: MarkLevel): number {
  return LEVELS.indexOf(level);
}

// Silence belongs to the first lane of its service; a service without a lane gets a row of its own.
function withGaps(
  rows: readonly LaneRow[],
  gaps: readonly ChainGap[],
  scale: TimeScale,
): readonly LaneRow[] {
  const byService = Map.groupBy(gaps, ({ service }) => service);
  const seen = new Set<string>();
  const filled = rows.map((row) => {
    if (seen.has(row.service)) return row;
    seen.add(row.service);
    return { ...row, gaps: gapsOf(byService.get(row.service), scale) };
  });
  const missing = [...byService]
    .filter(([service]) => !seen.has(service))
    .map(([service, own]): LaneRow => ({
      lane: null,
      service,
      bars: [],
      marks: [],
      gaps: gapsOf(own, scale),
    }));
  return [...filled, ...missing];
}

// Of several silences the first tells of the rest.
function gapsOf(gaps: readonly ChainGap[] | undefined, scale: TimeScale): readonly LaneGap[] {
  const [first] = (gaps ?? []).toSorted((a, b) => (BigInt(a.after) < BigInt(b.after) ? -1 : 1));
  return first ? [{ gap: first, from: placeOf(scale, BigInt(first.after)) }] : [];
}

/** How a bar is coloured: by the worst that its hop said. */
export const STATUS_LEVELS: Readonly<Record<HopStatus, MarkLevel>> = {
  ok: 'unknown',
  warn: 'warn',
  error: 'error',
};
