/** What stands out in a chain: errors, warnings and time lost that healthy chains of the same entry do not have. */
import type { ErrorEvidence, ExplainedCode, KnownErrors } from '@tendril/intake/packs/known-errors';
import type { KnownError } from '@tendril/intake/packs/known-errors';
import { endOf, isCalled, isSilent, type Lane } from './lanes.ts';
import { stepKey } from './outline.ts';
import type { Usual } from './usual.ts';
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
export const CHAINS_MIN = 5;

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

function usualShareOf(event: Event, { chains, steps, harmless }: Usual): number {
  if (harmless.has(stepKey(event))) return 1;
  if (chains.length < CHAINS_MIN) return 0;
  const step = steps.get(stepKey(event));
  if (!step) return 0;
  return event.trouble.level >= 2 ? step.errorShare : step.warningShare;
}
