/** Deploys, restarts and other changes in a range, as marks of its time axis. */
import { useMemo } from 'react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { Change } from '@tendril/api/changes';
import { instanceName } from '@tendril/model/instance-name';
import { NS_PER_MS, type TimeRange } from '@tendril/model/time-range';
import type { TimeMark } from '../components/time-marks.ts';
import { useApi } from '../lib/api.ts';
import { usePreference } from '../lib/preferences.ts';
import { clockText } from '../lib/zone-time.ts';
import { visibleLine } from './visible-text.ts';

/** More on one axis tell nothing; the newest are shown. */
const MARKS_MAX = 40;
const CHARACTERS_MAX = 200;
/** A range that moves along asks again so often. */
const STEP_NS = 10_000n * NS_PER_MS;

export function useChangeMarks({ fromNs, toNs }: TimeRange, service?: string): readonly TimeMark[] {
  const api = useApi();
  const zone = usePreference('zone');
  const from = String((fromNs / STEP_NS) * STEP_NS);
  const to = String((toNs / STEP_NS + 1n) * STEP_NS);
  const { data } = useQuery({
    queryKey: ['changes', from, to, service],
    queryFn: async ({ signal }) => await api.listChanges({ from, to, service }, signal),
    placeholderData: keepPreviousData,
  });
  return useMemo(
    () => (data?.changes ?? []).slice(0, MARKS_MAX).map((change) => markOf(change, zone)),
    [data, zone],
  );
}

function markOf({ id, timestamp, service, instance, title }: Change, zone: string): TimeMark {
  const ns = BigInt(timestamp);
  const what = `${instanceName(service, instance)} ${title}`;
  const text = `${clockText(ns, zone, 'second')} ${visibleLine(what, CHARACTERS_MAX)}`;
  return { id, timeMs: Number(ns / NS_PER_MS), text };
}
