/** What was found out, as the API tells it. */
import type {
  ChainGap,
  ChainHop,
  ChainLane,
  ChainOutcome,
  ChainStep,
  ChainSuspect,
  HealthyComparison,
  HopStatus,
} from '@tendril/api/chain';
import { comparedSteps, latencyBand } from './comparison.ts';
import type { ExplainedChain } from './explain.ts';
import type { Gathered } from './gather.ts';
import { isSilent, type Hop, type Lane } from './lanes.ts';
import type { Outline } from './outline.ts';
import { bandOf, type Usual } from './usual.ts';
import type { Event } from './sighting.ts';
import type { Situation } from './situation.ts';
import { durationNsOfMs, nsOfMs } from './time-ms.ts';

/** Of one answer; the counts say how many there are. */
export const MEMBERS_SENT_MAX = 2_000;
const KEY_VALUES_MAX = 5;

export interface ViewInput {
  readonly gathered: Gathered;
  readonly entry: Event;
  readonly situation: Situation;
  readonly outcome: ChainOutcome;
  readonly suspects: readonly ChainSuspect[];
  readonly walk: readonly ChainStep[];
  readonly textOf: (service: string, step: string) => string;
  readonly comparisons: readonly {
    readonly here: Outline;
    readonly usual: Usual;
    readonly failed: ReadonlySet<string>;
  }[];
}

export function chainView(input: ViewInput): ExplainedChain {
  const { gathered, entry, situation, outcome, suspects, walk } = input;
  const { ids, events } = gathered;
  const [id = ids.traceIds[0] ?? ''] = ids.operationIds;
  const ofServices = situation.hops.filter(({ lane }) => lane.kind === 'service');
  const starts = ofServices.map(({ startMs }) => startMs);
  const ends = ofServices.map(({ endMs }) => endMs);
  const { environment } = entry.source.kind === 'record' ? entry.source.record : entry.source.span;
  return {
    id,
    kind: ids.operationIds.length > 0 ? 'operation' : 'trace',
    operationIds: ids.operationIds,
    traceIds: ids.traceIds,
    keys: keysOf(events),
    environment,
    entry: { service: entry.service, instance: entry.instance, operation: operationOf(entry) },
    start: nsOfMs(Math.min(...starts)),
    end: nsOfMs(Math.max(...ends)),
    outcome,
    counts: {
      records: events.filter(({ signal }) => signal === 'record').length,
      spans: events.filter(({ signal }) => signal === 'span').length,
    },
    lanes: situation.lanes.map(laneView),
    hops: situation.hops.map((hop) => hopView(hop, situation)),
    ...membersView(input),
    walk,
    suspects,
    gaps: situation.gaps.map((gap): ChainGap => ({
      kind: gap.kind,
      service: gap.service,
      text: input.textOf(gap.service, gap.step),
      after: nsOfMs(gap.afterMs),
      expectedWithinNs: durationNsOfMs(gap.expectedWithinMs),
      healthyShare: gap.share,
    })),
    healthy: healthyView(input),
    changes: situation.changes,
    isCut: gathered.isCut,
  };
}

const KEYS: readonly (readonly [name: string, sources: readonly string[]])[] = [
  ['userId', ['userID', 'userId', 'user_id', 'opUserID', 'sendID', 'user.id', 'enduser.id']],
  ['connectionId', ['connID', 'connectionID', 'connectionId', 'connection_id', 'Connection-ID']],
  ['conversationId', ['conversationID', 'conversationId', 'conversation_id']],
];

function keysOf(events: readonly Event[]): Readonly<Record<string, readonly string[]>> {
  const values = new Map<string, Set<string>>();
  for (const { source } of events) {
    const { attributes } = source.kind === 'record' ? source.record : source.span;
    for (const [name, sources] of KEYS) {
      const key = sources.find((each) => attributes[each] !== undefined);
      if (key === undefined) continue;
      const known = values.get(name) ?? new Set();
      values.set(name, known);
      if (known.size < KEY_VALUES_MAX) known.add(String(attributes[key]));
    }
  }
  return Object.fromEntries([...values].map(([name, known]) => [name, [...known]]));
}

/** A message often says what is asked for in its method. */
function operationOf({ source, step }: Event): string {
  if (source.kind === 'span') return source.span.name;
  const [, call = ''] = / (.*)/.exec(step) ?? [];
  return call || source.record.body.slice(0, 200);
}

function laneView(lane: Lane): ChainLane {
  const own = isSilent(lane) ? [] : lane.events;
  const { id, kind, service, instance, version, offsetMs } = lane;
  return {
    id,
    kind,
    service,
    instance,
    version,
    clockOffsetNs: durationNsOfMs(offsetMs),
    records: own.filter(({ signal }) => signal === 'record').length,
    spans: own.filter(({ signal }) => signal === 'span').length,
    errors: own.filter(({ trouble }) => trouble.level >= 2).length,
  };
}

function hopView(hop: Hop, { hops, findings, usual }: Situation): ChainHop {
  const { id, lane, startMs, endMs, parent, link } = hop;
  const { records, spans } = laneView(lane);
  const [first] = lane.events;
  return {
    id,
    lane: lane.id,
    start: nsOfMs(startMs),
    end: nsOfMs(endMs),
    operation: first ? operationOf(first) : '',
    status: statusOf(lane, findings),
    records,
    spans,
    parent: parent ?? null,
    link,
    selfNs: durationNsOfMs(selfMs(hop, hops)),
    healthy: healthyBand(lane, usual),
  };
}

function statusOf(lane: Lane, findings: Situation['findings']): HopStatus {
  const own = findings.filter((finding) => finding.lane.id === lane.id);
  if (own.some(({ kind }) => kind === 'error')) return 'error';
  return own.length > 0 ? 'warn' : 'ok';
}

/** Its duration less what hops below it cover. */
function selfMs({ id, startMs, endMs }: Hop, hops: readonly Hop[]): number {
  const below = hops
    .filter(({ parent }) => parent === id)
    .map((hop) => ({ from: Math.max(startMs, hop.startMs), to: Math.min(endMs, hop.endMs) }))
    .toSorted((a, b) => a.from - b.from);
  let covered = 0;
  let reachedMs = startMs;
  for (const { from, to } of below) {
    covered += Math.max(0, to - Math.max(from, reachedMs));
    reachedMs = Math.max(reachedMs, to);
  }
  return Math.max(0, endMs - startMs - covered);
}

/** From its first to its last step in healthy chains. */
function healthyBand({ service }: Lane, { chains }: Usual): ChainHop['healthy'] {
  const lengths = chains.flatMap(({ steps }) => {
    let from = Infinity;
    let to = -Infinity;
    for (const { key, offsetMs, durationMs } of steps.values()) {
      if (!key.startsWith(`${service}\n`)) continue;
      from = Math.min(from, offsetMs);
      to = Math.max(to, offsetMs + (key.startsWith(`${service}\nspan `) ? durationMs : 0));
    }
    return to >= from ? [to - from] : [];
  });
  return lengths.length === 0 ? null : latencyBand(bandOf(lengths));
}

function membersView({
  gathered,
  situation,
}: ViewInput): Pick<ExplainedChain, 'records' | 'spans'> {
  const hopOfLane = new Map(situation.hops.map((hop) => [hop.lane.id, hop.id]));
  const placed = situation.lanes
    .filter((lane) => !isSilent(lane))
    .flatMap((lane) =>
      lane.events.map((event) => ({
        event,
        hop: hopOfLane.get(lane.id) ?? 0,
        atMs: event.atMs + lane.offsetMs,
      })),
    )
    .toSorted((a, b) => a.atMs - b.atMs);
  return {
    records: placed
      .flatMap(({ event, hop }) =>
        event.source.kind === 'record'
          ? [{ record: event.source.record, hop, via: gathered.via.get(event.id) ?? 'id' }]
          : [],
      )
      .slice(0, MEMBERS_SENT_MAX),
    spans: placed
      .flatMap(({ event, hop }) =>
        event.source.kind === 'span' ? [{ span: event.source.span, hop }] : [],
      )
      .slice(0, MEMBERS_SENT_MAX),
  };
}

function healthyView({ comparisons, textOf }: ViewInput): HealthyComparison | null {
  const chains = comparisons.flatMap(({ usual }) => usual.chains);
  if (chains.length === 0) return null;
  const durations = comparisons.flatMap(({ usual }) => usual.durationMs ?? []);
  return {
    chains: Math.max(...comparisons.map(({ usual }) => usual.chains.length)),
    failedChains: Math.max(...comparisons.map(({ failed }) => failed.size)),
    duration: durations[0] ? latencyBand(durations[0]) : null,
    from: nsOfMs(Math.min(...chains.map(({ startMs }) => startMs))),
    to: nsOfMs(Math.max(...chains.map(({ endMs }) => endMs))),
    steps: comparisons.flatMap(({ here, usual }) => comparedSteps(here, usual, textOf)),
  };
}
