/**
 * From ids to a chain: gathers, orders, compares with healthy chains, walks up the failure and judges
 * suspects. What keeps the data is passed in, so the same is done by a server, over files and in a bench.
 */
import type { Chain, ChainOutcome } from '@tendril/api/chain';
import { castOf } from './candidates.ts';
import { chainView } from './chain-view.ts';
import {
  ANY_STEP,
  type Activity,
  type ChainStore,
  type EntryStep,
  type MemberIds,
  type MsRange,
} from './chain-store.ts';
import { withClocks } from './clocks.ts';
import { findingsOf, knownOf, type Knowledge } from './findings.ts';
import { lossesOf } from './losses.ts';
import { gapsOf, type Gap } from './gaps.ts';
import { gather, type Gathered } from './gather.ts';
import { hopsOf, lanesOf } from './lanes.ts';
import { outlineOf, outlinesOf, stepKey, type Outline, type OutlineOptions } from './outline.ts';
import { NOTHING_USUAL, usualOf, alikeTo, type Kinship, type Usual } from './usual.ts';
import { onsetOf } from './onset.ts';
import { originsOf } from './origins.ts';
import { peerOfText } from './peer.ts';
import type { NoneFeatures, Weights } from './score.ts';
import type { Event, Sighting, Signal } from './sighting.ts';
import { isFailed, isSlow, weatherByService, type Situation } from './situation.ts';
import { suspectsOf } from './suspects.ts';
import { walkOf } from './walk.ts';
import { NO_WEATHER } from './weather.ts';

export interface ExplainOptions {
  readonly store: ChainStore;
  readonly knowledge: Knowledge;
  readonly weights: Weights;
  /** Now, or the end of what was recorded: what is due later is not missing. */
  readonly readToMs: number;
  readonly near?: MsRange | undefined;
}

/** Everything but what the answer cost. */
export type ExplainedChain = Omit<Chain, 'cost' | 'partial'> & { readonly isCut: boolean };

const SIGNALS = ['record', 'span'] as const;

/** Healthy chains are looked for this long before. */
const WIDE_MS = 30 * 60_000;
const NEAR_BEFORE_MS = 60_000;
const NEAR_AFTER_MS = 15_000;
const NEAR_CHAINS_MAX = 150;
const WIDE_CHAINS_MAX = 80;
const WEATHER_BEFORE_MS = 15 * 60_000;
const WEATHER_AFTER_MS = 5_000;
const WEATHER_BUCKETS = 180;
/** What happens so long before the onset belongs to it. */
const WEATHER_NOW_MS = 3_000;
const CHANGES_BEFORE_MS = 30 * 60_000;

/** Undefined when nothing has the ids. */
export async function explainChain(
  ids: MemberIds,
  options: ExplainOptions,
): Promise<ExplainedChain | undefined> {
  const gathered = await gather(options.store, ids, options.near);
  if (gathered.events.length === 0) return undefined;
  return await new Explaining(gathered, options).chain();
}

/** The chain beside others of one signal: records with records, spans with spans. */
interface Comparison {
  readonly here: Outline;
  readonly usual: Usual;
  readonly neighbours: readonly Outline[];
  readonly failed: ReadonlySet<string>;
}

class Explaining {
  private readonly gathered: Gathered;
  private readonly options: ExplainOptions;
  private texts: ReadonlyMap<string, string> = new Map();

  constructor(gathered: Gathered, options: ExplainOptions) {
    this.gathered = gathered;
    this.options = options;
  }

  async chain(): Promise<ExplainedChain> {
    const { events, own, via } = this.gathered;
    const comparisons = await this.comparisons();
    const usual = merged(comparisons);
    const entry = entryOf(own);
    const lanes = withClocks(lanesOf(events, via), usualEntry(own, entry, usual), usual);
    const hops = hopsOf(lanes);
    const findings = findingsOf(lanes, usual, this.options.knowledge);
    const losses = lossesOf(lanes, hops, usual);
    const gaps = comparisons.flatMap((each) =>
      gapsOf(each.here, each.usual, this.options.readToMs),
    );
    const firstWrongMs = findings.find(({ kind }) => kind !== 'refusal')?.atMs ?? endOfAll(own);
    const neighbours = comparisons.flatMap((each) => each.neighbours);
    const failed = new Set([
      ...comparisons.flatMap((each) => [...each.failed]),
      ...(findings.some(({ kind }) => kind === 'error') ? [] : brokenOffAlike(neighbours, gaps)),
    ]);
    const onsetMs = onsetOf(neighbours, failed, firstWrongMs);
    const [weather, changes] = await Promise.all([this.weather(onsetMs), this.changes(onsetMs)]);
    const { around } = this.gathered;
    const { activity } = weather;
    const cast = castOf({ lanes, gaps, findings, losses, activity, usual, around });
    const situation: Situation = {
      lanes,
      hops,
      findings,
      around: around.map((event) => ({
        event,
        known: knownOf(event, this.options.knowledge),
      })),
      losses,
      gaps,
      cast,
      usual,
      changes,
      firstWrongMs,
      onsetMs,
      origins: originsOf(findings, hops, cast),
      neighbours,
      failed,
      weather: weather.places,
      weatherOfService: (service) => weather.services.get(service) ?? NO_WEATHER,
      weatherRange: weather.range,
    };
    const outcome = outcomeOf(situation, comparisons);
    const suspects = suspectsOf(situation, noneOf(outcome), this.options.weights);
    const textOf = (service: string, step: string): string => this.textOf(service, step);
    const walk = outcome === 'ok' ? [] : walkOf({ situation, suspect: suspects[0], textOf });
    return chainView({
      gathered: this.gathered,
      entry,
      situation,
      outcome,
      suspects,
      walk,
      textOf,
      comparisons,
    });
  }

  private async comparisons(): Promise<readonly Comparison[]> {
    const found = SIGNALS.map(async (signal) => {
      const own = this.gathered.own.filter((event) => event.signal === signal);
      return own.length > 0 ? [await this.comparison(signal, own)] : [];
    });
    return (await Promise.all(found)).flat();
  }

  private async comparison(signal: Signal, own: readonly Event[]): Promise<Comparison> {
    const sightings = await this.sample(signal, own);
    await this.describe([...sightings, ...own]);
    const options = this.outlineOptions(own);
    const here = outlineOf('', own, options);
    const isOwn = new Set([...this.gathered.ids.operationIds, ...this.gathered.ids.traceIds]);
    const outlines = outlinesOf(
      sightings.filter(({ chain }) => !isOwn.has(chain)),
      options,
    );
    const kinship = kinshipOf(own);
    const usual = outlines.length === 0 ? NOTHING_USUAL : usualOf(outlines, kinship);
    const neighbours = alikeTo(outlines, kinship);
    const failed = neighbours.filter((outline) => isFailed(outline, usual));
    return { here, usual, neighbours, failed: new Set(failed.map(({ chain }) => chain)) };
  }

  /** Chains with the same entry: some from around the same time, some from long before. */
  private async sample(signal: Signal, own: readonly Event[]): Promise<readonly Sighting[]> {
    const first = soundEntryOf(own);
    const found = await this.sampleOf(entryStep(signal, first));
    const usualFirst = mostCommonFirst(found);
    // Where a clock is behind, what seems to be first here is not so in other chains.
    const other = own.find((event) => stepKey(event) === usualFirst);
    if (!other || usualFirst === stepKey(first)) return found;
    return await this.sampleOf(entryStep(signal, other));
  }

  private async sampleOf(entry: EntryStep): Promise<readonly Sighting[]> {
    const { store } = this.options;
    const startMs = this.gathered.own[0]?.atMs ?? 0;
    const endMs = endOfAll(this.gathered.own);
    const near = { fromMs: startMs - NEAR_BEFORE_MS, toMs: endMs + NEAR_AFTER_MS };
    const wide = { fromMs: startMs - WIDE_MS, toMs: near.fromMs };
    const request = { entry, lengthMs: endMs - startMs };
    const [around, before] = await Promise.all([
      store.sample({ ...request, range: near, chainsMax: NEAR_CHAINS_MAX, isSpread: false }),
      store.sample({ ...request, range: wide, chainsMax: WIDE_CHAINS_MAX, isSpread: true }),
    ]);
    return [...around, ...before];
  }

  private async describe(sightings: readonly Sighting[]): Promise<void> {
    const steps = sightings.filter(({ signal }) => signal === 'record').map(({ step }) => step);
    const endMs = endOfAll(this.gathered.own);
    const range = { fromMs: endMs - WIDE_MS, toMs: endMs + NEAR_AFTER_MS };
    const described = await this.options.store.describe([...new Set(steps)], range);
    this.texts = new Map([...this.texts, ...described]);
  }

  private outlineOptions(own: readonly Event[]): OutlineOptions {
    const peers = new Map<string, string>();
    const refused = new Set(own.filter(({ trouble }) => trouble.isRefusal).map(stepKey));
    return {
      peerOfStep: ({ step, peer, signal }) => {
        if (peer) return peer.name || peer.address;
        if (signal === 'span') return '';
        const known = peers.get(step) ?? peerOfText(this.texts.get(step) ?? '')?.name ?? '';
        peers.set(step, known);
        return known;
      },
      isRefusedStep: (key) => refused.has(key),
    };
  }

  private async weather(onsetMs: number): Promise<
    ReturnType<typeof weatherByService> & {
      readonly activity: readonly Activity[];
      readonly range: MsRange;
    }
  > {
    const endMs = endOfAll(this.gathered.own);
    const range = {
      fromMs: onsetMs - WEATHER_BEFORE_MS,
      toMs: Math.max(onsetMs, endMs) + WEATHER_AFTER_MS,
    };
    const environment = environmentOf(this.gathered.own);
    const bucketMs = (range.toMs - range.fromMs) / WEATHER_BUCKETS;
    const request = { range, buckets: WEATHER_BUCKETS, environment };
    const activity = await this.options.store.activity(request);
    const nowFrom = Math.floor((onsetMs - WEATHER_NOW_MS - range.fromMs) / bucketMs);
    const silentFrom = Math.floor((onsetMs - range.fromMs) / bucketMs) + 1;
    const options = { nowFrom, silentFrom, buckets: WEATHER_BUCKETS, bucketMs };
    return { ...weatherByService(activity, options), activity, range };
  }

  private async changes(onsetMs: number): Promise<Situation['changes']> {
    const range = {
      fromMs: onsetMs - CHANGES_BEFORE_MS,
      toMs: onsetMs + WEATHER_AFTER_MS,
    };
    return await this.options.store.changes(range);
  }

  private textOf(_service: string, step: string): string {
    if (step.startsWith('span ')) return step.split(' ').slice(2).join(' ');
    const [, call = ''] = / (.*)/.exec(step) ?? [];
    const text = (this.texts.get(step) ?? step).split('\n')[0]?.trim() ?? '';
    return call === '' || text.includes(call) ? text : `${text} ${call}`;
  }
}

/** The root span where there is one, else what was first. */
export function entryOf(events: readonly Event[]): Event {
  const ids = new Set(events.map(({ spanId }) => spanId));
  const root = events.find(
    ({ signal, parentSpanId }) => signal === 'span' && !ids.has(parentSpanId || '\n'),
  );
  const [first] = events;
  if (root) return root;
  if (!first) throw new TypeError('a chain has at least one event');
  return first;
}

/** By which other clocks are measured: what comes first in healthy chains, where a clock may be behind. */
function usualEntry(own: readonly Event[], entry: Event, { steps }: Usual): Event {
  if (entry.signal === 'span') return entry;
  const first = [...steps.values()].toSorted(
    (a, b) => b.share - a.share || a.offsetMs.p50 - b.offsetMs.p50,
  )[0];
  return own.find((event) => stepKey(event) === first?.key) ?? entry;
}

/** What is said first whether it goes well or not. */
function soundEntryOf(own: readonly Event[]): Event {
  const entry = entryOf(own);
  if (entry.signal === 'span' || entry.trouble.level === 0) return entry;
  return own.find(({ trouble }) => trouble.level === 0) ?? entry;
}

function entryStep(signal: Signal, event: Event): EntryStep {
  const { service, source, trouble } = event;
  // Chains that begin with the same error are no measure: any that its place takes part in.
  const step = signal === 'record' && trouble.level > 0 ? ANY_STEP : event.step;
  const { environment } = source.kind === 'record' ? source.record : source.span;
  return { signal, service, step, environment };
}

export function environmentOf([first]: readonly Event[]): string {
  if (!first) return '';
  return first.source.kind === 'record'
    ? first.source.record.environment
    : first.source.span.environment;
}

function mostCommonFirst(sightings: readonly Sighting[]): string {
  const firsts = new Map<string, Sighting>();
  for (const sighting of sightings) {
    const known = firsts.get(sighting.chain);
    if (!known || sighting.atMs < known.atMs) firsts.set(sighting.chain, sighting);
  }
  const counts = Map.groupBy([...firsts.values()].map(stepKey), (key) => key);
  return [...counts].toSorted(([, a], [, b]) => b.length - a.length)[0]?.[0] ?? '';
}

function kinshipOf(own: readonly Event[]): Kinship {
  const isTraced = own.some(({ signal }) => signal === 'span');
  const at = own.findIndex(({ trouble }) => trouble.level >= 2);
  // Spans are in the order of their starts, and an error is known only at the end of its span.
  const before = at < 0 || isTraced ? own : own.slice(0, at);
  const isSound = ({ trouble }: Event): boolean => trouble.level < 2;
  const sound = before.some(isSound) ? before.filter(isSound) : own.filter(isSound);
  return {
    steps: new Set(sound.map(stepKey)),
    services: new Set(own.map(({ service }) => service)),
  };
}

function endOfAll(events: readonly Event[]): number {
  return events.reduce(
    (most, { atMs, durationMs, signal }) =>
      Math.max(most, signal === 'span' ? atMs + durationMs : atMs),
    0,
  );
}

/** Chains that lack what this one lacks first, where they could have it. */
function brokenOffAlike(neighbours: readonly Outline[], gaps: readonly Gap[]): readonly string[] {
  const [first] = gaps;
  if (!first) return [];
  const key = `${first.service}\n${first.step}`;
  return neighbours
    .filter(({ steps }) => steps.has(first.afterKey) && !steps.has(key))
    .map(({ chain }) => chain);
}

/** The steps of both signals; they do not share any. */
function merged(comparisons: readonly Comparison[]): Usual {
  return {
    chains: comparisons.flatMap(({ usual }) => usual.chains),
    steps: new Map(comparisons.flatMap(({ usual }) => [...usual.steps])),
    durationMs: comparisons.map(({ usual }) => usual.durationMs).find((band) => band !== undefined),
    harmless: new Set(comparisons.flatMap(({ usual }) => [...usual.harmless])),
  };
}

function outcomeOf(
  { findings, gaps, origins }: Situation,
  comparisons: readonly Comparison[],
): ChainOutcome {
  const errors = findings.filter(({ kind }) => kind === 'error');
  const isRefused = findings.some(({ kind }) => kind === 'refusal');
  // Whoever called the one that refused may log that as an error.
  const isFollowing = isRefused && errors.every((error) => origins.get(error)?.isPassedOn === true);
  if (errors.length > 0 && !isFollowing) return 'failed';
  if (isRefused) return 'refused';
  if (gaps.length > 0) return 'incomplete';
  return comparisons.some(({ here, usual }) => isSlow(here, usual)) ? 'slow' : 'ok';
}

function noneOf(outcome: ChainOutcome): NoneFeatures {
  return {
    isWell: outcome === 'ok' ? 1 : 0,
    isRefused: outcome === 'refused' ? 1 : 0,
    isSlow: outcome === 'slow' ? 1 : 0,
    isIncomplete: outcome === 'incomplete' ? 1 : 0,
  };
}
