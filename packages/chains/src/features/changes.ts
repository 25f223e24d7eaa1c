/** What was changed before the trouble began. */
import type { Candidate } from '../candidates.ts';
import { concerns, touches, type Situation } from '../situation.ts';
import { msOfNs } from '../time-ms.ts';
import { contrastOf } from './contrast.ts';
import { measured, type Measured } from './measured.ts';

/** After so long a change says a third as much. */
const CHANGE_FADES_MS = 300_000;
const CHANGE_AFTER_MS = 2_000;

export function changeBefore(candidate: Candidate, situation: Situation): Measured | undefined {
  const change = situation.changes
    .filter((each) => concerns(each, candidate))
    .map((each) => ({ each, agoMs: situation.onsetMs - msOfNs(each.timestamp) }))
    .filter(({ agoMs }) => agoMs >= -CHANGE_AFTER_MS)
    .toSorted((a, b) => a.agoMs - b.agoMs)[0];
  if (!change) return undefined;
  const { each, agoMs } = change;
  const values = {
    seconds: Math.max(0, Math.round(agoMs / 1_000)),
    text: each.text,
    change: each.id,
  };
  return measured(Math.exp(-Math.max(0, agoMs) / CHANGE_FADES_MS), values, {
    kind: 'change',
    id: each.id,
  });
}

export function failsSinceChange(candidate: Candidate, situation: Situation): Measured | undefined {
  const { neighbours, failed, changes } = situation;
  const sharing = neighbours.filter((outline) => touches(outline, candidate));
  const contrasts = changes
    .filter((each) => concerns(each, candidate))
    .flatMap((each) => {
      const atMs = msOfNs(each.timestamp);
      const contrast = contrastOf(sharing, failed, ({ startMs }) => startMs >= atMs);
      return contrast ? [{ ...contrast, each }] : [];
    });
  const best = contrasts.toSorted((a, b) => b.difference - a.difference)[0];
  if (!best) return undefined;
  return measured(
    best.difference,
    { ...best.values, text: best.each.text, change: best.each.id },
    { kind: 'change', id: best.each.id },
  );
}
