/**
 * Clocks that differ, told from causes and effects: a call begins after its caller began it and ends
 * before; steps come in the order in which they come in other chains.
 */
import { stepKey } from './outline.ts';
import type { Usual } from './usual.ts';
import { endOf, isSilent, type Lane } from './lanes.ts';
import { quantile } from './quantile.ts';
import type { Event } from './sighting.ts';

/** Less is the ordinary inexactness of clocks and of what is written when. */
const OFFSET_MS_MIN = 2;
/** So far the wrong way round are no two steps by chance, however close they are otherwise. */
const CERTAIN_MS = 1_000;
/** Of the pairs with other lanes; beyond, the lane's clock is thought to be wrong. */
const DISORDER_MIN = 0.4;
const DISORDER_LEFT_MAX = 0.15;
/** Of one lane that are looked at. */
const EVENTS_MAX = 100;

/** The lanes with what has to be added to their clocks, as seen from the lane of the entry. */
export function withClocks(lanes: readonly Lane[], entry: Event, usual: Usual): readonly Lane[] {
  const bySpans = spanOffsets(lanes, entry);
  return lanes.map((lane) => {
    const offsetMs = bySpans.get(lane.id) ?? recordOffset(lane, lanes, usual, entry);
    return Math.abs(offsetMs) < OFFSET_MS_MIN ? lane : { ...lane, offsetMs };
  });
}

interface Bounds {
  readonly to: number;
  lowMs: number;
  highMs: number;
  /** All of the calls are of the kind that waits for its answer. */
  isAwaited: boolean;
}

/** By parents and children of different lanes, from the entry's lane on. */
function spanOffsets(lanes: readonly Lane[], entry: Event): ReadonlyMap<number, number> {
  const bounds = spanBounds(lanes);
  const offsets = new Map<number, number>();
  const start = lanes.find(({ events }) => events.includes(entry));
  if (!start) return offsets;
  offsets.set(start.id, 0);
  const open = [start.id];
  for (let lane = open.shift(); lane !== undefined; lane = open.shift()) {
    for (const bound of bounds.get(lane) ?? []) {
      if (offsets.has(bound.to)) continue;
      offsets.set(bound.to, (offsets.get(lane) ?? 0) + leastOffset(bound));
      open.push(bound.to);
    }
  }
  return offsets.size > 1 ? offsets : new Map();
}

/** A callee that begins before its caller, or one that is waited for and ends after it. */
function leastOffset({ lowMs, highMs, isAwaited }: Bounds): number {
  if (lowMs > 0) return lowMs <= highMs ? (lowMs + highMs) / 2 : lowMs;
  return isAwaited && highMs < 0 && lowMs <= highMs ? (lowMs + highMs) / 2 : 0;
}

function spanBounds(lanes: readonly Lane[]): ReadonlyMap<number, Bounds[]> {
  const spans = new Map<string, { readonly event: Event; readonly lane: number }>();
  for (const lane of lanes) {
    if (isSilent(lane)) continue;
    for (const event of lane.events)
      if (event.signal === 'span') spans.set(event.spanId, { event, lane: lane.id });
  }
  const bounds = new Map<number, Bounds[]>();
  for (const { event, lane } of spans.values()) {
    const parent = spans.get(event.parentSpanId);
    if (!parent || parent.lane === lane) continue;
    const known = bounds.get(parent.lane) ?? [];
    bounds.set(parent.lane, known);
    let bound = known.find(({ to }) => to === lane);
    if (!bound)
      known.push((bound = { to: lane, lowMs: -Infinity, highMs: Infinity, isAwaited: true }));
    bound.isAwaited &&= event.spanKind === 'server' && parent.event.spanKind === 'client';
    bound.lowMs = Math.max(bound.lowMs, parent.event.atMs - event.atMs);
    bound.highMs = Math.min(bound.highMs, endOf(parent.event) - endOf(event));
  }
  return bounds;
}

/** By the order that steps have in healthy chains. */
function recordOffset(lane: Lane, lanes: readonly Lane[], usual: Usual, entry: Event): number {
  const own = placed(lane.events, usual);
  const others = lanes
    .filter((other) => other.id !== lane.id && !isSilent(other))
    .flatMap(({ events }) => placed(events, usual));
  if (own.length === 0 || others.length === 0 || lane.events.includes(entry)) return 0;
  if (disorder(own, others, 0) < DISORDER_MIN) return 0;
  const shift = quantile(
    own.map(({ event, usualMs }) => usualMs - (event.atMs - entry.atMs)),
    0.5,
  );
  return disorder(own, others, shift) <= DISORDER_LEFT_MAX ? shift : 0;
}

interface Placed {
  readonly event: Event;
  /** From the chain's start in healthy chains. */
  readonly usualMs: number;
}

function placed(events: readonly Event[], { steps }: Usual): readonly Placed[] {
  return events
    .filter(({ signal }) => signal === 'record')
    .slice(0, EVENTS_MAX)
    .flatMap((event) => {
      const known = steps.get(stepKey(event));
      return known ? [{ event, usualMs: known.offsetMs.p50 }] : [];
    });
}

/** Share of pairs that are the wrong way round. */
function disorder(own: readonly Placed[], others: readonly Placed[], shiftMs: number): number {
  let pairs = 0;
  let wrong = 0;
  for (const one of own) {
    for (const other of others) {
      const usual = one.usualMs - other.usualMs;
      const here = one.event.atMs + shiftMs - other.event.atMs;
      const isClear = Math.abs(usual) >= OFFSET_MS_MIN || Math.abs(here) >= CERTAIN_MS;
      if (usual === 0 || !isClear) continue;
      pairs += 1;
      if (usual * here < 0) wrong += 1;
    }
  }
  return pairs === 0 ? 0 : wrong / pairs;
}
