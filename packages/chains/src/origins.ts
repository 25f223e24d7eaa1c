/**
 * Whose trouble a finding is: who it names, or the place that says it. And whether it is only passed on:
 * an error that follows from one below, or from one that named another.
 */
import type { Cast } from './candidates.ts';
import type { Finding } from './findings.ts';
import { lanesBelow, type Hop } from './lanes.ts';

export interface Origin {
  /** Service of the candidate that it speaks against. */
  readonly service: string;
  readonly isPassedOn: boolean;
}

export type Origins = ReadonlyMap<Finding, Origin>;

/** What is written within this of each other has no order. */
const SAME_MOMENT_MS = 1;

export function originsOf(findings: readonly Finding[], hops: readonly Hop[], cast: Cast): Origins {
  const below = lanesBelow(hops);
  const failedParents = new Set(
    findings.filter(({ kind }) => kind === 'error').map(({ event }) => event.parentSpanId),
  );
  const blames = new Map(
    findings.map((finding) => [finding, cast.blamedBy(finding.event)?.service]),
  );
  const follows = (finding: Finding): boolean => {
    const { event, lane, atMs } = finding;
    if (event.signal === 'span' && failedParents.has(event.spanId)) return true;
    return findings.some(
      (other) =>
        other !== finding &&
        other.kind !== 'warning' &&
        other.atMs <= atMs + SAME_MOMENT_MS &&
        (other.lane.id === lane.id
          ? blames.get(other) !== undefined && (other.atMs < atMs || !blames.get(finding))
          : below.get(lane.id)?.has(other.lane.id) === true),
    );
  };
  return new Map(
    findings.map((finding) => {
      const named = blames.get(finding);
      const isPassedOn = follows(finding);
      return [finding, { service: named ?? finding.lane.service, isPassedOn }] as const;
    }),
  );
}
