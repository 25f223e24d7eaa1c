/** What a suspect's own log says at the time, chain or not, against what it said before. */
import type { Candidate } from '../candidates.ts';
import { searchLink } from '../links.ts';
import { placeKey } from '../outline.ts';
import type { Situation } from '../situation.ts';
import type { Weather } from '../weather.ts';
import { measured, type Measured } from './measured.ts';

/** A rate that is a hundred times what it was counts in full. */
const SURGE_DECADES = 2;
const SURGE_COUNT_MIN = 3;

export function surge(candidate: Candidate, situation: Situation): Measured | undefined {
  const { before, now } = weathersOf(candidate, situation);
  if (now.troubleCount < SURGE_COUNT_MIN || before.count === 0) return undefined;
  const ratio = now.trouble / Math.max(before.trouble, before.all / 1_000, 0.01);
  const values = { now: perMinute(now.trouble), before: perMinute(before.trouble) };
  const link = searchLink(candidate.service, 'warn', situation.weatherRange);
  return measured(Math.log10(Math.max(1, ratio)) / SURGE_DECADES, values, link);
}

export function refusalSurge(candidate: Candidate, situation: Situation): Measured | undefined {
  const { before, now } = weathersOf(candidate, situation);
  if (now.refusals * 60 < SURGE_COUNT_MIN || before.count === 0) return undefined;
  const ratio = now.refusals / Math.max(before.refusals, before.all / 1_000, 0.01);
  const values = { now: perMinute(now.refusals), before: perMinute(before.refusals) };
  return measured(Math.log10(Math.max(1, ratio)) / SURGE_DECADES, values);
}

export function silent(candidate: Candidate, situation: Situation): Measured | undefined {
  const { isSilent, before } = weathersOf(candidate, situation);
  if (!isSilent) return undefined;
  return measured(1, { before: perMinute(before.all) });
}

/** What it says itself, chain or not, at warning and above, that it did not say before. */
export function newTrouble(candidate: Candidate, situation: Situation): Measured | undefined {
  const { newSteps, before } = weathersOf(candidate, situation);
  if (before.count === 0 || newSteps.length === 0) return undefined;
  const count = newSteps.reduce((sum, step) => sum + step.count, 0);
  const level = newSteps.reduce((most, step) => Math.max(most, step.level), 0);
  const link = searchLink(candidate.service, 'warn', situation.weatherRange);
  return measured(level >= 2 ? 1 : 0.7, { kinds: newSteps.length, count }, link);
}

/** Eight times as much as before counts in full. */
const LOAD_DOUBLINGS = 3;

export function load(candidate: Candidate, situation: Situation): Measured | undefined {
  const { before, now } = weathersOf(candidate, situation);
  if (before.count < 20 || now.count < 20) return undefined;
  const ratio = now.all / before.all;
  const values = { now: perMinute(now.all), before: perMinute(before.all) };
  return ratio < 1.5 ? undefined : measured(Math.log2(ratio) / LOAD_DOUBLINGS, values);
}

function weathersOf(candidate: Candidate, situation: Situation): Weather {
  const [lane] = candidate.lanes;
  const place = lane && situation.weather.get(placeKey(lane));
  return place ?? situation.weatherOfService(candidate.service);
}

function perMinute(rate: number): number {
  return Math.round(rate * 60);
}
