/** What errors and warnings in the chain, and known errors beside it, say of a suspect. */
import type { Candidate } from '../candidates.ts';
import { echoedBy } from '../echo.ts';
import { eventLink } from '../links.ts';
import { isOwnLimit } from '../own-limit.ts';
import { depthOf, findingsAgainst, ownFindings, type Situation } from '../situation.ts';
import { measured, type Measured } from './measured.ts';

/** Within a millisecond the order of what is written says little. */
const SAME_MOMENT_MS = 1;

export function firstWrong(candidate: Candidate, situation: Situation): Measured | undefined {
  const { findings } = situation;
  const first = findings.find(({ kind }) => kind !== 'refusal');
  const [own] = findingsAgainst(candidate, situation);
  if (!first || !own || own.atMs > first.atMs + SAME_MOMENT_MS) return undefined;
  const last = findings.at(-1)?.atMs ?? own.atMs;
  return measured(1, { ms: Math.round(last - own.atMs) }, eventLink(own.event));
}

/** The lowest in the tree of calls that an error speaks against. */
export function deepest(candidate: Candidate, situation: Situation): Measured | undefined {
  const { findings, hops, origins } = situation;
  const errors = findings.filter(
    (finding) => finding.kind === 'error' && origins.get(finding)?.isPassedOn === false,
  );
  const depths = errors.map(({ lane }) => depthOf(lane, hops));
  const most = Math.max(...depths);
  const own = errors.find(
    (finding, index) =>
      depths[index] === most && origins.get(finding)?.service === candidate.service,
  );
  return own && measured(1, {}, eventLink(own.event));
}

/** Others name it in their errors. */
export function blamed(candidate: Candidate, situation: Situation): Measured | undefined {
  const blaming = findingsAgainst(candidate, situation).filter(
    ({ lane }) => !candidate.lanes.includes(lane),
  );
  const [first] = blaming;
  if (!first) return undefined;
  const isError = blaming.some(({ kind }) => kind === 'error');
  const by = first.event.service;
  return measured(isError ? 1 : 0.6, { by, count: blaming.length }, eventLink(first.event));
}

/** All of its own trouble follows from another's. */
export function passedOn(candidate: Candidate, situation: Situation): Measured | undefined {
  const own = ownFindings(candidate, situation).filter(({ kind }) => kind === 'error');
  const [first] = own;
  const isOwn = own.some((finding) => {
    const origin = situation.origins.get(finding);
    return origin?.service === candidate.service && !origin.isPassedOn;
  });
  if (!first || isOwn) return undefined;
  const others = own.map((finding) => situation.origins.get(finding)?.service ?? '');
  const other = others.find((service) => service !== candidate.service) ?? '';
  return measured(1, { other }, eventLink(first.event));
}

export function ownError(candidate: Candidate, situation: Situation): Measured | undefined {
  const own = findingsAgainst(candidate, situation).filter(
    ({ kind, lane }) => kind === 'error' && candidate.lanes.includes(lane),
  );
  const [first] = own;
  if (!first) return undefined;
  return measured(1, { count: own.length }, eventLink(first.event));
}

export function ownWarning(candidate: Candidate, situation: Situation): Measured | undefined {
  const own = findingsAgainst(candidate, situation).filter(
    ({ kind, lane }) => kind === 'warning' && candidate.lanes.includes(lane),
  );
  const [first] = own;
  return first && measured(1, { count: own.length }, eventLink(first.event));
}

export function refused(candidate: Candidate, situation: Situation): Measured | undefined {
  const own = ownFindings(candidate, situation);
  const refusals = own.filter(({ kind }) => kind === 'refusal');
  const [first] = refusals;
  return first && measured(refusals.length / own.length, {}, eventLink(first.event));
}

export function ownLimit(candidate: Candidate, situation: Situation): Measured | undefined {
  const own = ownFindings(candidate, situation).find(({ event }) => isOwnLimit(event.errorText));
  return own && measured(1, {}, eventLink(own.event));
}

const LEVEL_WORTH: Readonly<Record<string, number>> = {
  info: 0.3,
  warn: 0.6,
  error: 0.9,
  critical: 1,
};

export function knownFault(candidate: Candidate, situation: Situation): Measured | undefined {
  const own = findingsAgainst(candidate, situation);
  const around = situation.around.filter(({ event }) => event.service === candidate.service);
  const known = [...own, ...around].flatMap(({ known: errors, event }) =>
    errors.filter(({ spec }) => spec.kind === 'fault').map((error) => ({ error, event })),
  );
  const worth = (level: string): number => LEVEL_WORTH[level] ?? 0;
  const worst = known.toSorted((a, b) => worth(b.error.spec.level) - worth(a.error.spec.level))[0];
  if (!worst) return undefined;
  const { pack, spec } = worst.error;
  const values = { pack, id: spec.id, ...spec.title };
  return measured(worth(spec.level), values, { kind: 'error', pack, id: spec.id });
}

/** Its own log says meanwhile what the chain's errors say. */
export function echoes(
  { service }: Candidate,
  { around, findings }: Situation,
): Measured | undefined {
  const own = around.filter(({ event }) => event.service === service && event.trouble.level > 0);
  const [first] = own;
  if (!first) return undefined;
  const said = new Set(findings.flatMap(({ known }) => known));
  const alike = own.find(
    ({ known, event }) =>
      known.some((error) => said.has(error)) ||
      findings.some((finding) => echoedBy(finding.event, [event]) !== undefined),
  );
  return measured(alike ? 1 : 0.3, { count: own.length }, eventLink((alike ?? first).event));
}
