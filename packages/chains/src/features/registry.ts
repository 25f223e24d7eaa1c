/**
 * What speaks for and against a suspect, each as a number from 0 to 1 and a sentence that a person can
 * check. Nothing here knows a service, a dependency or a kind of fault by name. What each is worth is
 * in `weights.json`.
 */
import { changeBefore, failsSinceChange } from './changes.ts';
import {
  firstWrong,
  deepest,
  blamed,
  passedOn,
  ownError,
  ownWarning,
  refused,
  ownLimit,
  knownFault,
  echoes,
} from './errors.ts';
import { missing, gapAfter } from './gaps.ts';
import type { Measure } from './measured.ts';
import { spectrum, instanceOnly, worksForOthers, aloneBlames, blamedByOne } from './neighbours.ts';
import { isEntry, isOutside, isDependency } from './place.ts';
import { lostTime, slowMeanwhile, clock } from './times.ts';
import { surge, refusalSurge, silent, newTrouble, load } from './weather.ts';

export const FEATURE_NAMES = [
  'first_wrong',
  'deepest',
  'blamed',
  'passed_on',
  'own_error',
  'own_warning',
  'refused',
  'lost_time',
  'missing',
  'gap_after',
  'known_fault',
  'spectrum',
  'instance_only',
  'works_for_others',
  'surge',
  'refusal_surge',
  'silent',
  'new_trouble',
  'change',
  'fails_since_change',
  'load',
  'clock',
  'alone_blames',
  'blamed_by_one',
  'own_limit',
  'echoes',
  'slow_meanwhile',
  'is_entry',
  'is_outside',
  'is_dependency',
] as const;
export type FeatureName = (typeof FEATURE_NAMES)[number];

export const FEATURES: Readonly<Record<FeatureName, Measure>> = {
  first_wrong: firstWrong,
  deepest,
  blamed,
  passed_on: passedOn,
  own_error: ownError,
  own_warning: ownWarning,
  refused,
  lost_time: lostTime,
  missing,
  gap_after: gapAfter,
  known_fault: knownFault,
  spectrum,
  instance_only: instanceOnly,
  works_for_others: worksForOthers,
  surge,
  refusal_surge: refusalSurge,
  silent,
  new_trouble: newTrouble,
  change: changeBefore,
  fails_since_change: failsSinceChange,
  load,
  clock,
  alone_blames: aloneBlames,
  blamed_by_one: blamedByOne,
  own_limit: ownLimit,
  echoes,
  slow_meanwhile: slowMeanwhile,
  is_entry: isEntry,
  is_outside: isOutside,
  is_dependency: isDependency,
};
