/** Where a chain lost time against healthy ones: by its spans, by durations that records state, by when they were written. */
import type { StatementValues } from '@tendril/api/chain';
import { CHAINS_MIN, type Finding } from './findings.ts';
import { endOf, isSilent, lanesBelow, type Hop, type Lane } from './lanes.ts';
import { stepKey } from './outline.ts';
import type { Usual } from './usual.ts';
import type { Event } from './sighting.ts';

/** A lane's other time lost is not listed. */
const SLOW_MS_MIN = 5;

/** Time lost in one place, and the step that tells. */
export interface Loss {
  readonly event: Event;
  readonly lane: Lane;
  /** Who has to answer for it: the lane's service, or what it called. */
  readonly isPeers: boolean;
  readonly excessMs: number;
  readonly hereMs: number;
  /** Undefined where healthy chains do not have it. */
  readonly usualMs: number | undefined;
}

/** Beyond the 95th percentile by this much, and at least so many milliseconds. */
const BAND_FACTOR = 1.5;
const BAND_MS = 5;

/** Where the chain lost time against healthy ones. By spans where they show it, else by what records say. */
export function lossesOf(
  lanes: readonly Lane[],
  hops: readonly Hop[],
  usual: Usual,
): readonly Loss[] {
  if (usual.chains.length < CHAINS_MIN) return [];
  // Spans tell nothing of a wait that lies between two traces, as in a queue that is read in batches.
  const bySpans = spanLosses(lanes, usual).filter(isLost);
  if (bySpans.length > 0) return bySpans;
  const waits = recordLosses(lanes, lanesBelow(hops), usual).filter(isLost);
  return withStatedTimes(waits, lanes, usual);
}

function isLost({ excessMs }: Loss): boolean {
  return excessMs >= SLOW_MS_MIN;
}

function beyond(hereMs: number, p95: number): number {
  const bound = Math.max(p95 * BAND_FACTOR, p95 + BAND_MS);
  return hereMs > bound ? hereMs - p95 : 0;
}

interface TimedSpan {
  readonly event: Event;
  readonly lane: Lane;
  readonly excessMs: number;
  readonly usualMs: number | undefined;
}

function spanLosses(lanes: readonly Lane[], usual: Usual): readonly Loss[] {
  const timed = lanes
    .filter((lane) => !isSilent(lane))
    .flatMap((lane) => lane.events.flatMap((event) => timedSpan(event, lane, usual)));
  const byId = new Map(timed.map((span) => [span.event.spanId, span]));
  const children = Map.groupBy(timed, ({ event }) => event.parentSpanId);
  const inside: Loss[] = [];
  const delays: Loss[] = [];
  for (const span of timed) {
    const below = children.get(span.event.spanId) ?? [];
    const belowMs = below.reduce((sum, { excessMs }) => sum + excessMs, 0);
    const excessMs = Math.max(0, span.excessMs - belowMs);
    const { event, lane, usualMs } = span;
    const parent = byId.get(event.parentSpanId);
    // What the sender itself lost is no delay on the way.
    const delay = delayOf(span, parent, usual);
    const late = Math.max(0, delay.excessMs - (parent?.excessMs ?? 0));
    const own = { event, lane, isPeers: event.peer !== undefined && isCall(event) };
    inside.push({ ...own, excessMs, hereMs: event.durationMs, usualMs });
    delays.push({ ...delay, event, lane, isPeers: false, excessMs: late });
  }
  return [...inside, ...delays.map((delay) => becauseOfPeer(delay, inside))];
}

/** Who takes a message late because what it calls is slow has not made it wait. */
function becauseOfPeer(delay: Loss, inside: readonly Loss[]): Loss {
  const own = inside.filter(({ lane, excessMs }) => lane.id === delay.lane.id && excessMs > 0);
  const peers = own.filter(({ isPeers }) => isPeers);
  const sum = (losses: readonly Loss[]): number =>
    losses.reduce((total, { excessMs }) => total + excessMs, 0);
  const [worst] = peers.toSorted((a, b) => b.excessMs - a.excessMs);
  if (!worst || sum(peers) * 2 < sum(own)) return delay;
  return { ...worst, excessMs: delay.excessMs };
}

function isCall({ spanKind }: Event): boolean {
  return spanKind === 'client' || spanKind === 'producer';
}

function timedSpan(event: Event, lane: Lane, usual: Usual): readonly TimedSpan[] {
  if (event.signal !== 'span') return [];
  const band = usual.steps.get(stepKey(event))?.durationMs;
  const excessMs = band ? beyond(event.durationMs, band.p95) : 0;
  return [{ event, lane, excessMs, usualMs: band?.p50 }];
}

type Delay = Pick<Loss, 'excessMs' | 'hereMs' | 'usualMs'>;
const NO_DELAY: Delay = { excessMs: 0, hereMs: 0, usualMs: undefined };

/** What lies between the end of what sent a message and its being taken up, beyond what is usual. */
function delayOf(span: TimedSpan, parent: TimedSpan | undefined, { steps }: Usual): Delay {
  if (!parent || parent.lane.id === span.lane.id) return NO_DELAY;
  const own = steps.get(stepKey(span.event));
  const sender = steps.get(stepKey(parent.event));
  if (!own || !sender) return NO_DELAY;
  const hereMs = span.event.atMs + span.lane.offsetMs - parent.event.atMs - parent.lane.offsetMs;
  const mostMs = Math.max(0, own.offsetMs.p95 - sender.offsetMs.p50);
  const usualMs = Math.max(0, own.offsetMs.p50 - sender.offsetMs.p50);
  return { excessMs: beyond(hereMs, mostMs), hereMs, usualMs };
}

function recordLosses(
  lanes: readonly Lane[],
  below: ReadonlyMap<number, ReadonlySet<number>>,
  usual: Usual,
): readonly Loss[] {
  const ordered = lanes
    .filter(({ kind }) => kind === 'service')
    .flatMap((lane) => lane.events.map((event) => ({ event, lane })))
    .toSorted((a, b) => a.event.atMs + a.lane.offsetMs - (b.event.atMs + b.lane.offsetMs));
  const begun = new Map<string, number>();
  ordered.forEach(({ lane }, index) => begun.set(lane.service, begun.get(lane.service) ?? index));
  // What took part before it was not called by it, whatever else it does meanwhile.
  const answers = (callee: Lane, lane: Lane): boolean =>
    below.get(lane.id)?.has(callee.id) === true &&
    (begun.get(callee.service) ?? 0) >= (begun.get(lane.service) ?? 0);
  const seen = new Set<number>();
  return ordered.flatMap(({ event, lane }, index): readonly Loss[] => {
    const before = ordered[index - 1];
    const isReturn = seen.has(lane.id);
    seen.add(lane.id);
    // What others wrote meanwhile, whom it did not call, is not what it waited for.
    const isAnswer = before !== undefined && answers(before.lane, lane);
    // A step that is new here, such as an error after a time-out, has waited for what did not come.
    const waitMs = usual.steps.get(stepKey(event))?.waitMs;
    if (!before) return [];
    const hereMs = event.atMs + lane.offsetMs - before.event.atMs - before.lane.offsetMs;
    const excessMs = beyond(hereMs, waitMs?.p95 ?? 0);
    const loss = { excessMs, hereMs, usualMs: waitMs?.p50 };
    const isPeers = event.peer !== undefined;
    if (isPeers || before.lane.id === lane.id || (isReturn && !isAnswer))
      return [{ event, lane, isPeers, ...loss }];
    // What is late between two places: the one that answered late, or the one that took it up late.
    return isReturn
      ? [{ event: before.event, lane: before.lane, isPeers: false, ...loss }]
      : [{ event, lane, isPeers: false, ...loss }];
  });
}

/** Of one chain that are compared with each other. */
const STATED_MAX = 400;
/** A wait that explains so much of what a record states is the better account of it. */
const EXPLAINED_SHARE = 0.5;

/** A record that says how long its work took is an account of that time, where waits in it tell no more. */
function withStatedTimes(
  waits: readonly Loss[],
  lanes: readonly Lane[],
  usual: Usual,
): readonly Loss[] {
  const stated = lanes
    .filter(({ kind }) => kind === 'service')
    .flatMap((lane) => lane.events.flatMap((event) => statedLoss(event, lane, usual)))
    .toSorted((a, b) => b.excessMs - a.excessMs)
    .slice(0, STATED_MAX);
  if (stated.length === 0) return waits;
  const explained = new Set<Loss>();
  const own = stated.flatMap((loss): readonly Loss[] => {
    const inner = stated.filter((other) => isDirectlyIn(other, loss, stated));
    const selfMs = loss.excessMs - inner.reduce((sum, { excessMs }) => sum + excessMs, 0);
    if (selfMs < SLOW_MS_MIN) return [];
    const within = waits.filter(
      (wait) => isIn(wait, loss) && !inner.some((other) => isIn(wait, other)),
    );
    const waitedMs = within.reduce((sum, { excessMs }) => sum + excessMs, 0);
    if (waitedMs < selfMs * EXPLAINED_SHARE) return [{ ...loss, excessMs: selfMs }];
    for (const wait of within) explained.add(wait);
    return [];
  });
  const others = waits.filter((wait) => !stated.some((loss) => isIn(wait, loss)));
  return [...own, ...explained, ...others];
}

function statedLoss(event: Event, lane: Lane, usual: Usual): readonly Loss[] {
  if (event.signal === 'span' || event.durationMs === 0) return [];
  const band = usual.steps.get(stepKey(event))?.durationMs;
  const excessMs = band ? beyond(event.durationMs, band.p95) : 0;
  if (excessMs < SLOW_MS_MIN) return [];
  const isPeers = event.peer !== undefined;
  return [{ event, lane, isPeers, excessMs, hereMs: event.durationMs, usualMs: band?.p50 }];
}

/** When the time was lost: what is written when it is over began so much earlier. */
export function extentOf({ event, lane, hereMs }: Loss): {
  readonly fromMs: number;
  readonly toMs: number;
} {
  const toMs = endOf(event) + lane.offsetMs;
  return { fromMs: toMs - hereMs, toMs };
}

/** Loggers round. */
const EXTENT_SLACK_MS = 2;

function isIn(inner: Loss, outer: Loss): boolean {
  const [own, around] = [extentOf(inner), extentOf(outer)];
  return own.fromMs >= around.fromMs - EXTENT_SLACK_MS && own.toMs <= around.toMs + EXTENT_SLACK_MS;
}

function isInside(inner: Loss, outer: Loss): boolean {
  return inner !== outer && inner.hereMs < outer.hereMs && isIn(inner, outer);
}

function isDirectlyIn(inner: Loss, outer: Loss, all: readonly Loss[]): boolean {
  return (
    isInside(inner, outer) &&
    !all.some((between) => isInside(inner, between) && isInside(between, outer))
  );
}

/** For a sentence: how long it took, and how long that takes otherwise where it is known. */
export function tookValues({ hereMs, usualMs }: Loss): StatementValues {
  const took = { hereMs: Math.round(hereMs) };
  if (usualMs === undefined) return { ...took, usual: 'unknown' };
  return { ...took, usual: 'known', usualMs: Math.round(usualMs) };
}

export function slowFinding({ event, lane, excessMs }: Loss): Finding {
  const atMs = endOf(event) + lane.offsetMs;
  return { kind: 'slow', event, lane, atMs, usualShare: 0, known: [], excessMs };
}
