/** Flags that say where logs are read, and which: those of kubectl and stern, for every place. */
import { parseTime } from '@tendril/query/time-value';
import type { Flags, FlagValues, Invocation } from '../command.ts';
import { badValue, countFlag, isSet, textFlag, textFlags } from '../flag-values.ts';
import { PLACE_KINDS, type PlaceKind, type Selection } from './log-place.ts';

export const SOURCE_FLAGS: Flags = {
  from: { type: 'string', value: 'PLACE', summary: 'flag.from' },
  namespace: { type: 'string', short: 'n', value: 'NAME', summary: 'flag.namespace' },
  pods: { type: 'string', short: 'p', value: 'PATTERN', summary: 'flag.pods' },
  selector: { type: 'string', short: 'l', value: 'LABELS', summary: 'flag.selector' },
  container: { type: 'string', short: 'c', value: 'PATTERN', summary: 'flag.container' },
  'all-namespaces': { type: 'boolean', short: 'A', summary: 'flag.allNamespaces' },
  previous: { type: 'boolean', summary: 'flag.previous' },
  context: { type: 'string', value: 'NAME', summary: 'flag.context' },
  unit: { type: 'string', short: 'u', multiple: true, value: 'UNIT', summary: 'flag.unit' },
  directory: { type: 'string', short: 'D', value: 'DIR', summary: 'flag.directory' },
};

export const SINCE_FLAGS: Flags = {
  since: { type: 'string', short: 't', value: 'TIME', summary: 'flag.since' },
  tail: { type: 'string', value: 'N', summary: 'flag.tail' },
};

/** Any of them means that logs are read where they are, and not from a server. */
const SELECTING: readonly string[] = [
  'namespace',
  'pods',
  'selector',
  'container',
  'all-namespaces',
  'previous',
  'context',
  'unit',
  'directory',
];
const TAIL_MAX = 1_000_000;

export function hasSelection(flags: FlagValues): boolean {
  return (
    placeFlag(flags) !== undefined ||
    SELECTING.some((name) => isSet(flags, name) || textFlag(flags, name) !== undefined) ||
    textFlags(flags, 'unit').length > 0
  );
}

/** Undefined when the flag is not given, or is a time, as `export` takes it. */
export function placeFlag(flags: FlagValues): PlaceKind | undefined {
  const text = textFlag(flags, 'from');
  if (text === 'kubernetes') return 'k8s';
  return PLACE_KINDS.find((kind) => kind === text);
}

export function selectionOf({ flags, nowMs, positionals }: Invocation): Selection {
  const namespaces = textFlag(flags, 'namespace')?.split(',').filter(Boolean);
  return {
    namespaces,
    isAllNamespaces: isSet(flags, 'all-namespaces'),
    pattern: textFlag(flags, 'pods'),
    labels: textFlag(flags, 'selector'),
    container: textFlag(flags, 'container'),
    context: textFlag(flags, 'context'),
    units: textFlags(flags, 'unit'),
    journalDirectory: textFlag(flags, 'directory'),
    isPrevious: isSet(flags, 'previous'),
    sinceMs: sinceOf({ flags, nowMs }),
    tailLines: countFlag(flags, 'tail', { min: 0, max: TAIL_MAX }),
    paths: positionals,
  };
}

/** A duration before now, or a time; undefined when the flag is not given. */
export function sinceOf({ flags, nowMs }: Pick<Invocation, 'flags' | 'nowMs'>): number | undefined {
  const text = textFlag(flags, 'since');
  if (text === undefined) return undefined;
  const isDuration = /^\d+(?:\.\d+)?[a-z]+$/i.test(text);
  const nowNs = BigInt(Math.trunc(nowMs())) * 1_000_000n;
  const time = parseTime(isDuration ? `now-${text}` : text, nowNs);
  if (!time) throw badValue('--since', text, '30m, 24h, 2026-06-02T08:00:00Z');
  return Number(time.fromNs / 1_000_000n);
}
