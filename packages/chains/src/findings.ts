/** What stands out in a chain: errors, warnings and time lost that healthy chains of the same entry do not have. */
import type { StatementValues } from '@tendril/api/chain';
import type { ErrorEvidence, ExplainedCode, KnownErrors } from '@tendril/intake/packs/known-errors';
import type { KnownError } from '@tendril/intake/packs/known-errors';
import { endOf, isCalled, isSilent, lanesBelow, type Hop, type Lane } from './lanes.ts';
import { stepKey, type Usual } from './outline.ts';
import { isSystem } from './peer.ts';
import type { Event } from './sighting.ts';

/** Of packs: what an error is known as. */
export type Knowledge = Pick<KnownErrors, 'match' | 'codes'>;

export type FindingKind = 'error' | 'warning' | 'slow' | 'refusal';

export interface Finding {
  readonly kind: FindingKind;
  readonly event: Event;
  readonly lane: Lane;
  /** When it was known, corrected: the end of a span, the time of a record. */
  readonly atMs: number;
  /** Of healthy chains that have the same, 0 to 1. */
  readonly usualShare: number;
  readonly known: readonly KnownError[];
  /** Of a slow one: beyond what healthy chains take. */
  readonly excessMs: number;
}

/** What is in more of the healthy chains stands out in none. */
const USUAL_SHARE_MAX = 0.2;
/** Each is compared with all others. */
const FINDINGS_MAX = 400;
/** Fewer chains say nothing about what is usual. */
const CHAINS_MIN = 5;
/** A lane's other time lost is not listed. */
const SLOW_MS_MIN = 5;

export function findingsOf(
  lanes: readonly Lane[],
  usual: Usual,
  knowledge: Knowledge,
): readonly Finding[] {
  const found = lanes
    .filter((lane) => !isSilent(lane))
    .flatMap((lane) => lane.events.flatMap((event) => troubleIn(event, lane, usual, knowledge)));
  return firstAndLast(found.toSorted((a, b) => a.atMs - b.atMs));
}

/** A loop of errors is told by how it began and how it ended. */
function firstAndLast(findings: readonly Finding[]): readonly Finding[] {
  if (findings.length <= FINDINGS_MAX) return findings;
  return [...findings.slice(0, FINDINGS_MAX / 2), ...findings.slice(-FINDINGS_MAX / 2)];
}

function troubleIn(
  event: Event,
  lane: Lane,
  usual: Usual,
  knowledge: Knowledge,
): readonly Finding[] {
  const known = event.trouble.level > 0 ? knownOf(event, knowledge) : [];
  const kind = kindOf(event, known, knowledge);
  if (kind === undefined) return [];
  const usualShare = usualShareOf(event, usual);
  if (usualShare > USUAL_SHARE_MAX) return [];
  const atMs = endOf(event) + lane.offsetMs;
  const told = withKnownPeer(event, known);
  return [{ kind, event: told, lane, atMs, usualShare, known, excessMs: 0 }];
}

/** An error that only one kind of dependency has is about that, whether it names it or not. */
function withKnownPeer(event: Event, known: readonly KnownError[]): Event {
  const system = known.find(({ pack }) => isSystem(pack))?.pack;
  if (event.peer || system === undefined || isCalled(event.service, system)) return event;
  return { ...event, peer: { name: system, address: '' } };
}

function kindOf(
  event: Event,
  known: readonly KnownError[],
  knowledge: Knowledge,
): Exclude<FindingKind, 'slow'> | undefined {
  const { level, isRefusal } = event.trouble;
  const [first] = known;
  if (level === 0 || first?.spec.level === 'noise') return undefined;
  if (isRefusal || first?.spec.kind === 'refusal' || isRefusedByCode(event, knowledge))
    return 'refusal';
  return level >= 2 ? 'error' : 'warning';
}

function isRefusedByCode(event: Event, knowledge: Knowledge): boolean {
  const [explained]: readonly ExplainedCode[] = knowledge.codes(evidenceOf(event));
  return explained?.code.kind === 'refusal';
}

export function knownOf(event: Event, knowledge: Knowledge): readonly KnownError[] {
  return knowledge.match(evidenceOf(event));
}

function evidenceOf({ errorText, service, source }: Event): ErrorEvidence {
  const { attributes } = source.kind === 'record' ? source.record : source.span;
  return { body: errorText, serviceName: service, attributes: new Map(Object.entries(attributes)) };
}

function usualShareOf(event: Event, { chains, steps }: Usual): number {
  if (chains.length < CHAINS_MIN) return 0;
  const step = steps.get(stepKey(event));
  if (!step) return 0;
  return event.trouble.level >= 2 ? step.errorShare : step.warningShare;
}

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

/** Where the chain lost time against healthy ones. By spans where they show it, else by what was written when. */
export function lossesOf(
  lanes: readonly Lane[],
  hops: readonly Hop[],
  usual: Usual,
): readonly Loss[] {
  if (usual.chains.length < CHAINS_MIN) return [];
  // Spans tell nothing of a wait that lies between two traces, as in a queue that is read in batches.
  const bySpans = spanLosses(lanes, usual).filter(isLost);
  return bySpans.length > 0 ? bySpans : recordLosses(lanes, lanesBelow(hops), usual).filter(isLost);
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
  return timed.flatMap((span): readonly Loss[] => {
    const below = children.get(span.event.spanId) ?? [];
    const belowMs = below.reduce((sum, { excessMs }) => sum + excessMs, 0);
    const excessMs = Math.max(0, span.excessMs - belowMs);
    const { event, lane, usualMs } = span;
    const parent = byId.get(event.parentSpanId);
    // What the sender itself lost is no delay on the way.
    const delay = delayOf(span, parent, usual);
    const late = Math.max(0, delay.excessMs - (parent?.excessMs ?? 0));
    const own = { event, lane, isPeers: event.peer !== undefined && isCall(event) };
    return [
      { ...own, excessMs, hereMs: event.durationMs, usualMs },
      { ...delay, event, lane, isPeers: false, excessMs: late },
    ];
  });
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
