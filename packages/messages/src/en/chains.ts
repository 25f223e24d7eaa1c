/** Why a step is on the path of a failure, and what speaks for and against a suspect. */
export const EN_CHAINS = {
  'why.surfaced': 'surfaced error: what the user saw',
  'why.refusal': 'refused, as it should be',
  'why.known': 'known failure: {en}',
  'why.names': 'names {other}',
  'why.unusual': '{have, number} of {of, number} healthy chains have this',
  'why.slow':
    'took {hereMs, number} ms{usual, select, known {, usually {usualMs, number} ms} other {}}',
  'why.silent':
    'no such record: {share, number} % of healthy chains have one within {ms, number} ms',
  'why.never_reached':
    'never reached: {share, number} % of healthy chains are here within {ms, number} ms',
  'why.change': 'changed {seconds, number} s before it began',
  'why.first': 'first anomaly in time; what is above follows',
  first_wrong: 'first anomaly in time, {ms, number} ms before the last',
  deepest: 'deepest hop that fails',
  blamed: '{by} names it in {count, plural, one {an error} other {# errors}}',
  passed_on: 'only passes on what {other, select, undefined {another} other {{other}}} did',
  own_error: '{count, plural, one {an error} other {# errors}} that healthy chains do not have',
  own_warning:
    '{count, plural, one {a warning} other {# warnings}} that healthy chains do not have',
  refused: 'what it says is a refusal, not a fault',
  lost_time:
    'lost {ms, number} ms here{usual, select, known {: {hereMs, number} ms where {usualMs, number} ms are usual} other {}}',
  missing: 'should be reached within {ms, number} ms: {share, number} % of healthy chains are',
  gap_after: 'the last heard of before {next}, which was not reached',
  known_fault: 'known failure: {en}',
  spectrum:
    '{failed, number} of {of, number} chains through it fail, {otherFailed, number} of {otherOf, number} others',
  instance_only:
    '{failed, number} of {of, number} chains through {instance} fail, {otherFailed, number} of {otherOf, number} through other instances',
  works_for_others: '{well, number} of {of, number} chains through it end well meanwhile',
  surge: '{now, number} warnings and errors a minute, {before, number} before',
  refusal_surge: '{now, number} refusals a minute, {before, number} before',
  silent: 'silent since then: {before, number} records a minute before',
  new_trouble:
    '{kinds, plural, one {a warning or error} other {# warnings or errors}} that it did not write before, {count, number} times',
  change: 'changed {seconds, number} s before: {text}',
  fails_since_change:
    '{failed, number} of {of, number} chains fail since “{text}”, {otherFailed, number} of {otherOf, number} before',
  load: '{now, number} records a minute, {before, number} before',
  clock: 'its clock differs by {ms, number} ms',
  alone_blames:
    'its calls fail, those of other instances do not: {failed, number} of {of, number} chains, {otherFailed, number} of {otherOf, number} others',
  blamed_by_one:
    'only one caller has trouble with it: {failed, number} of {of, number} chains through that one fail, {otherFailed, number} of {otherOf, number} others',
  own_limit: 'its own limit was reached: the error is of its own process or host',
  slow_meanwhile: 'its own log tells of work that took {ms, number} ms at that moment',
  echoes:
    'its own log has {count, plural, one {a warning or error} other {# warnings or errors}} at that moment',
  is_entry: 'nearest to the user, where what others did is seen',
  is_outside: 'not called by name in this chain',
  is_dependency: 'a dependency that sends nothing itself',
} as const;
