/** The path of a failure: from what was seen, N ← M ← … ← A, back to where it began. */
import type { ChainStatement, ChainStep, ChainSuspect } from '@tendril/api/chain';
import { instanceName } from '@tendril/model/instance-name';
import type { Finding } from './findings.ts';
import { slowFinding, tookValues, type Loss } from './losses.ts';
import { overdueMs, serviceOfKey, type Gap } from './gaps.ts';
import { eventLink } from './links.ts';
import { depthOf, type Situation } from './situation.ts';
import { stepKey } from './outline.ts';
import { msOfNs, nsOfMs } from './time-ms.ts';

/** What a person reads at once. */
const STEPS_MAX = 9;
const SLOW_STEPS_MAX = 3;
const GAP_STEPS_MAX = 2;

type Item = Omit<ChainStep, 'number'> & {
  readonly atMs: number;
  readonly isError: boolean;
  /** Services that it speaks against. */
  readonly against: readonly string[];
};

export interface WalkInput {
  readonly situation: Situation;
  readonly suspect: ChainSuspect | undefined;
  /** What a missing step looks like. */
  readonly textOf: (service: string, step: string) => string;
}

/** What was seen first, where it began last. */
export function walkOf({ situation, suspect, textOf }: WalkInput): readonly ChainStep[] {
  const surfaced = surfacedOf(situation);
  // A refusal on the way to a failure is somebody else's no.
  const findings = situation.findings.filter(
    ({ kind, atMs }) =>
      !surfaced || (atMs <= surfaced.atMs && (kind !== 'refusal' || surfaced.kind === 'refusal')),
  );
  const gaps = situation.gaps.filter((gap) => !isConsequence(gap, situation));
  const items = [
    ...withTimes(
      distinct(findings, surfaced).map((finding) => findingItem(finding, situation, surfaced)),
      slowItems(situation),
    ),
    ...gaps.slice(0, GAP_STEPS_MAX).map((gap) => gapItem(gap, situation, textOf)),
    ...changeItems(situation, suspect),
  ].toSorted((a, b) => b.atMs - a.atMs);
  const first =
    surfaced && items.find(({ link, kind }) => kind !== 'gap' && sameLink(link, surfaced));
  const ordered = first ? [first, ...items.filter((item) => item !== first)] : items;
  const chosen = chooseSteps(upTo(suspect, ordered));
  return chosen.map((item, index) => stepOf(item, chosen.length - index, chosen.length));
}

/** What is said and what took long is one step where it is the same record or span. */
function withTimes(items: readonly Item[], slow: readonly Item[]): readonly Item[] {
  const key = ({ lane, link }: Item): string => JSON.stringify([lane, link]);
  const times = new Map(slow.map((item) => [key(item), item]));
  const joined = items.map((item) => {
    const time = times.get(key(item));
    if (!time) return item;
    times.delete(key(item));
    const against = [...item.against, ...time.against];
    return { ...item, why: [...item.why, ...time.why], against };
  });
  return [...joined, ...times.values()];
}

/** It begins with whom it is thought to have begun: what others said before had no part in it. */
function upTo(suspect: ChainSuspect | undefined, items: readonly Item[]): readonly Item[] {
  if (!suspect) return items;
  const last = items.findLastIndex(({ against }) => against.includes(suspect.service));
  return last < 1 ? items : items.slice(0, last + 1);
}

/** Where something went wrong before, or further on than the last that was heard of, what is missing only follows. */
function isConsequence(gap: Gap, { findings, losses, lanes, hops }: Situation): boolean {
  const last = lanes.filter(({ service }) => service === serviceOfKey(gap.afterKey));
  const depth = Math.min(...last.map((lane) => depthOf(lane, hops)));
  return [...findings, ...losses.map(slowFinding)].some(
    ({ lane, atMs }) => atMs <= overdueMs(gap) || depthOf(lane, hops) >= depth,
  );
}

function stepOf(item: Item, number: number, count: number): ChainStep {
  const { kind, lane, hop, who, time, severityNumber, text, link } = item;
  const first = { kind: 'why.first', values: {}, link: null };
  const why = number === 1 && count > 1 ? [...item.why, first] : item.why;
  return { number, kind, lane, hop, who, time, severityNumber, text, why, link };
}

/** What whoever made the request saw: the last error nearest to the entry. */
function surfacedOf({ findings, hops }: Situation): Finding | undefined {
  const errors = findings.filter(({ kind }) => kind === 'error');
  const candidates = errors.length > 0 ? errors : findings.filter(({ kind }) => kind === 'refusal');
  const depths = candidates.map(({ lane }) => depthOf(lane, hops));
  const least = Math.min(...depths);
  return candidates.findLast((_, index) => depths[index] === least);
}

function sameLink(link: ChainStep['link'], { event }: Finding): boolean {
  return JSON.stringify(link) === JSON.stringify(eventLink(event));
}

/** Of what a place says again and again the first. */
function distinct(findings: readonly Finding[], surfaced: Finding | undefined): readonly Finding[] {
  const seen = new Set<string>();
  return findings.filter((finding) => {
    const key = `${finding.lane.id} ${stepKey(finding.event)}`;
    if (finding === surfaced) return true;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function findingItem(finding: Finding, situation: Situation, surfaced: Finding | undefined): Item {
  const { event, lane, atMs, kind } = finding;
  return {
    kind: event.signal,
    lane: lane.id,
    hop: hopOf(lane.id, situation),
    who: instanceName(lane.service, lane.instance),
    time: nsOfMs(atMs),
    severityNumber: event.severityNumber,
    text: event.text,
    why: whyOf(finding, situation, finding === surfaced),
    link: eventLink(event),
    atMs,
    isError: kind === 'error',
    against: againstOf(finding, situation),
  };
}

/** What is only passed on speaks against nobody. */
function againstOf(finding: Finding, { origins }: Situation): readonly string[] {
  const origin = origins.get(finding);
  return origin && !origin.isPassedOn && finding.kind !== 'refusal' ? [origin.service] : [];
}

function whyOf(
  finding: Finding,
  situation: Situation,
  isSurfaced: boolean,
): readonly ChainStatement[] {
  const { event, known, kind, usualShare } = finding;
  const why: ChainStatement[] = [];
  const say = (
    name: string,
    values: ChainStatement['values'],
    link: ChainStatement['link'] = null,
  ): void => {
    why.push({ kind: `why.${name}`, values, link });
  };
  if (isSurfaced) say('surfaced', {});
  if (kind === 'refusal') say('refusal', {});
  const [error] = known;
  if (error) {
    const { pack, spec } = error;
    say('known', { pack, id: spec.id, ...spec.title }, { kind: 'error', pack, id: spec.id });
  }
  const other = situation.cast.blamedBy(event);
  if (other) say('names', { other: other.service });
  const healthy = situation.usual.chains.length;
  if (healthy > 0 && !isSurfaced) {
    say('unusual', { have: Math.round(usualShare * healthy), of: healthy });
  }
  return why;
}

function slowItems(situation: Situation): readonly Item[] {
  const worst = situation.losses
    .toSorted((a, b) => b.excessMs - a.excessMs)
    .slice(0, SLOW_STEPS_MAX);
  const most = worst[0]?.excessMs ?? 0;
  return worst
    .filter(({ excessMs }) => excessMs >= most / 4)
    .map((loss): Item => {
      const why = [{ kind: 'why.slow', values: tookValues(loss), link: null }];
      const item = findingItem(slowFinding(loss), situation, undefined);
      return Object.assign({}, item, { why, against: [slowService(loss, situation)] });
    });
}

/** Who has to answer for the time. */
function slowService({ event, lane, isPeers }: Loss, { cast }: Situation): string {
  const peer = isPeers ? cast.blamedBy(event) : undefined;
  return peer?.service ?? lane.service;
}

function gapItem(gap: Gap, situation: Situation, textOf: WalkInput['textOf']): Item {
  const lane = situation.lanes.find(({ service }) => service === gap.service);
  const values = { share: Math.round(gap.share * 100), ms: Math.round(gap.expectedWithinMs) };
  return {
    kind: 'gap',
    lane: lane?.id ?? null,
    hop: lane ? (hopOf(lane.id, situation) ?? null) : null,
    who: gap.service,
    time: nsOfMs(overdueMs(gap)),
    severityNumber: 0,
    text: textOf(gap.service, gap.step),
    why: [{ kind: `why.${gap.kind}`, values, link: null }],
    link: null,
    atMs: overdueMs(gap),
    isError: false,
    against: [gap.service, serviceOfKey(gap.afterKey)],
  };
}

function changeItems(
  { changes, onsetMs }: Situation,
  suspect: ChainSuspect | undefined,
): readonly Item[] {
  const change = changes.find(({ id }) => id === suspect?.changeId);
  if (!change) return [];
  const atMs = msOfNs(change.timestamp);
  const seconds = Math.max(0, Math.round((onsetMs - atMs) / 1_000));
  return [
    {
      kind: 'change',
      lane: null,
      hop: null,
      who: instanceName(change.service, change.instance),
      time: change.timestamp,
      severityNumber: 0,
      text: change.text,
      why: [{ kind: 'why.change', values: { seconds }, link: null }],
      link: { kind: 'change', id: change.id },
      atMs,
      isError: false,
      against: suspect ? [suspect.service] : [],
    },
  ];
}

/** All where they are few; else the first, the last, and errors before the rest. */
function chooseSteps(items: readonly Item[]): readonly Item[] {
  if (items.length <= STEPS_MAX) return items;
  const kept = new Set([items[0], items.at(-1)]);
  const byWorth = [
    ...items.filter(({ kind }) => kind === 'gap' || kind === 'change'),
    ...items.filter(({ isError }) => isError),
    ...items,
  ];
  for (const item of byWorth) {
    if (kept.size >= STEPS_MAX) break;
    kept.add(item);
  }
  return items.filter((item) => kept.has(item));
}

function hopOf(lane: number, { hops }: Situation): number | null {
  return hops.find((hop) => hop.lane.id === lane)?.id ?? null;
}
