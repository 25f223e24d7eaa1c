/** The path of a failure: from what was seen, N ← M ← … ← A, back to where it began. */
import type { ChainStatement, ChainStep, ChainSuspect } from '@tendril/api/chain';
import { slowFinding, type Finding } from './findings.ts';
import type { Gap } from './gaps.ts';
import { eventLink } from './links.ts';
import { depthOf, type Situation } from './situation.ts';
import { stepKey } from './outline.ts';
import { msOfNs, nsOfMs } from './time-ms.ts';

/** What a person reads at once. */
const STEPS_MAX = 9;
const SLOW_STEPS_MAX = 3;
const GAP_STEPS_MAX = 2;

type Item = Omit<ChainStep, 'number'> & { readonly atMs: number; readonly isError: boolean };

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
  const items = [
    ...distinct(findings, surfaced).map((finding) => findingItem(finding, situation, surfaced)),
    ...slowItems(situation),
    ...situation.gaps.slice(0, GAP_STEPS_MAX).map((gap) => gapItem(gap, situation, textOf)),
    ...changeItems(situation, suspect),
  ].toSorted((a, b) => b.atMs - a.atMs);
  const first =
    surfaced && items.find(({ link, kind }) => kind !== 'gap' && sameLink(link, surfaced));
  const ordered = first ? [first, ...items.filter((item) => item !== first)] : items;
  const chosen = chooseSteps(ordered);
  return chosen.map((item, index) => stepOf(item, chosen.length - index, chosen.length));
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
    who: whoIs(lane),
    time: nsOfMs(atMs),
    severityNumber: event.severityNumber,
    text: event.text,
    why: whyOf(finding, situation, finding === surfaced),
    link: eventLink(event),
    atMs,
    isError: kind === 'error',
  };
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
      const values = { hereMs: Math.round(loss.hereMs), usualMs: Math.round(loss.usualMs) };
      const why = [{ kind: 'why.slow', values, link: null }];
      return Object.assign({}, findingItem(slowFinding(loss), situation, undefined), { why });
    });
}

function gapItem(gap: Gap, situation: Situation, textOf: WalkInput['textOf']): Item {
  const lane = situation.lanes.find(({ service }) => service === gap.service);
  const values = { share: Math.round(gap.share * 100), ms: Math.round(gap.expectedWithinMs) };
  return {
    kind: 'gap',
    lane: lane?.id ?? null,
    hop: lane ? (hopOf(lane.id, situation) ?? null) : null,
    who: gap.service,
    time: nsOfMs(gap.afterMs),
    severityNumber: 0,
    text: textOf(gap.service, gap.step),
    why: [{ kind: `why.${gap.kind}`, values, link: null }],
    link: null,
    atMs: gap.afterMs,
    isError: false,
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
      who: [change.service, change.instance].filter(Boolean).join(' '),
      time: change.timestamp,
      severityNumber: 0,
      text: change.text,
      why: [{ kind: 'why.change', values: { seconds }, link: null }],
      link: { kind: 'change', id: change.id },
      atMs,
      isError: false,
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

/** Service and instance as people call them. */
export function whoIs({
  service,
  instance,
}: {
  readonly service: string;
  readonly instance: string;
}): string {
  return [service, instance].filter(Boolean).join(' ');
}
