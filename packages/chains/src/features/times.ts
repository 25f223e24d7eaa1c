/** What the time that was lost says of a suspect. */
import type { Candidate } from '../candidates.ts';
import { isSilent } from '../lanes.ts';
import { eventLink } from '../links.ts';
import { extentOf, tookValues, type Loss } from '../losses.ts';
import type { Event } from '../sighting.ts';
import type { Situation } from '../situation.ts';
import { measured, type Measured } from './measured.ts';

/** Losses under this are of no account. */
const LOSS_MS_MIN = 20;

export function lostTime(candidate: Candidate, situation: Situation): Measured | undefined {
  const { losses } = situation;
  const total = losses.reduce((sum, { excessMs }) => sum + excessMs, 0);
  if (total < LOSS_MS_MIN) return undefined;
  const own = losses.filter((loss) => {
    const peer = loss.isPeers ? situation.cast.blamedBy(loss.event) : undefined;
    return peer ? peer.service === candidate.service : candidate.lanes.includes(loss.lane);
  });
  const worst = own.toSorted((a, b) => b.excessMs - a.excessMs)[0];
  if (!worst) return undefined;
  const lost = own.reduce((sum, { excessMs }) => sum + excessMs, 0);
  const values = { ms: Math.round(lost), ...tookValues(worst) };
  return measured(lost / total, values, eventLink(worst.event));
}

/** Of a loss that its work has to cover to be thought the reason. */
const COVERED_SHARE_MIN = 0.3;

/** Its own log tells of work that took as long as what is lost, at that moment. */
export function slowMeanwhile(
  { service, kind, lanes }: Candidate,
  { around, losses }: Situation,
): Measured | undefined {
  if (kind !== 'dependency') return undefined;
  const own = [
    ...around.map(({ event }) => event).filter((event) => event.service === service),
    ...lanes.filter((lane) => !isSilent(lane)).flatMap(({ events }) => events),
  ].filter(({ signal, durationMs }) => signal === 'record' && durationMs > 0);
  const covered = own.flatMap((event) =>
    losses.map((loss) => ({ event, share: coveredMs(event, loss) / loss.excessMs })),
  );
  const [best] = covered.toSorted((a, b) => b.share - a.share);
  if (!best || best.share < COVERED_SHARE_MIN) return undefined;
  return measured(best.share, { ms: Math.round(best.event.durationMs) }, eventLink(best.event));
}

function coveredMs({ atMs, durationMs }: Event, loss: Loss): number {
  const { fromMs, toMs } = extentOf(loss);
  return Math.min(toMs, atMs) - Math.max(fromMs, atMs - durationMs);
}

const CLOCK_MS_MIN = 100;
const CLOCK_MS_FULL = 1_000;

export function clock(candidate: Candidate): Measured | undefined {
  const offsets = candidate.lanes.map(({ offsetMs }) => offsetMs);
  const worst = offsets.reduce((most, each) => (Math.abs(each) > Math.abs(most) ? each : most), 0);
  if (Math.abs(worst) < CLOCK_MS_MIN) return undefined;
  return measured(Math.abs(worst) / CLOCK_MS_FULL, { ms: Math.round(worst) });
}
