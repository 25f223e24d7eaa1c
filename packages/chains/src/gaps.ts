/** Steps that healthy chains have and this one lacks. */
import type { Outline } from './outline.ts';
import type { Usual, UsualStep } from './usual.ts';

export interface Gap {
  readonly kind: 'silent' | 'never_reached';
  readonly service: string;
  readonly step: string;
  readonly share: number;
  /** The last event of the chain that comes before it in healthy chains. */
  readonly afterMs: number;
  readonly expectedWithinMs: number;
  /** Key of the step after which it should come. */
  readonly afterKey: string;
}

/** What fewer healthy chains have is not missed. */
const SHARE_MIN = 0.8;
const CHAINS_MIN = 5;
/** Of one chain; the first ones tell. */
const GAPS_MAX = 20;
/** What is not due yet when the newest records were read is not missing. */
const PATIENCE = 3;

/** `readToMs`: how far records are known. */
export function gapsOf(here: Outline, usual: Usual, readToMs: number): readonly Gap[] {
  if (usual.chains.length < CHAINS_MIN) return [];
  const services = new Set([...here.steps.keys()].map(serviceOfKey));
  const present = [...usual.steps.values()].filter(({ key }) => here.steps.has(key));
  return [...usual.steps.values()]
    .filter(({ key, share }) => share >= SHARE_MIN && !here.steps.has(key))
    .filter((step) => !isPassed(step, present))
    .filter((step) => here.startMs + step.offsetMs.p95 * PATIENCE < readToMs)
    .toSorted((a, b) => a.offsetMs.p50 - b.offsetMs.p50)
    .slice(0, GAPS_MAX)
    .map((step) => gapOf(step, present, here, services));
}

/** The service went on after it: another step stands in its place. */
function isPassed({ key, offsetMs }: UsualStep, present: readonly UsualStep[]): boolean {
  const service = serviceOfKey(key);
  return present.some(
    (other) => serviceOfKey(other.key) === service && other.offsetMs.p50 > offsetMs.p50,
  );
}

function gapOf(
  step: UsualStep,
  present: readonly UsualStep[],
  here: Outline,
  services: ReadonlySet<string>,
): Gap {
  const before = present
    .filter(({ offsetMs }) => offsetMs.p50 <= step.offsetMs.p50)
    .toSorted((a, b) => b.offsetMs.p50 - a.offsetMs.p50)[0];
  const afterMs = here.startMs + (before ? (here.steps.get(before.key)?.offsetMs ?? 0) : 0);
  const service = serviceOfKey(step.key);
  return {
    kind: services.has(service) ? 'silent' : 'never_reached',
    service,
    step: step.key.slice(service.length + 1),
    share: step.share,
    afterMs,
    expectedWithinMs: Math.max(0, step.offsetMs.p95 - (before?.offsetMs.p50 ?? 0)),
    afterKey: before?.key ?? '',
  };
}

export function serviceOfKey(key: string): string {
  return key.slice(0, key.indexOf('\n'));
}

/** From when on it is missed. */
export function overdueMs({ afterMs, expectedWithinMs }: Gap): number {
  return afterMs + expectedWithinMs;
}
