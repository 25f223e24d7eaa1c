/** What of the pages of services is in their address: the range, shared by all of them. */
import { useCallback, useMemo } from 'react';
import { useAddress, useGo } from '../../lib/navigation.ts';
import type { RangeText } from '../../lib/time-range.ts';
import { useResolvedRange, type ResolvedRange } from '../../lib/use-resolved-range.ts';

const RANGE_DEFAULT: RangeText = { from: 'now-1h', to: 'now' };

export interface ServicesAddress extends ResolvedRange {
  /** Of `/services/NAME`. */
  readonly service: string;
  readonly range: RangeText;
  readonly onRange: (range: RangeText) => void;
  /** To be put into links, so that the range stays. */
  readonly search: Readonly<Record<string, string>>;
}

export function useServicesAddress(): ServicesAddress {
  const { path, search } = useAddress();
  const go = useGo();
  const [from, to] = [search['from'] ?? RANGE_DEFAULT.from, search['to'] ?? RANGE_DEFAULT.to];
  const range = useMemo(() => ({ from, to }), [from, to]);
  const onRange = useCallback((chosen: RangeText) => go({ search: { ...chosen } }), [go]);
  const isDefault = from === RANGE_DEFAULT.from && to === RANGE_DEFAULT.to;
  return {
    ...useResolvedRange(range, path),
    service: nameOf(path.split('/').at(-1) ?? ''),
    range,
    onRange,
    search: isDefault ? NOTHING : { from, to },
  };
}

const NOTHING: Readonly<Record<string, string>> = {};

function nameOf(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

export function servicePath(service: string): string {
  return `/services/${encodeURIComponent(service)}`;
}
