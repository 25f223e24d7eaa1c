/**
 * What each kind of evidence is worth before any run was seen, as a person would say it: the fit is pulled
 * towards these, and no weight gets another sign. Where it is 0, either is sensible.
 */
import type { Weights } from '@tendril/chains/score';

export const PRIOR_WEIGHTS: Weights = {
  none: { bias: 1.5, isWell: 5, isRefused: 4, isSlow: 0, isIncomplete: 0 },
  features: {
    first_wrong: 1.2,
    deepest: 1.5,
    blamed: 1.3,
    passed_on: -1.5,
    own_error: 0.8,
    own_warning: 0.5,
    refused: -1,
    lost_time: 3,
    missing: 1,
    gap_after: 1,
    known_fault: 1,
    spectrum: 1.5,
    instance_only: 1.5,
    works_for_others: -1,
    surge: 1,
    refusal_surge: 1,
    silent: 2,
    new_trouble: 0.8,
    change: 0.8,
    fails_since_change: 1.5,
    load: 0.3,
    clock: 1.5,
    alone_blames: 2.5,
    blamed_by_one: -2,
    own_limit: 2,
    echoes: 4,
    slow_meanwhile: 2.5,
    is_entry: -0.5,
    is_outside: -1,
    is_dependency: 0,
  },
};
